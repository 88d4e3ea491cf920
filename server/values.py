"""How values compare: kinds, moments, conditions and sort keys, as the clauses define them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache, total_ordering
from operator import neg
from typing import Any

from ..specs import pointer
from .store.query import Condition, Kind, SortKey

# Python's own reader takes all of ISO 8601: weeks, commas, zones without a colon.
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)?",
    re.ASCII | re.IGNORECASE,
)

_LISTS = (list, tuple)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(1024)
def moment(text: str) -> datetime:
    """The moment that a date-time names; without a zone it is UTC (ruling G3).

    The latest are remembered: indexes, timers and the clock all ask for those of one document.
    """
    parsed = datetime.fromisoformat(text.upper())
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed


def is_moment(text: str) -> bool:
    """Whether `text` is an RFC 3339 date-time, or one that lacks its zone (ruling G3)."""
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        moment(text)
    except ValueError:
        return False
    return True


def is_instant(text: str) -> bool:
    """Whether `text` is a date-time with its zone that can be kept: no leap second, no year 0."""
    match = _DATE_TIME.fullmatch(text)
    return match is not None and match["zone"] is not None and is_moment(text)


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """How values of `schema`, an OpenAPI schema, compare."""
    type_ = schema.get("type")
    if type_ in ("integer", "number"):
        return "number"
    if type_ == "boolean":
        return "boolean"
    if type_ == "string" and schema.get("format") in ("date-time", "minute"):
        return "instant"
    return "text"


def comparable(value: Any, kind: Kind) -> Any:
    """`value`, which is not null, as something that `==` and `<` compare as its kind does.

    Moments are whole microseconds: numbers compare faster than dates with zones, and take less.
    """
    return _microseconds(value) if kind == "instant" else value


def _microseconds(text: str) -> int:
    return (moment(text) - _EPOCH) // _MICROSECOND


def reader(field: pointer.Path) -> Callable[[Mapping[str, Any]], Any]:
    """What reads the value of `field` from documents; null where there is none."""
    if len(field) == 1:
        name = field[0]
        return lambda document: document.get(name)
    return lambda document: pointer.value(document, field)


def matcher(condition: Condition) -> Callable[[Mapping[str, Any]], bool]:
    """A test of documents; all that depends on the condition alone is done once."""
    read, kind = reader(condition.field), condition.kind
    if condition.op == "isnull":
        wants_null = bool(condition.value)
        return lambda document: (read(document) is None) is wants_null
    fold: Callable[[Any], Any] = str.casefold if not condition.case_sensitive else lambda text: text
    test = _test(condition, kind, fold)
    or_null = condition.or_null

    def matches(document: Mapping[str, Any]) -> bool:
        value = read(document)
        return or_null if value is None else test(fold(comparable(value, kind)))

    return matches


def is_loose(condition: Condition) -> bool:
    """Whether it compares a field that can be anything with something that is no text."""
    if condition.kind != "text" or condition.op not in ("eq", "in"):
        return False
    operands = condition.value if condition.op == "in" else [condition.value]
    return any(each is not None and not isinstance(each, str) for each in operands)


_TESTS: Mapping[str, Callable[[Any], Callable[[Any], bool]]] = {
    "eq": lambda operand: lambda value: bool(value == operand),
    "gt": lambda operand: lambda value: bool(value > operand),
    "gte": lambda operand: lambda value: bool(value >= operand),
    "lt": lambda operand: lambda value: bool(value < operand),
    "lte": lambda operand: lambda value: bool(value <= operand),
    "contains": lambda operand: lambda value: operand in value,
}


def _test(condition: Condition, kind: Kind, fold: Callable[[Any], Any]) -> Callable[[Any], bool]:
    if is_loose(condition):
        loose = condition.value if condition.op == "in" else [condition.value]
        return lambda value: any(same(value, each) for each in loose)
    if condition.op == "in":
        operands = [fold(comparable(item, kind)) for item in condition.value]
        return lambda value: value in operands
    return _TESTS[condition.op](fold(comparable(condition.value, kind)))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, _LISTS) and isinstance(other, _LISTS):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def meets(document: Mapping[str, Any], allowed: Mapping[pointer.Path, tuple[Any, ...]]) -> bool:
    """Whether each field has one of the values that it is allowed."""
    for field, values in allowed.items():
        found = pointer.value(document, field)
        for value in values:
            if same(found, value):
                break
        else:
            return False
    return True


@total_ordering
class Down:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Down) and bool(self.value == other.value)

    def __lt__(self, other: "Down") -> bool:
        return bool(other.value < self.value)

    def __hash__(self) -> int:
        return hash(self.value)


Rank = tuple[Any, ...]


def ranker(order: tuple[SortKey, ...]) -> Callable[[Mapping[str, Any]], Rank]:
    """What to sort documents by so that they come in `order`."""
    parts = tuple((reader(key.field), placer(key)) for key in order)

    def ranked(document: Mapping[str, Any]) -> Rank:
        rank: list[Any] = []
        for read, place in parts:
            rank += place(read(document))
        return tuple(rank)

    return ranked


def rank(order: tuple[SortKey, ...], values: tuple[Any, ...]) -> Rank:
    """The rank of a document whose sort keys have these values: two members for each key."""
    return tuple(
        member for key, value in zip(order, values, strict=True) for member in placer(key)(value)
    )


def placer(key: SortKey) -> Callable[[Any], tuple[int, Any]]:
    """What gives a value of `key` its members of a rank."""
    # Every value lies between the two places that null can have.
    null = (-1 if is_null_first(key) else 1, None)
    if key.kind == "instant":
        turn = -1 if key.descending else 1
        return lambda value: null if value is None else (0, turn * _microseconds(value))
    if not key.descending:
        return lambda value: null if value is None else (0, value)
    ready: Callable[[Any], Any] = Down if key.kind == "text" else neg
    return lambda value: null if value is None else (0, ready(value))


def is_null_first(key: SortKey) -> bool:
    """Whether null comes before all values."""
    return key.nulls in ("first", "largest" if key.descending else "smallest")
