"""Every ruling is written down, stands in a contract, and is held by a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from understudy.specs.contract import NAMES, load

ROOT = Path(__file__).parents[1]
LAST = {"G": 5, "N": 26, "L": 20, "A": 30, "Z": 27}
"""The last id of each family; no id is ever dropped."""


def written(heading: str) -> list[str]:
    """The ids that are defined under a heading, in all files."""
    ids = []
    for file in sorted((ROOT / "docs" / "rulings").glob("*.md")):
        _, _, part = file.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
        ids += re.findall(r"^- \*\*([A-Z]\d+)\*\* \S", part.partition("\n## ")[0], re.MULTILINE)
    return ids


def bases(node: Any, *, is_inside: bool = False) -> Iterator[str]:
    """Every basis that an extension in a document gives."""
    if isinstance(node, dict):
        for name, member in node.items():
            if is_inside and name == "basis":
                yield from [member] if isinstance(member, str) else member
            else:
                yield from bases(member, is_inside=is_inside or name == "x-understudy")
    elif isinstance(node, list):
        for member in node:
            yield from bases(member, is_inside=is_inside)


def marks() -> Iterator[str]:
    """The ids in each `pytest.mark.ruling(...)` of the tests."""
    for file in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.ruling":
                yield from map(ast.literal_eval, node.args)


@pytest.fixture(scope="module")
def held() -> set[str]:
    """The ids that tests name."""
    return set(marks())


@pytest.fixture(scope="module")
def stated() -> set[str]:
    """The ids that contracts name."""
    named = {basis for name in NAMES for basis in bases(load(name).document)}
    return named - {"seed", "public"}


RULINGS = written("Rulings")
CONTRADICTIONS = written("Contradictions in the vendor's documents")


def test_every_id_is_written_down_once() -> None:
    """Rulings and contradictions of a family are numbered through, without a gap."""
    expected = [
        f"{family}{number}" for family, last in LAST.items() for number in range(1, last + 1)
    ]

    assert sorted([*RULINGS, *CONTRADICTIONS]) == sorted(expected)


@pytest.mark.parametrize("ruling", RULINGS)
def test_a_ruling_is_stated_and_held(ruling: str, stated: set[str], held: set[str]) -> None:
    """It is a basis in a contract, and a test says that it holds it."""
    assert ruling in stated
    assert ruling in held


def test_no_other_id_is_named(stated: set[str], held: set[str]) -> None:
    """Contracts and tests name ids that are written down."""
    assert (stated | held) - {*RULINGS, *CONTRADICTIONS} == set()
