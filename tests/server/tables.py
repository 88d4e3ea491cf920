"""The tables in `tests/tables`, which hold whatever compares."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

TABLES = Path(__file__).parents[1] / "tables"


def table(name: str) -> Any:
    """One table as data."""
    return yaml.load((TABLES / name).read_text(encoding="utf-8"), yaml.CSafeLoader)


def groups_of(values: Sequence[Any]) -> list[list[Any]]:
    """Values in groups that are equal."""
    return [group if isinstance(group, list) else [group] for group in values]


def flat(values: Sequence[Any]) -> list[Any]:
    """The same, one after the other."""
    return [each for group in groups_of(values) for each in group]
