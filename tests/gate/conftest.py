"""A repository with a contract in it, and the command."""

import sys
from pathlib import Path

import pytest

from .. import command
from ..command import Done
from ..repository import Repository

NOTES = (Path(__file__).parent / "notes.yaml").read_text(encoding="utf-8")
SERVE = f"{sys.executable} -m understudy serve notes.yaml --at-root --port {{port}}"


class Gated(Repository):
    """`notes.yaml` stands on main, and the command is at hand."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write("notes.yaml", NOTES)
        self.commit()

    def edit(self, old: str, new: str, name: str = "notes.yaml") -> None:
        """Put a part of the contract in the place of another."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *arguments: str, **environment: str) -> Done:
        """`understudy gate` in a process: what judges."""
        return command.run("gate", *arguments, cwd=self.folder, environment=environment)

    def here(self, *arguments: str) -> Done:
        """`understudy gate` in this process: what does not come to be judged."""
        return command.here("gate", *arguments)

    def diff(self, *arguments: str) -> str:
        """What the step that compares tells of the one contract."""
        done = self.here("--step", "diff", "--contract", "notes.yaml", *arguments)
        return done.out.splitlines()[-2].partition(" notes ")[2].strip()


@pytest.fixture
def gated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gated:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return Gated(tmp_path)
