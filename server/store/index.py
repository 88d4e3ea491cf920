"""`Index`: the rows of a collection in one order, kept so while they are written."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sortedcontainers import SortedList

from ..values import placer, reader
from .query import Condition, Kind, Position, SortKey
from .store import Document

Span = tuple[int, int]
"""Places in an index, from and up to."""

_AFTER_ALL = math.inf
"""Comes after every row and every rank that may follow it."""
_NUMBER: Callable[[tuple[Any, ...]], int] = itemgetter(-1)
_NULLS: tuple[tuple[Any, ...], tuple[Any, ...]] = ((-1,), (0,))
_VALUES: tuple[tuple[Any, ...], tuple[Any, ...]] = ((0,), (1,))


class Unfit(Exception):
    """A value that is not of the kind that the index compares: the collection must be scanned."""


class Sketch(NamedTuple):
    """What an index is made of: the order of its rows, and whether text is the same in any case."""

    order: tuple[SortKey, ...]
    folds: bool = False


def filtering(condition: Condition) -> Sketch:
    """The index that finds what meets `condition`."""
    key = SortKey(condition.field, condition.kind, nulls="first")
    return Sketch((key,), not condition.case_sensitive and condition.op != "isnull")


class _Column(NamedTuple):
    """One key of an order: how to read it, what its values are, and where those lie."""

    read: Callable[[Document], Any]
    types: tuple[type, ...]
    place: Callable[[Any], tuple[int, Any]]


_TYPES: Mapping[Kind, tuple[type, ...]] = {
    "text": (str,),
    "instant": (str,),
    "number": (int, float),
    "boolean": (bool,),
}


class Index:
    """Entries are ranks with the number of the row behind them, which settles what is left equal.

    Unfit is raised for what cannot be compared with the rest; the index is of no use from then on.
    """

    def __init__(self, sketch: Sketch, rows: Iterable[tuple[int, Document]]) -> None:
        self._folds = sketch.folds
        self._columns = tuple(
            _Column(reader(key.field), _TYPES[key.kind], placer(key)) for key in sketch.order
        )
        self._entries = SortedList(self._entry(number, row) for number, row in rows)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, number: int, document: Document) -> None:
        """Take in a row."""
        self._entries.add(self._entry(number, document))

    def remove(self, number: int, document: Document) -> None:
        """Let go of a row, which holds what it held when it was taken in."""
        self._entries.remove(self._entry(number, document))

    def numbers(self, spans: Iterable[Span], *, backwards: bool = False) -> Iterator[int]:
        """The rows in these places."""
        entries = (self._entries.islice(*span, reverse=backwards) for span in spans)
        return map(_NUMBER, chain.from_iterable(entries))

    def containing(self, text: str) -> Iterator[int]:
        """The rows whose value has `text` in it."""
        return (entry[-1] for entry in self._entries.irange(*_VALUES) if text in entry[1])

    def place(self, position: Position, *, is_end: bool) -> int:
        """Where the rows begin that lie after `position`; with `is_end` where those before end."""
        placed = zip(self._columns, position.values, strict=True)
        at = tuple(chain.from_iterable(self._placed(column, value) for column, value in placed))
        # Rows at the position are on the near side of its end, and on the far side of its begin.
        is_behind = position.inclusive if is_end else not position.inclusive
        return self._at((*at, _AFTER_ALL) if is_behind else at)

    def spans(self, condition: Condition) -> list[Span]:
        """Where the rows are that meet a condition on the first key, in order, none twice."""
        found = self._met(condition)
        if condition.or_null and condition.op != "isnull":
            found.append(self._span(*_NULLS))
        return sorted({span for span in found if span[0] < span[1]})

    def others(self, spans: Sequence[Span]) -> list[Span]:
        """The places between `spans`."""
        starts = [0, *(stop for _, stop in spans)]
        stops = [*(start for start, _ in spans), len(self)]
        return [span for span in zip(starts, stops, strict=True) if span[0] < span[1]]

    def operand(self, value: Any) -> Any:
        """What a condition compares with, as the entries hold it."""
        if value is None:
            raise Unfit
        return self._placed(self._columns[0], value)[1]

    def _met(self, condition: Condition) -> list[Span]:
        op, value = condition.op, condition.value
        if op == "isnull":
            return [self._span(*(_NULLS if value else _VALUES))]
        if op in ("eq", "in"):
            # Null is equal to nothing.
            operands = [each for each in (value if op == "in" else [value]) if each is not None]
            return [self._equal(self.operand(each)) for each in operands]
        ready = self.operand(value)
        before, behind = (0, ready), (0, ready, _AFTER_ALL)
        begin, end = _VALUES
        match op:
            case "gt":
                return [self._span(behind, end)]
            case "gte":
                return [self._span(before, end)]
            case "lt":
                return [self._span(begin, before)]
            case "lte":
                return [self._span(begin, behind)]
        raise ValueError(f"{op} is not found by place")

    def _equal(self, ready: Any) -> Span:
        return self._span((0, ready), (0, ready, _AFTER_ALL))

    def _span(self, begin: tuple[Any, ...], end: tuple[Any, ...]) -> Span:
        return self._at(begin), self._at(end)

    def _at(self, entry: tuple[Any, ...]) -> int:
        place: int = self._entries.bisect_left(entry)
        return place

    def _entry(self, number: int, document: Mapping[str, Any]) -> tuple[Any, ...]:
        entry: list[Any] = []
        for column in self._columns:
            entry += self._placed(column, column.read(document))
        entry.append(number)
        return tuple(entry)

    def _placed(self, column: _Column, value: Any) -> tuple[int, Any]:
        """What an entry holds for `value`, which is folded where case does not count."""
        if value is None:
            return column.place(None)
        # What is not equal to itself has no place.
        if type(value) not in column.types or value != value:
            raise Unfit
        try:
            return column.place(value.casefold() if self._folds else value)
        except ValueError as error:
            raise Unfit from error  # a date-time that is none
