"""Any store beside a plain dictionary: they never differ, whatever is done to them."""

import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.postgres.transaction import Mode, Transaction
from understudy.server.store.query import Condition, Position, Query, SortKey
from understudy.server.store.store import Store


class _StopError(Exception):
    """What leaves a unit of work in these tests."""


class _Model(RuleBasedStateMachine):
    """The store beside a plain dictionary: they must never differ."""

    open_store: Callable[[], Store]
    keys = st.integers(1, 6)
    prices = st.none() | st.integers(0, 3) | st.sampled_from([0.5, 1.0, 2.5])
    titles = st.none() | st.sampled_from(
        ["", "a", "B", "b", "ab", "\u00e9", "\U0001f600", "\ufffd"]
    )

    def __init__(self) -> None:
        super().__init__()
        self.store = self.open_store()
        self.model: dict[int, dict[str, Any]] = {}

    def teardown(self) -> None:
        self.store.close()

    def _put(
        self, model: dict[int, dict[str, Any]], key: int, price: Any, title: Any, *, is_told: bool
    ) -> None:
        """Put a document; where it `is_told`, the store hears of one that is new."""
        document = {"id": key, "price": price, "title": title}
        self.store.put("goods", key, document, is_new=is_told and key not in model)
        model[key] = document

    @rule(key=keys, price=prices, title=titles, is_told=st.booleans())
    def put(self, key: int, price: Any, title: Any, is_told: bool) -> None:
        self._put(self.model, key, price, title, is_told=is_told)

    @rule(key=keys)
    def delete(self, key: int) -> None:
        self.store.delete("goods", key)
        self.model.pop(key, None)

    @rule()
    def clear(self) -> None:
        self.store.clear()
        self.model.clear()

    @rule(
        puts=st.lists(st.tuples(keys, prices, titles, st.booleans()), max_size=3),
        gone=st.lists(keys, max_size=3),
        clears=st.booleans(),
        is_kept=st.booleans(),
    )
    def unit(
        self, puts: list[tuple[int, Any, Any, bool]], gone: list[int], clears: bool, is_kept: bool
    ) -> None:
        model = dict(self.model)
        try:
            with self.store.unit():
                if clears:
                    self.store.clear()
                    model.clear()
                for key, price, title, is_told in puts:
                    self._put(model, key, price, title, is_told=is_told)
                for key in gone:
                    self.store.delete("goods", key)
                    model.pop(key, None)
                if not is_kept:
                    raise _StopError
        except _StopError:
            return
        self.model = model

    conditions = st.one_of(
        st.builds(
            lambda op, value: Condition(("price",), op, value, "number"),
            st.sampled_from(["eq", "gt", "gte", "lt", "lte"]),
            st.integers(0, 3),
        ),
        st.builds(
            lambda op, value: Condition(("title",), op, value),
            st.sampled_from(["eq", "gt", "gte", "lt", "lte", "contains"]),
            st.sampled_from(["", "a", "b", "\ufffd"]),
        ),
        st.builds(
            lambda value: Condition(("title",), "in", value),
            st.lists(st.sampled_from(["a", "B"]), max_size=2),
        ),
        st.builds(
            lambda field, value: Condition((field,), "isnull", value),
            st.sampled_from(["price", "title", "nothing"]),
            st.booleans(),
        ),
    )
    sort_keys = st.builds(
        SortKey,
        st.sampled_from([("price",), ("id",)]),
        st.just("number"),
        st.booleans(),
        st.sampled_from(["first", "last", "smallest", "largest"]),
    )

    @rule(
        where=st.lists(conditions, max_size=2),
        first=st.none() | sort_keys,
        offset=st.integers(0, 4),
        limit=st.none() | st.integers(0, 4),
        data=st.data(),
    )
    def find(
        self,
        where: list[Condition],
        first: SortKey | None,
        offset: int,
        limit: int | None,
        data: st.DataObject,
    ) -> None:
        kept = [d for d in self.model.values() if all(_holds(d, c) for c in where)]
        assert self.store.count("goods", tuple(where)) == len(kept)
        if first is None:
            found = self.store.find(Query("goods", tuple(where), (), None, None, offset, limit))
            assert list(found) == kept[offset:][:limit]
            return
        order = (first, SortKey(("id",), "number"))
        kept = _in_order(kept, order)
        side = data.draw(st.sampled_from([None, "after", "before"]))
        if side is None:
            query = Query("goods", tuple(where), order, None, None, offset, limit)
            expected = kept[offset:][:limit]
        else:
            values = (data.draw(self.prices), data.draw(st.integers(0, 7)))
            if first.field == ("id",):
                values = (values[1], values[1])
            is_inclusive = data.draw(st.booleans())
            here = Position(values, is_inclusive)
            after, before = (here, None) if side == "after" else (None, here)
            query = Query("goods", tuple(where), order, after, before, limit=limit)
            place = {"price": None, "id": values[1], first.field[0]: values[0]}
            left, middle, right = _cut(kept, place, order)
            middle = middle if is_inclusive else []
            if side == "after":
                expected = [*middle, *right][:limit]
            else:
                expected = [*left, *middle]
                expected = expected if limit is None else expected[max(0, len(expected) - limit) :]
        assert list(self.store.find(query)) == expected

    @invariant()
    def holds_what_was_written(self) -> None:
        expected = {"goods": list(self.model.values())} if self.model else {}
        assert self.store.dump() == expected
        for key in range(1, 7):
            assert self.store.get("goods", key) == self.model.get(key)


