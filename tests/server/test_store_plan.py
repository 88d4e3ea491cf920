"""Whatever is asked, a store finds what looking at every document finds, and looks at few."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.server.store.collection import FEW, MOST_INDEXES
from understudy.server.store.query import Condition, Kind, Position, Query, SortKey
from understudy.server.store.store import Store
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.values import matcher, rank, ranker

from .conftest import Open

Document = Mapping[str, Any]


class _StopError(Exception):
    """What leaves a unit of work in these tests."""


def _scan(documents: Sequence[Document], query: Query) -> Sequence[Document]:
    """The plain answer: look at all, sort all, cut."""
    tests = [matcher(condition) for condition in query.where]
    found = [document for document in documents if all(test(document) for test in tests)]
    if query.order:
        ranked = ranker(query.order)
        found.sort(key=ranked)
        if query.after is not None:
            place, at = rank(query.order, query.after.values), query.after.inclusive
            found = [d for d in found if (r := ranked(d)) > place or (at and r == place)]
        if query.before is not None:
            place, at = rank(query.order, query.before.values), query.before.inclusive
            found = [d for d in found if (r := ranked(d)) < place or (at and r == place)]
            if query.limit is not None:
                return found[max(0, len(found) - query.limit) :]
    end = None if query.limit is None else query.offset + query.limit
    return found[query.offset : end]


VALUES: Mapping[tuple[str, ...], tuple[Kind, st.SearchStrategy[Any]]] = {
    ("price",): ("number", st.sampled_from([0, 1, 1.0, 2, 2.5, -1, 2**53, 2**53 + 1, 0.1])),
    ("title",): (
        "text",
        st.sampled_from(["", "a", "B", "b", "ab", "ß", "SS", "ss", "é", "\U0001f600", "\ufffd"]),
    ),
    ("at",): (
        "instant",
        st.sampled_from(
            [
                "2026-01-01T00:00:00Z",
                "2026-01-01T01:00:00+01:00",
                "2026-01-01T00:00:00",
                "2026-01-01T00:00:00.000001Z",
                "2025-12-31T23:59:59.999999-00:30",
                "0001-01-01T00:00:00+05:00",
                "9999-12-31T23:59:59Z",
            ]
        ),
    ),
    ("is_new",): ("boolean", st.booleans()),
    ("nested", "name"): ("text", st.sampled_from(["x", "y", "z"])),
    # What no index can hold, since it does not compare.
    ("odd",): ("text", st.sampled_from([1, "1", True, [1], {"a": 1}])),
}
SORTABLE = [field for field in VALUES if field != ("odd",)]


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    """Any member may be null or missing."""
    document: dict[str, Any] = {}
    for field, (_, values) in VALUES.items():
        value = draw(st.one_of(values, values, st.sampled_from([None, ...])))
        if field != ("odd",) and value is ...:
            continue
        document[field[0]] = {field[1]: value} if len(field) > 1 else value
    document["odd"] = None if document["odd"] is ... else document["odd"]
    return document


@st.composite
def _conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(list(VALUES)))
    kind, values = VALUES[field]
    is_odd = field == ("odd",)
    ops = ["eq", "in", "isnull"] + ([] if is_odd else ["gt", "gte", "lt", "lte"])
    op: Any = draw(st.sampled_from([*ops, "contains"] if kind == "text" and not is_odd else ops))
    if op == "isnull":
        operand: Any = draw(st.booleans())
    elif op == "in":
        operand = draw(st.lists(values, max_size=3))
    else:
        operand = draw(values)
    is_sensitive = kind != "text" or is_odd or draw(st.booleans())
    return Condition(field, op, operand, kind, is_sensitive, or_null=draw(st.booleans()))


@st.composite
def _queries(draw: st.DrawFn) -> Query:
    where = tuple(draw(st.lists(_conditions(), max_size=3)))
    fields = draw(st.lists(st.sampled_from(SORTABLE), max_size=3, unique=True))
    order = tuple(
        SortKey(
            field,
            VALUES[field][0],
            draw(st.booleans()),
            draw(st.sampled_from(["first", "last", "smallest", "largest"])),
        )
        for field in fields
    )
    positions = st.builds(
        Position,
        st.tuples(*(st.none() | VALUES[field][1] for field in fields)),
        st.booleans(),
    )
    after, before = (draw(st.none() | positions) for _ in range(2)) if order else (None, None)
    limit = draw(st.sampled_from([None, None, 0, 1, 2, 5, 100]))
    return Query("goods", where, order, after, before, draw(st.sampled_from([0, 0, 1, 7])), limit)


WRITES = st.lists(
    st.tuples(st.integers(0, 2 * FEW), st.none() | _documents()), min_size=1, max_size=6
)


EXAMPLES = {"memory": 50, "file": 10, "postgres": 15}
"""The plans of a file's store are those of the one in memory."""


@pytest.mark.whole
def test_a_plan_finds_what_a_scan_finds(open_store: Open, store_kind: str) -> None:
    """Before and after writes and units that were undone; the second time from what was kept."""

    @settings(max_examples=EXAMPLES[store_kind], database=None, derandomize=True)
    @given(
        documents=st.lists(_documents(), min_size=FEW + 1, max_size=FEW + 30),
        queries=st.lists(_queries(), min_size=1, max_size=6),
        steps=st.lists(st.tuples(WRITES, st.booleans()), max_size=4),
    )
    def check(documents: Any, queries: Any, steps: Any) -> None:
        _agrees_with_a_scan(open_store(), documents, queries, steps)

    check()


