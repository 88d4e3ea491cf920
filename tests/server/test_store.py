"""What every store promises: the same tests for each."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from understudy.server.store.query import Condition, Position, Query, SortKey
from understudy.server.store.store import Change, Key, Store

BY_PRICE = (SortKey(("price",), "number"), SortKey(("id",), "number"))


class _StopError(Exception):
    """What leaves a unit of work in these tests."""


def _fill(store: Store, *prices: int | None) -> None:
    with store.unit():
        for number, price in enumerate(prices, 1):
            store.put("goods", number, {"id": number, "price": price})


def _ids(documents: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [document["id"] for document in documents]


def test_an_empty_store_has_nothing(store: Store) -> None:
    """Asking for what is not there is no error."""
    assert store.get("goods", 1) is None
    assert store.find(Query("goods")) == []
    assert store.count("goods") == 0
    assert store.dump() == {}
    store.delete("goods", 1)
    store.clear()
    assert store.dump() == {}


def test_what_is_put_is_got(store: Store) -> None:
    """Under its key alone: a number and the same number as text are two keys."""
    store.put("goods", 1, {"id": 1})
    store.put("goods", "1", {"id": "1"})
    store.put("people", 1, {"name": "Ada"})
    assert store.get("goods", 1) == {"id": 1}
    assert store.get("goods", "1") == {"id": "1"}
    assert store.get("people", 1) == {"name": "Ada"}
    assert store.count("goods") == 2


def test_a_second_put_replaces_in_place(store: Store) -> None:
    """The document keeps its place among the others."""
    _fill(store, 10, 20, 30)
    store.put("goods", 2, {"id": 2, "price": 99})
    assert store.get("goods", 2) == {"id": 2, "price": 99}
    assert _ids(store.dump()["goods"]) == [1, 2, 3]


def test_what_is_deleted_is_gone(store: Store) -> None:
    """And what is put there again comes last."""
    _fill(store, 10, 20, 30)
    store.delete("goods", 1)
    assert store.get("goods", 1) is None
    assert store.count("goods") == 2
    store.put("goods", 1, {"id": 1, "price": 10})
    assert _ids(store.dump()["goods"]) == [2, 3, 1]


def test_a_collection_without_documents_is_not_dumped(store: Store) -> None:
    """Whether it never had any, or lost them."""
    _fill(store, 10)
    store.delete("goods", 1)
    assert store.dump() == {}


def test_clear_removes_all(store: Store) -> None:
    """And the store goes on working."""
    _fill(store, 10, 20)
    store.put("people", "ada", {"id": "ada"})
    store.clear()
    assert store.dump() == {}
    assert store.get("goods", 1) is None
    _fill(store, 5)
    assert store.dump() == {"goods": [{"id": 1, "price": 5}]}


def test_a_unit_that_ends_well_stays(store: Store) -> None:
    """All of its writes can be read afterwards, and within."""
    with store.unit():
        store.put("goods", 1, {"id": 1})
        assert store.get("goods", 1) == {"id": 1}
        store.put("goods", 2, {"id": 2})
        store.delete("goods", 1)
        assert store.count("goods") == 1
    assert store.dump() == {"goods": [{"id": 2}]}


def test_a_unit_that_is_left_by_an_exception_leaves_no_trace(store: Store) -> None:
    """Inserts, replacements, deletions and a clear are undone, and the order is what it was."""
    _fill(store, 10, 20, 30)
    store.put("people", "ada", {"id": "ada"})
    before = store.dump()

    def all_kinds() -> None:
        with store.unit():
            store.put("goods", 2, {"id": 2, "price": 0})
            store.put("goods", 2, {"id": 2, "price": 1})
            store.put("goods", 4, {"id": 4, "price": 40})
            store.delete("goods", 1)
            store.delete("goods", 4)
            store.put("goods", 1, {"id": 1, "price": 11})
            store.delete("goods", 3)
            store.delete("people", "ada")
            store.put("new", 1, {"id": 1})
            raise _StopError

    with pytest.raises(_StopError):
        all_kinds()
    assert store.dump() == before
    assert store.get("goods", 1) == {"id": 1, "price": 10}
    assert store.get("goods", 4) is None
    assert _ids(store.find(Query("goods", order=BY_PRICE))) == [1, 2, 3]


def test_a_unit_tells_what_became_of_each_document(store: Store) -> None:
    """Before and after, in the order of the first writes; what is as it was has not changed."""
    _fill(store, 10, 20, 30)
    with store.unit() as changes:
        store.put("goods", 4, {"id": 4})
        store.delete("goods", 1)
        store.put("goods", 2, {"id": 2, "price": 20})
        store.put("goods", 3, {"id": 3, "price": 31})
        store.put("goods", 3, {"id": 3, "price": 32})
        store.put("goods", "gone", {"id": "gone"})
        assert store.count("goods") == 4
        store.delete("goods", "gone")
    assert changes == [
        Change("goods", 4, None, {"id": 4}),
        Change("goods", 1, {"id": 1, "price": 10}, None),
        Change("goods", 3, {"id": 3, "price": 30}, {"id": 3, "price": 32}),
    ]


def test_a_clear_within_a_unit_is_undone_with_it(store: Store) -> None:
    """So that replacing all documents is all or nothing."""
    _fill(store, 10, 20)
    before = store.dump()

    def clear_and_stop() -> None:
        with store.unit():
            store.put("goods", 3, {"id": 3, "price": 30})
            store.clear()
            store.put("goods", 1, {"id": 1, "price": 99})
            raise _StopError

    with pytest.raises(_StopError):
        clear_and_stop()
    assert store.dump() == before


def test_a_store_works_after_a_unit_was_undone(store: Store) -> None:
    """The next unit begins anew: what it writes stays, though the last one failed."""
    _fill(store, 10)

    def delete_and_stop() -> None:
        with store.unit():
            store.delete("goods", 1)
            raise _StopError

    with pytest.raises(_StopError):
        delete_and_stop()
    with store.unit():
        store.put("goods", 2, {"id": 2, "price": 20})
    assert _ids(store.dump()["goods"]) == [1, 2]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("goods"), [1, 2, 3, 4, 5]),
        (Query("goods", order=BY_PRICE), [3, 1, 4, 2, 5]),
        (Query("goods", order=BY_PRICE, limit=2), [3, 1]),
        (Query("goods", order=BY_PRICE, offset=3), [2, 5]),
        (Query("goods", order=BY_PRICE, offset=1, limit=2), [1, 4]),
        (Query("goods", order=BY_PRICE, offset=9, limit=2), []),
        (Query("goods", order=BY_PRICE, limit=0), []),
        (Query("goods", order=BY_PRICE, after=Position((10, 1))), [4, 2, 5]),
        (Query("goods", order=BY_PRICE, after=Position((10, 1), True)), [1, 4, 2, 5]),
        (Query("goods", order=BY_PRICE, after=Position((10, 2))), [4, 2, 5]),
        (Query("goods", order=BY_PRICE, after=Position((None, 5))), []),
        (Query("goods", order=BY_PRICE, before=Position((20, 2))), [3, 1, 4]),
        (Query("goods", order=BY_PRICE, before=Position((20, 2), True)), [3, 1, 4, 2]),
        (Query("goods", order=BY_PRICE, before=Position((20, 2)), limit=2), [1, 4]),
        (Query("goods", order=BY_PRICE, before=Position((20, 2)), limit=9), [3, 1, 4]),
        (Query("goods", order=BY_PRICE, before=Position((5, 3)), limit=2), []),
        (Query("goods", (Condition(("price",), "gte", 10, "number"),), BY_PRICE), [1, 4, 2]),
        (
            Query(
                "goods",
                (Condition(("price",), "isnull", False), Condition(("id",), "lt", 4, "number")),
                BY_PRICE,
                after=Position((5, 3)),
                limit=1,
            ),
            [1],
        ),
    ],
    ids=str,
)
def test_a_query_finds_what_it_describes(store: Store, query: Query, expected: list[int]) -> None:
    """Conditions, order, positions, offset and limit, each and together."""
    _fill(store, 10, 20, 5, 10, None)
    assert _ids(store.find(query)) == expected


def test_documents_are_counted_by_condition(store: Store) -> None:
    """All, some and none."""
    _fill(store, 10, 20, None)
    assert store.count("goods") == 3
    assert store.count("goods", (Condition(("price",), "gt", 10, "number"),)) == 1
    assert store.count("goods", (Condition(("price",), "gt", 99, "number"),)) == 0


HOSTILE: Mapping[str, Any] = {
    "": "an empty name",
    "nul": "a\0b",
    'quo"te': 'it\'s "so"',
    "back\\slash": "\\",
    "a.b/c~d": {"$ref": "#/nothing", "__proto__": None},
    "large": [1e308, -1e308, 5e-324, 2**63 - 1, -(2**63)],
    "exact": [0.1, 1.0, 1, -0.0, True, False, None],
    "long": "x" * 100_000,
    "unicode": "\u2028\ufeff\U0001f600e\u0301",
    "sql": "'); DROP TABLE goods; --",
    "key": 1,
    "document": {"document": {}},
    "_default": {},
}


def test_hostile_documents_come_back_as_they_went(store: Store) -> None:
    """Whatever JSON can hold, under whatever key; numbers keep their type."""
    keys: list[Key] = ["", "a\0b", "'", '"', "x" * 10_000, "\U0001f600", -1, 2**63 - 1]
    with store.unit():
        for key in keys:
            store.put("goods", key, {**HOSTILE, "id": key})
    for key in keys:
        found = store.get("goods", key)
        assert found == {**HOSTILE, "id": key}
        assert repr(found["exact"]) == repr(HOSTILE["exact"])
    quoted = Condition(('quo"te',), "contains", '"so"')
    assert store.count("goods", (quoted,)) == len(keys)
