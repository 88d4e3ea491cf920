"""The written reports by name, and how a file gets one: whole, or not at all."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from . import github, html, json_, junit, sarif
from .judged import Judged

Write = Callable[[Judged, Path], None]


def _file(tell: Callable[[Judged], str]) -> Write:
    def write(judged: Judged, path: Path) -> None:
        new = path.with_name(f".{path.name}.{os.getpid()}.new")
        new.write_text(tell(judged), encoding="utf-8")
        new.replace(path)

    return write


FORMATS: Mapping[str, Write] = {
    "junit": _file(junit.told),
    "json": _file(json_.told),
    "html": _file(html.told),
    "sarif": _file(sarif.told),
}
annotations = github.annotations
markdown = github.markdown