def _holds(document: Mapping[str, Any], condition: Condition) -> bool:
    """The model's own reading of a condition."""
    value, operand = document.get(condition.field[0]), condition.value
    if condition.op == "isnull":
        return (value is None) is operand
    if value is None:
        return False
    if condition.op == "in":
        return value in operand
    if condition.op == "contains":
        return str(value).find(operand) >= 0
    names = {"eq": "eq", "gt": "gt", "gte": "ge", "lt": "lt", "lte": "le"}
    return bool(getattr(operator, names[condition.op])(value, operand))


def _cut(
    documents: Sequence[dict[str, Any]], place: dict[str, Any], order: Sequence[SortKey]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """What lies before the place, at it, and after it."""
    names = [key.field[0] for key in order]
    here = [d for d in documents if all(d[name] == place[name] for name in names)]
    rest = [d for d in documents if d not in here]
    around = _in_order([*rest, place], order)
    at = next(index for index, d in enumerate(around) if d is place)
    return around[:at], here, around[at + 1 :]


def _in_order(
    documents: Sequence[dict[str, Any]], order: Sequence[SortKey]
) -> list[dict[str, Any]]:
    """The model's own sorting: key by key from the last, nulls put where they belong."""
    result = list(documents)
    for key in reversed(order):
        name = key.field[0]
        nulls = [d for d in result if d[name] is None]
        values = [d for d in result if d[name] is not None]
        values.sort(key=lambda d: d[name], reverse=key.descending)
        is_first = key.nulls in ("first", "largest" if key.descending else "smallest")
        result = nulls + values if is_first else values + nulls
    return result


EXAMPLES = {"postgres": 20}
"""Of a store that is asked over a socket fewer are enough, beside 60 of each other."""


class _InTurns(PostgresStore):
    """One whose changes are made as those that wait for a turn are."""

    def _transaction(self, mode: Mode) -> AbstractContextManager[Transaction]:
        return super()._transaction("turn" if mode == "write" else mode)


def _run(open_store: Callable[[], Store], examples: int) -> None:
    run_state_machine_as_test(
        type("Machine", (_Model,), {"open_store": staticmethod(open_store)}),
        settings=settings(
            max_examples=examples, stateful_step_count=25, database=None, derandomize=True
        ),
    )


def test_a_store_is_a_dictionary_that_can_be_asked(
    open_store: Callable[[], Store], store_kind: str
) -> None:
    """Any sequence of writes, units and queries gives what a plain dictionary gives."""
    _run(open_store, EXAMPLES.get(store_kind, 60))


def test_what_is_written_in_turns_is_no_different(opened: Database) -> None:
    """There what is new is sent apart from what replaces something."""
    numbers = count()
    _run(lambda: _InTurns(opened, f"turns {next(numbers)}", "shop"), EXAMPLES["postgres"])
