"""`Match`: which rows of a collection meet some conditions, found by looking at few."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..values import matcher
from .index import Index, Span, Unfit
from .query import Condition
from .store import Document

_CHEAPER = 4
"""How many places of an index are read in the time that it takes to test one document."""
_MANY = 500
"""After so many tests it pays to find all that match, and to ask no document again."""


class Searched(Protocol):
    """The collection, as its planner needs it; it counts the rows that are looked at."""

    def __len__(self) -> int: ...

    def document(self, number: int) -> Document:
        """The document in row `number`."""

    def numbered(self) -> Iterable[tuple[int, Document]]:
        """All rows, in the order of their insertion."""

    def index(self, condition: Condition) -> Index | None:
        """What finds rows that meet `condition`; None where only looking at all of them does."""

    def touch(self, rows: int) -> None:
        """Count rows as looked at."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One condition: its test, and where an index has what meets it.

    `hits` are at most so many; `spans` are None where the index must be read as a whole.
    """

    condition: Condition
    test: Callable[[Document], bool]
    index: Index | None
    spans: Sequence[Span] | None
    hits: int


class Match:
    """The rows that meet all of `where`; good until the collection is written to."""

    def __init__(self, rows: Searched, where: tuple[Condition, ...]) -> None:
        self.where = where
        self._rows = rows
        self._tested = 0
        self._numbers: set[int] | None = None
        parts = [self._part(condition, matcher(condition)) for condition in where]
        # What all rows meet decides nothing.
        self._parts = sorted(
            (part for part in parts if part.spans is None or part.hits < len(rows)),
            key=lambda part: (part.spans is None, part.hits),
        )

    @property
    def is_all(self) -> bool:
        """Whether every row matches."""
        return not self._parts

    @property
    def total(self) -> int:
        """How many rows match."""
        if self.is_all:
            return len(self._rows)
        if len(self._parts) == 1 and self._parts[0].spans is not None:
            return self._parts[0].hits
        return len(self.numbers)

    @property
    def numbers(self) -> set[int]:
        """The rows that match; they are found once."""
        if self._numbers is None:
            self._numbers = self._found()
        return self._numbers

    def _found(self) -> set[int]:
        if self.is_all:
            return {number for number, _ in self._rows.numbered()}
        first, *rest = self._parts
        found = self._all_of(first)
        for part in rest:
            found = self._narrowed(found, part)
        return found

    def has(self, number: int) -> bool:
        """Whether row `number` matches."""
        if self.is_all:
            return True
        if self._numbers is None and self._tested < _MANY:
            self._tested += 1
            document = self._rows.document(number)
            return all(part.test(document) for part in self._parts)
        return number in self.numbers

    def _part(self, condition: Condition, test: Callable[[Document], bool]) -> _Part:
        index = self._rows.index(condition)
        if index is not None:
            try:
                if condition.op == "contains":
                    index.operand(condition.value)
                    return _Part(condition, test, index, None, len(index))
                spans = index.spans(condition)
            except Unfit:
                index = None
            else:
                return _Part(condition, test, index, spans, sum(b - a for a, b in spans))
        return _Part(condition, test, index, None, len(self._rows))

    def _all_of(self, part: _Part) -> set[int]:
        """All rows that meet one condition."""
        self._rows.touch(part.hits)
        if part.index is None:
            return {number for number, row in self._rows.numbered() if part.test(row)}
        if part.spans is not None:
            return set(part.index.numbers(part.spans))
        found = set(part.index.containing(part.index.operand(part.condition.value)))
        if part.condition.or_null:
            nulls = Condition(part.condition.field, "isnull", True)
            found.update(part.index.numbers(part.index.spans(nulls)))
        return found

    def _narrowed(self, found: set[int], part: _Part) -> set[int]:
        """What of `found` meets one more condition, by whichever way reads less."""
        others = len(self._rows) - part.hits
        to_read = part.hits if part.spans is None else min(part.hits, others)
        if part.index is None or len(found) * _CHEAPER <= to_read:
            self._rows.touch(len(found))
            return {number for number in found if part.test(self._rows.document(number))}
        if part.spans is None or part.hits <= others:
            return found & self._all_of(part)
        self._rows.touch(others)
        return found.difference(part.index.numbers(part.index.others(part.spans)))
