"""The judge's own reading of conditions and orders agrees with the tables that hold the server."""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.conformance.values import Ordering, alike, satisfies

TABLES = Path(__file__).parents[1] / "tables"
NUMBER: Mapping[str, Any] = {"type": "number"}


def _table(name: str) -> Any:
    return yaml.load((TABLES / name).read_text(encoding="utf-8"), yaml.CSafeLoader)


def _rows() -> Iterator[Any]:
    for group in _table("matching.yaml"):
        for value, op, operand, expected in group["rows"]:
            name = f"{group['schema'].get('format', group['schema']['type'])}: {value!r} {op}"
            yield pytest.param(group, value, op, operand, expected, id=f"{name} {operand!r}")


@pytest.mark.ruling("G3", "N22", "Z19")
@pytest.mark.parametrize(("group", "value", "op", "operand", "expected"), list(_rows()))
def test_a_value_satisfies_as_the_table_says(
    group: Mapping[str, Any], value: Any, op: Any, operand: Any, expected: bool
) -> None:
    """Each row of matching.yaml holds for the judge, too."""
    is_sensitive = group.get("case", "sensitive") == "sensitive"
    assert satisfies(value, op, operand, group["schema"], case=is_sensitive) is expected


def _places(groups: list[Any], ordering: Ordering, seed: int) -> list[int]:
    """Where each value of `groups` comes to stand; equal ones are numbered by their ties."""
    values = [item for group in groups for item in (group if isinstance(group, list) else [group])]
    rows: list[Mapping[str, Any]] = [{"it": value, "id": n} for n, value in enumerate(values)]
    random.Random(seed).shuffle(rows)
    return [row["id"] for row in ordering.sort(rows)]


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize("is_descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("row", _table("order.yaml")["values"], ids=lambda row: row["about"])
def test_values_come_in_the_order_of_the_table(row: Any, is_descending: bool) -> None:
    """Each list of order.yaml; equal values come by their ties, which ascend."""
    groups = list(row["ascending"])
    if is_descending:
        groups.reverse()
    ordering = Ordering(
        ("it",),
        row["schema"],
        descending=is_descending,
        nulls=row["nulls"],
        ties=((("id",), NUMBER),),
    )
    for seed in range(5):
        found = _places(groups, ordering, seed)
        assert found == list(range(len(found)))


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize("row", _table("order.yaml")["nulls"], ids=str)
def test_nulls_stand_where_the_rule_puts_them(row: Any) -> None:
    """Under each of the four rules, in both directions."""
    ordering = Ordering(
        ("it",),
        NUMBER,
        descending=row["direction"] == "descending",
        nulls=row["nulls"],
        ties=((("id",), NUMBER),),
    )
    for seed in range(5):
        found = _places(row["sorted"], ordering, seed)
        assert found == list(range(len(found)))


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize(
    "row",
    [row for row in _table("order.yaml")["keys"] if len(row["by"]) == 1],
    ids=lambda row: row["about"],
)
def test_ties_decide_among_equals(row: Any) -> None:
    """The rows of order.yaml with one key: no contract of ours asks for several."""
    ((field, direction),) = row["by"]
    ties = tuple(((name,), {"type": "string"}) for name in row["ties"])
    ordering = Ordering(
        (field,), NUMBER, descending=direction == "descending", nulls="smallest", ties=ties
    )
    names = {id(document): name for name, document in row["documents"].items()}
    found = ordering.sort(list(row["documents"].values()))
    assert [names[id(document)] for document in found] == row["sorted"]


@pytest.mark.parametrize(
    ("found", "sent", "expected"),
    [
        ({"a": 1, "more": 2}, {"a": 1}, True),
        ({"more": 2}, {"a": 1}, False),
        ({"a": {"b": [1, {"c": 2, "d": 3}]}}, {"a": {"b": [1, {"c": 2}]}}, True),
        ([1, 2, 3], [1, 2], False),
        ([2, 1], [1, 2], False),
        (1, True, False),
        (False, 0, False),
        (1.0, 1, True),
        ("2026-01-15T12:00:00Z", "2026-01-15T13:00:00+01:00", True),
        ("2026-01-15T12:00:00Z", "2026-01-15T13:00:00Z", False),
        ("abc", "ABC", False),
        (None, None, True),
        (None, "abc", False),
        ("1", 1, False),
    ],
)
def test_what_was_read_is_alike_what_was_sent(found: Any, sent: Any, expected: bool) -> None:
    """Objects may have gained members, times may be written otherwise; nothing else may differ."""
    assert alike(found, sent) is expected
