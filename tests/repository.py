"""`Repository`: a folder with a git repository in it."""

import subprocess
from pathlib import Path


class Repository:
    """Its branch is `main`; nothing of the user's configuration is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        """What git does in the folder, and says."""
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@shop.example")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout

    def write(self, name: str, text: str) -> None:
        """A file in the folder."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def commit(self, message: str = "One") -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
