"""The written reports by name, and how a file gets one: whole, or not at all."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ...specs.errors import UsageError
from . import github, html, json_, junit, sarif
from .judged import Judged

Write = Callable[[Judged, Path], None]


def check(files: Iterable[str | None]) -> None:
    """UsageError where there is no folder for one of the files; empty ones are not asked for."""
    for file in files:
        if file and not Path(file).resolve().parent.is_dir():
            raise UsageError(f"{file}: there is no such folder to write a report into")


def write(text: str, path: Path) -> None:
    """Put a report into a file."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _file(tell: Callable[[Judged], str]) -> Write:
    return lambda judged, path: write(tell(judged), path)


FORMATS: Mapping[str, Write] = {
    "junit": _file(junit.told),
    "json": _file(json_.told),
    "html": _file(html.told),
    "sarif": _file(sarif.told),
}
annotations = github.annotations
markdown = github.markdown
