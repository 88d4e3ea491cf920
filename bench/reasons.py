"""Why laws stay that find nothing alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the laws of these ids stay."""

    laws: tuple[str, ...]
    reason: str


def read(file: Path) -> Sequence[Reason]:
    """The reasons that `file` holds."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [Reason(tuple(entry["laws"]), entry["reason"]) for entry in entries]
