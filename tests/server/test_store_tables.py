"""Every store finds and sorts as the tables say, also what it is hard to keep."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from understudy.server.store.query import Condition, Query, SortKey
from understudy.server.store.store import Store
from understudy.server.values import kind_of, matcher, ranker
from understudy.specs.clauses import Operator

from .tables import flat, groups_of, table

OPS: tuple[Operator, ...] = ("eq", "gt", "lte")
TEXT_OPS: tuple[Operator, ...] = (*OPS, "contains")
HOSTILE = sorted((Path(__file__).parents[1] / "hostile").glob("*.json"))
"""Documents that are hard to keep: the values of a field, as JSON text."""


def _matching() -> Iterator[tuple[Any, Condition, bool]]:
    for group in table("matching.yaml"):
        is_sensitive = group.get("case", "sensitive") == "sensitive"
        for value, op, operand, expected in group["rows"]:
            kind = kind_of(group["schema"])
            yield value, Condition(("it",), op, operand, kind, is_sensitive), expected


@pytest.mark.ruling("G3", "N22", "Z19")
def test_a_store_finds_what_the_table_says(store: Store) -> None:
    """Each row of matching.yaml, in a collection of its own."""
    rows = list(_matching())
    store.load({f"c{at}": [(1, {"it": value})] for at, (value, _, _) in enumerate(rows)})
    for at, (value, condition, expected) in enumerate(rows):
        told = f"{value!r} {condition}"
        assert bool(store.count(f"c{at}", (condition,))) is expected, told
        assert bool(store.find(Query(f"c{at}", (condition,)))) is expected, told


@pytest.mark.ruling("N21", "Z19")
@pytest.mark.parametrize("is_descending", [False, True], ids=["ascending", "descending"])
def test_a_store_sorts_as_the_table_says(store: Store, is_descending: bool) -> None:
    """Each list of order.yaml; equal values come by their ties, ascending."""
    for at, row in enumerate(table("order.yaml")["values"]):
        groups = groups_of(row["ascending"])
        values = flat(groups[::-1] if is_descending else groups)
        key = SortKey(("it",), kind_of(row["schema"]), is_descending, row["nulls"])
        found = _sorted(store, f"c{at}", values, key)
        assert found == list(range(len(values))), row["about"]


@pytest.mark.ruling("N21", "Z19")
def test_a_store_puts_nulls_where_the_table_does(store: Store) -> None:
    """Under each of the four rules, in both directions."""
    for at, row in enumerate(table("order.yaml")["nulls"]):
        values = flat(row["sorted"])
        key = SortKey(("it",), "number", row["direction"] == "descending", row["nulls"])
        assert _sorted(store, f"c{at}", values, key) == list(range(len(values))), row


def _sorted(store: Store, name: str, values: list[Any], key: SortKey) -> list[Any]:
    """The values as the store sorts them, in one piece and in pages, each by its place."""
    rows = [(index, {"it": value, "id": index}) for index, value in enumerate(values)]
    random.Random(name).shuffle(rows)
    for number, document in rows:
        store.put(name, number, document)
    order = (key, SortKey(("id",), "number"))
    whole = [row["id"] for row in store.find(Query(name, (), order))]
    pages = [
        row["id"]
        for offset in range(0, len(values), 3)
        for row in store.find(Query(name, (), order, offset=offset, limit=3))
    ]
    assert pages == whole
    return whole


@pytest.mark.parametrize("file", HOSTILE, ids=lambda file: file.stem)
def test_a_store_keeps_and_finds_what_is_hard_to_keep(store: Store, file: Path) -> None:
    """It comes back to the byte, is found by what equals it and what it has, and is in order."""
    values = json.loads(file.read_text(encoding="utf-8"))
    documents = [{"id": at, "it": value, str(value)[:9]: 1} for at, value in enumerate(values)]
    store.load({"goods": list(enumerate(documents))})
    assert json.dumps(store.dump()["goods"]) == json.dumps(documents)
    is_text = isinstance(values[0], str)
    kind = kind_of({"type": "string" if is_text else "number"})
    key = SortKey(("it",), kind)
    ranked = sorted(documents, key=ranker((key,)))
    assert list(store.find(Query("goods", (), (key,)))) == ranked
    assert list(store.find(Query("goods", (), (key,), limit=len(values)))) == ranked
    for value in values:
        for op in TEXT_OPS if is_text else OPS:
            condition = Condition(("it",), op, value, kind)
            met = [document for document in documents if matcher(condition)(document)]
            assert list(store.find(Query("goods", (condition,)))) == met, (op, value)