def _agrees_with_a_scan(
    store: Store,
    documents: list[dict[str, Any]],
    queries: list[Query],
    steps: list[tuple[list[tuple[int, Any]], bool]],
) -> None:
    store.load({"goods": list(enumerate(documents))})
    model = dict(enumerate(documents))

    def agree() -> None:
        rows = list(model.values())
        for query in queries:
            assert list(store.find(query)) == list(_scan(rows, query)), query
            everything = _scan(rows, Query("goods", query.where))
            assert store.count("goods", query.where) == len(everything), query

    agree()
    for writes, is_kept in steps:
        changed = dict(model)
        try:
            with store.unit():
                for key, document in writes:
                    if document is None:
                        store.delete("goods", key)
                        changed.pop(key, None)
                    else:
                        store.put("goods", key, document)
                        changed[key] = document
                if not is_kept:
                    raise _StopError
        except _StopError:
            changed = model
        model = changed
        agree()
        assert list(store.dump().get("goods", ())) == list(model.values())
    store.close()


KINDS = ("open", "closed")
BY_PRICE = (SortKey(("price",), "number", descending=True), SortKey(("id",), "number"))
BY_ID = (SortKey(("id",), "number"),)
MANY = 20_000


def _shop(rows: int) -> TinyStore:
    store = TinyStore(in_memory())
    documents = [
        (
            number,
            {
                "id": number,
                "price": number * 7919 % 1009,
                "kind": KINDS[number % 2],
                "owner": f"user{number * rows // 50 % rows}" if number < 50 else "all",
                "name": f"Thing {number % 10}",
                "deleted_at": None,
            },
        )
        for number in range(rows)
    ]
    store.load({"goods": documents})
    return store


@pytest.fixture(scope="module")
def shops() -> Mapping[int, TinyStore]:
    """A small collection and a large one."""
    return {rows: _shop(rows) for rows in (100, MANY)}


KIND = Condition(("kind",), "eq", "open")
OWNER = Condition(("owner",), "in", ["user0", "user1"])
LIVE = Condition(("deleted_at",), "isnull", True)
CHEAP = Condition(("price",), "lt", 5, "number")
LETTERS = Condition(("name",), "contains", "thing 6", case_sensitive=False)


def _cost(store: TinyStore, *queries: Query) -> int:
    """How many rows the queries and their counts look at, once there are indexes."""
    for query in queries:
        store.find(query)
    # A write, so that nothing is left over from the last time.
    store.put("goods", "other", {"id": -1, "kind": "other", "name": "x", "deleted_at": "now"})
    store.delete("goods", "other")
    before = store.touched
    for query in queries:
        store.find(query)
        store.count("goods", query.where)
    return store.touched - before


@pytest.mark.parametrize(
    "query",
    [
        Query("goods", limit=25),
        Query("goods", order=BY_PRICE, limit=25),
        Query("goods", order=BY_PRICE, offset=60, limit=25),
        Query("goods", order=BY_PRICE, after=Position((500, 3)), limit=25),
        Query("goods", order=BY_PRICE, before=Position((500, 3)), limit=25),
        Query("goods", (LIVE,), BY_ID, limit=25),
        Query("goods", (LIVE,), BY_PRICE, offset=60, limit=25),
        Query("goods", (OWNER,), BY_PRICE, limit=25),
        Query("goods", (LIVE, OWNER, KIND), BY_ID, limit=25),
        Query("goods", (KIND,), BY_ID, limit=25),
    ],
    ids=str,
)
def test_a_page_costs_no_more_where_there_is_more(
    shops: Mapping[int, TinyStore], query: Query
) -> None:
    """As many rows are looked at in the large collection as in the small one, and few."""
    small, large = (_cost(shop, query) for shop in shops.values())
    assert large <= 2 * max(small, 60)


@pytest.mark.parametrize(
    "where",
    [(), (LIVE,), (KIND,), (CHEAP,), (Condition(("price",), "isnull", False, "number"),)],
    ids=str,
)
def test_counting_what_an_index_holds_looks_at_nothing(
    shops: Mapping[int, TinyStore], where: tuple[Condition, ...]
) -> None:
    """One condition, and whatever all documents meet beside it."""
    shop = shops[MANY]
    shop.count("goods", (LIVE, *where))
    before = shop.touched
    shop.count("goods", (LIVE, *where))
    assert shop.touched == before


def test_a_count_and_the_pages_of_one_request_look_once(shops: Mapping[int, TinyStore]) -> None:
    """What matches is found once, until something is written."""
    shop, where = shops[MANY], (KIND, LETTERS)
    once = _cost(shop, Query("goods", where, BY_ID, limit=5))
    pages = [
        Query("goods", where, BY_ID, limit=5),
        Query("goods", where, BY_ID, after=Position((999,)), limit=1),
        Query("goods", where, BY_ID, before=Position((999,)), limit=1),
    ]
    assert _cost(shop, *pages) <= once + 100


def test_half_of_all_costs_less_than_half_of_a_scan_for_each_condition(
    shops: Mapping[int, TinyStore],
) -> None:
    """Conditions are met by the fewer of what they have and what they leave."""
    where = (LIVE, KIND, Condition(("price",), "gte", 500, "number"))
    assert _cost(shops[MANY], Query("goods", where, BY_ID, limit=25)) <= MANY + 1000


def test_only_so_many_indexes_are_kept(shops: Mapping[int, TinyStore]) -> None:
    """The one not used for longest goes; asked for again, it is made again."""
    shop = _shop(FEW + 1)

    def cost(nth: int) -> int:
        before = shop.touched
        shop.count("goods", (Condition((f"field{nth}",), "isnull", True),))
        return shop.touched - before

    assert cost(0) == FEW + 1
    for nth in range(1, MOST_INDEXES):
        cost(nth)
    assert cost(0) == 0
    cost(MOST_INDEXES)
    assert cost(0) == 0
    assert cost(1) == FEW + 1
