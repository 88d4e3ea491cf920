"""Where a document to compare comes from: a name, a file, or a revision of git."""

import subprocess
from pathlib import Path

from ...specs import contract, document
from ...specs.contract import NAMES
from ...specs.document import Document
from ...specs.errors import UsageError

_PATIENCE = 60


def read(given: str) -> tuple[str, Document]:
    """The name and the document that NAME, FILE, REV:NAME or REV:FILE stand for.

    UsageError when there is no such thing, ContractError when it cannot be read.
    """
    revision, colon, path = given.partition(":")
    if not colon or Path(given).exists() or Path(given).drive:
        return contract.find(given)
    if not path or revision.startswith("-"):
        raise UsageError(f'"{given}" is no revision and path: write it as main:specs/limio.yaml')
    name = path if path in NAMES else Path(path).stem
    inside = f"specs/{path}.yaml" if path in NAMES else path
    if Path(inside).suffix not in {".yaml", ".yml", ".json"}:
        raise UsageError(f'"{given}": name a contract, or a .yaml, .yml or .json file')
    blob = _git("cat-file", "blob", f"{revision}:{inside}", told=given)
    try:
        text = blob.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{given}: is not UTF-8; save it as UTF-8") from None
    return name, document.parse(text, f"{revision}:{inside}")


def _git(*arguments: str, told: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - arguments, and no shell
            ["git", *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise UsageError(f"{told}: git did not answer; is it installed?") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise UsageError(f"{told}: cannot be read from git: {why.splitlines()[0] if why else '?'}")
    return done.stdout
