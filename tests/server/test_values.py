"""Values compare, match and sort as the tables say; the tables are written from the rulings."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.server.store.query import Condition, SortKey
from understudy.server.values import (
    Down,
    is_instant,
    is_moment,
    kind_of,
    matcher,
    meets,
    moment,
    ranker,
    same,
)

from .tables import flat, groups_of, table


def _rows() -> Iterator[Any]:
    for group in table("matching.yaml"):
        for value, op, operand, expected in group["rows"]:
            name = f"{group['schema'].get('format', group['schema']['type'])}: {value!r} {op}"
            yield pytest.param(group, value, op, operand, expected, id=f"{name} {operand!r}")


@pytest.mark.ruling("G3", "N22", "Z19")
@pytest.mark.parametrize(("group", "value", "op", "operand", "expected"), list(_rows()))
def test_a_document_matches_as_the_table_says(
    group: Mapping[str, Any], value: Any, op: Any, operand: Any, expected: bool
) -> None:
    """Each row of matching.yaml holds; a member that is not there matches as null does."""
    is_sensitive = group.get("case", "sensitive") == "sensitive"
    condition = Condition(("it",), op, operand, kind_of(group["schema"]), is_sensitive)
    matches = matcher(condition)
    assert matches({"it": value}) is expected
    if value is None:
        assert matches({}) is expected


def test_null_passes_a_condition_that_lets_it() -> None:
    """With `or_null`, as expiry has it, null passes and a value is compared all the same."""
    condition = Condition(("it",), "gt", 5, "number", or_null=True)
    assert [matcher(condition)({"it": value}) for value in (None, 6, 5)] == [True, True, False]


def _sorted(values: Sequence[Any], key: SortKey, ties: str, seed: int) -> list[Any]:
    """The values in order, each known by its place in `values`; stored in any order."""
    rows = [{"it": value, "id": index} for index, value in enumerate(values)]
    random.Random(seed).shuffle(rows)
    return sorted(rows, key=ranker((key, SortKey((ties,), "number"))))


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize("is_descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("row", table("order.yaml")["values"], ids=lambda row: row["about"])
def test_values_come_in_the_order_of_the_table(row: Any, is_descending: bool) -> None:
    """Each list of order.yaml is what sorting gives; equal values come by their ties, ascending."""
    groups = groups_of(row["ascending"])
    if is_descending:
        groups.reverse()
    values = flat(groups)
    key = SortKey(("it",), kind_of(row["schema"]), is_descending, row["nulls"])
    for seed in range(5):
        found = _sorted(values, key, "id", seed)
        assert [entry["id"] for entry in found] == list(range(len(values)))


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize("row", table("order.yaml")["nulls"], ids=str)
def test_nulls_stand_where_the_rule_puts_them(row: Any) -> None:
    """Under each of the four rules, in both directions."""
    values = flat(row["sorted"])
    key = SortKey(("it",), "number", row["direction"] == "descending", row["nulls"])
    for seed in range(5):
        found = _sorted(values, key, "id", seed)
        assert [entry["id"] for entry in found] == list(range(len(values)))


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize("row", table("order.yaml")["keys"], ids=lambda row: row["about"])
def test_several_keys_sort_one_after_the_other(row: Any) -> None:
    """The first that differs decides; ties ascend, whatever the keys do."""
    documents = row["documents"]
    kinds: Any = {int: "number", str: "text"}
    kind = {
        name: kinds[type(v)] for d in documents.values() for name, v in d.items() if v is not None
    }
    keys = [
        SortKey((field,), kind[field], direction == "descending", "smallest")
        for field, direction in row["by"]
    ]
    keys += [SortKey((field,), kind[field]) for field in row["ties"]]
    rank = ranker(tuple(keys))
    assert sorted(documents, key=lambda name: rank(documents[name])) == row["sorted"]


@given(st.lists(st.integers()))
def test_down_turns_any_order_round(numbers: list[int]) -> None:
    """Sorting by `Down` is sorting in reverse."""
    assert sorted(numbers, key=Down) == sorted(numbers, reverse=True)


def test_down_is_equal_and_hashes_as_its_value() -> None:
    """Equal values are equal turned round, and one of another type is not."""
    assert Down(1) == Down(1.0)
    assert Down(1) != 1
    assert len({Down(1), Down(1), Down(2)}) == 2


@pytest.mark.ruling("G3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15T12:00:00Z", True),
        ("2026-01-15t12:00:00z", True),
        ("2026-01-15T12:00:00.123456789Z", True),
        ("2026-01-15T12:00:00-02:00", True),
        ("2026-01-15T12:00:00", True),
        ("2026-01-15T12:00:00.5", True),
        ("2026-01-15 12:00:00Z", False),
        ("2026-01-15T12:00Z", False),
        ("2026-01-15", False),
        ("2026-02-30T12:00:00Z", False),
        ("2026-01-15T25:00:00Z", False),
        ("2026-01-15T12:00:00+0100", False),
        ("2026-01-15T12:00:00+01", False),
        ("2026-01-15T12:00:00+24:00", False),
        ("2026-01-15T12:00:00+01:00:30", False),
        ("2026-01-15T12:00:00,5Z", False),
        ("2026-01-15T12:00:00.Z", False),
        ("2026-W03-4T12:00:00", False),
        ("20260115T120000Z", False),
        ("2026-01-15T12:00:00 01:00", False),
        ("2016-12-31T23:59:60Z", False),
        ("0000-01-01T00:00:00Z", False),
        ("2026-01-15T12:60:00Z", False),
        ("\u0662026-01-15T12:00:00Z", False),
        ("", False),
    ],
)
def test_date_times_of_rfc_3339_are_read_with_or_without_their_zone(
    text: str, expected: bool
) -> None:
    """And nothing else that a lenient reader takes for one, nor what no clock can keep."""
    assert is_moment(text) is expected
    assert is_instant(text) is (expected and text[19:].strip(".0123456789") != "")
    if expected:
        assert moment(text).tzinfo is not None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_every_json_value_is_the_same_as_itself(value: Any) -> None:
    """And as its copy, but not as itself in a list."""
    assert same(value, value)
    assert not same(value, [value])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (0, False, False),
        (None, False, False),
        ("1", 1, False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], (1, 2), True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([], {}, False),
    ],
)
def test_json_values_are_the_same_by_value(one: Any, other: Any, expected: bool) -> None:
    """Numbers by size, objects without order, and true is not 1."""
    assert same(one, other) is expected
    assert same(other, one) is expected


def test_a_document_meets_what_it_is_allowed() -> None:
    """Every field must have one of its values; a missing member is null."""
    allowed: Mapping[tuple[str, ...], Any] = {
        ("state",): ("open", "new"),
        ("deleted",): (None,),
        ("paid",): (False,),
    }
    assert meets({"state": "new", "paid": False}, allowed)
    assert not meets({"state": "closed", "paid": False}, allowed)
    assert not meets({"state": "new", "paid": 0}, allowed)
    assert not meets({"state": "new", "paid": False, "deleted": "x"}, allowed)
