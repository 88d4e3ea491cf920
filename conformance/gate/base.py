"""`Base`: the revision of git that contracts are compared with."""

from dataclasses import dataclass
from pathlib import Path

from ...specs.contract import NAMES
from ...specs.errors import UsageError
from ..git import GitRefused, git


@dataclass(frozen=True, slots=True)
class Base:
    """A revision, and the folder that its paths begin at."""

    revision: str
    top: Path

    def of(self, contract: str) -> str | None:
        """What a contract is compared with, as `understudy diff` takes it; None for a new one."""
        path = f"specs/{contract}.yaml" if contract in NAMES else self._path(contract)
        try:
            git("cat-file", "-e", f"{self.revision}:{path}", told=contract)
        except GitRefused:
            return None
        return f"{self.revision}:{contract if contract in NAMES else path}"

    def _path(self, file: str) -> str:
        path = Path(file).resolve()
        if not path.is_relative_to(self.top):
            raise UsageError(f"{file}: lies outside of the repository at {self.top}")
        return path.relative_to(self.top).as_posix()


def base(given: str) -> Base:
    """Where the work on this checkout left the revision `given`.

    That is `given` itself where the two have no history in common, as in a shallow clone.
    UsageError where it is no revision.
    """
    top = Path(git("rev-parse", "--show-toplevel", told=given).decode().rstrip("\n"))
    if given.startswith("-"):
        raise UsageError(f'"{given}" is no revision: write it as origin/main')
    try:
        commit = _commit("rev-parse", "--verify", f"{given}^{{commit}}")
    except GitRefused:
        raise UsageError(
            f'the base "{given}" is no revision here; a shallow clone must fetch it first'
        ) from None
    try:
        fork = _commit("merge-base", commit, "HEAD")
    except GitRefused:
        fork = commit
    return Base(given if fork == commit else fork[:12], top)


def _commit(*arguments: str) -> str:
    return git(*arguments, told="the base").decode().strip()
