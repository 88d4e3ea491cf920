"""Compiles a `Query` to one statement, which finds what every other store finds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from ...values import is_null_first
from ..query import Condition, Position, Query, SortKey
from .asked import operand
from .conditions import met, operands, stripped
from .fields import Field, Predicate, quoted
from .schema import DOCUMENTS

Parameters = dict[str, Any]
_LIMIT = bindparam("limit", type_=BigInteger())
_OFFSET = bindparam("offset", type_=BigInteger())
_BOTH = bindparam("both", type_=BigInteger())
"""Limit and offset together: so many rows of each part are enough."""
_MANY = 2**61
"""More rows than there are; the two of them together are still a number to PostgreSQL."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A position without its values: which are null, and whether it takes in what is there."""

    nulls: tuple[bool, ...]
    inclusive: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """A query without its values; what has the same shape is compiled once.

    It goes backward, from its end, where the rows nearest to that are wanted.
    """

    contract: str
    collection: str
    where: tuple[Condition, ...]
    order: tuple[SortKey, ...]
    after: _Place | None
    before: _Place | None
    is_cut: bool

    @property
    def is_back(self) -> bool:
        """Whether the last row comes first."""
        return self.before is not None and self.is_cut


def find(contract: str, query: Query) -> tuple[str, Parameters, bool]:
    """The statement that gives texts of documents, its parameters, and whether it goes backward."""
    sides = {"after": query.after, "before": query.before}
    shape = _Shape(
        contract,
        query.collection,
        tuple(map(stripped, query.where)),
        query.order,
        _place(query.after),
        _place(query.before),
        query.limit is not None,
    )
    given = dict(operands(query.where))
    for side, position in sides.items():
        if position is not None:
            given.update(_values(query.order, position, side))
    offset = 0 if shape.is_back else min(query.offset, _MANY)
    limit = min(query.limit or 0, _MANY)
    given |= {"offset": offset, "limit": limit, "both": offset + limit}
    return _find(shape), given, shape.is_back


def count(contract: str, collection: str, where: tuple[Condition, ...]) -> tuple[str, Parameters]:
    """The statement that counts documents, and its parameters."""
    return _count(contract, collection, tuple(map(stripped, where))), dict(operands(where))


def written(statement: ClauseElement) -> str:
    """`statement` as the driver takes it."""
    dialect: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # so it is published
    return str(statement.compile(dialect=dialect))


def inside(contract: str, collection: str) -> tuple[Predicate, ...]:
    """The documents of one collection; what an index is of must be written as a constant."""
    return (
        DOCUMENTS.c.sandbox == bindparam("sandbox"),
        DOCUMENTS.c.contract == literal_column(quoted(contract)),
        DOCUMENTS.c.collection == literal_column(quoted(collection)),
        DOCUMENTS.c.number > literal_column("0"),
    )


@lru_cache(maxsize=4096)
def _count(contract: str, collection: str, where: tuple[Condition, ...]) -> str:
    here = (*inside(contract, collection), *map(met, range(len(where)), where))
    return written(select(func.count()).select_from(DOCUMENTS).where(*here))


@lru_cache(maxsize=4096)
def _find(shape: _Shape) -> str:
    keys = [_Key.of(key) for key in shape.order]
    (near, begin), (far, end) = ("after", shape.after), ("before", shape.before)
    if shape.is_back:
        keys = [key.turned for key in keys]
        (near, begin), (far, end) = (far, end), (near, begin)
    where = [*inside(shape.contract, shape.collection)]
    where += map(met, range(len(shape.where)), shape.where)
    if end is not None:
        behind = _parts([key.turned for key in keys], end, far)
        where.append(or_(false(), *(part.where for part in behind)))
    parts = list(_parts(keys, begin, near))
    number = DOCUMENTS.c.number.desc() if shape.is_back else DOCUMENTS.c.number
    rows = select(DOCUMENTS.c.source).where(*where)
    if not shape.is_cut:
        order = [each for key in keys for each in key.order]
        rows = rows.where(or_(false(), *(part.where for part in parts)))
        return written(rows.order_by(*order, number).offset(_OFFSET))
    if len(parts) == 1:
        rows = rows.where(parts[0].where).order_by(*parts[0].order, number)
        return written(rows.limit(_LIMIT).offset(_OFFSET))
    return written(_joined(where, parts, keys, shape))


def _joined(
    where: Sequence[Predicate], parts: Sequence["_Part"], keys: Sequence["_Key"], shape: _Shape
) -> Select[Any]:
    """One part after the other: each is found along an index, which none but one order has."""
    labelled = [key.field.value.label(f"key{at}") for at, key in enumerate(keys)]
    number = DOCUMENTS.c.number.desc() if shape.is_back else DOCUMENTS.c.number
    each = [
        select(
            DOCUMENTS.c.source,
            DOCUMENTS.c.number,
            literal_column(str(at), Integer()).label("part"),
            *labelled,
        )
        .where(*where, part.where)
        .order_by(*part.order, number)
        .limit(_BOTH)
        for at, part in enumerate(parts)
    ]
    found = union_all(*each).subquery("found")
    order = [key.ordered(found.c[f"key{at}"]) for at, key in enumerate(keys)]
    last = found.c.number.desc() if shape.is_back else found.c.number
    rows = select(found.c.source).order_by(found.c.part, *order, last)
    return rows.limit(_LIMIT).offset(_OFFSET)


@dataclass(frozen=True, slots=True)
class _Key:
    """One field to order by, in the direction of the walk."""

    field: Field
    is_down: bool
    is_null_first: bool

    @classmethod
    def of(cls, key: SortKey) -> "_Key":
        """As a query has it."""
        return cls(Field.of(key.field, key.kind), key.descending, is_null_first(key))

    @property
    def turned(self) -> "_Key":
        """For the other direction."""
        return replace(self, is_down=not self.is_down, is_null_first=not self.is_null_first)

    @property
    def order(self) -> list[ColumnElement[Any]]:
        """What to order by."""
        return [self.ordered(each) for each in self.field.sorted_by]

    @property
    def order_of_values(self) -> list[ColumnElement[Any]]:
        """What to order by where none is null; so any index has it."""
        return [each.desc() if self.is_down else each.asc() for each in self.field.sorted_by]

    def ordered(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """`value` in this direction."""
        way = value.desc() if self.is_down else value.asc()
        return way.nulls_first() if self.is_null_first else way.nulls_last()

    def equal(self, name: str, *, to_null: bool) -> Predicate:
        """Whether it is the same as at a position."""
        return self.field.absent if to_null else self.field.equal(name)

    def behind(self, name: str, *, is_null: bool) -> Predicate | None:
        """Whether it is a value, and comes after that of a position; None where none does."""
        if is_null:
            return not_(self.field.absent) if self.is_null_first else None
        return self.field.less(name) if self.is_down else self.field.more(name)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of an order: what lies in it, and in which order."""

    where: Predicate
    order: Sequence[ColumnElement[Any]]


def _parts(keys: Sequence[_Key], begin: _Place | None, name: str) -> Iterator[_Part]:
    """The stretches of an order from a position on, one after the other."""
    rests = [[each for key in keys[at:] for each in key.order] for at in range(len(keys) + 1)]
    if not keys:
        yield _Part(true(), ())
        return
    if begin is None:
        first = keys[0]
        some = _Part(not_(first.field.absent), [*first.order_of_values, *rests[1]])
        none = _Part(first.field.absent, rests[1])
        yield from (none, some) if first.is_null_first else (some, none)
        return
    same = [
        key.equal(f"{name}{at}", to_null=is_null)
        for at, (key, is_null) in enumerate(zip(keys, begin.nulls, strict=True))
    ]
    if begin.inclusive:
        yield _Part(and_(*same), ())
    for at in reversed(range(len(keys))):
        key, is_null = keys[at], begin.nulls[at]
        behind = key.behind(f"{name}{at}", is_null=is_null)
        if behind is not None:
            yield _Part(and_(*same[:at], behind), [*key.order_of_values, *rests[at + 1]])
        if not is_null and not key.is_null_first:
            yield _Part(and_(*same[:at], key.field.absent), rests[at + 1])


def _place(position: Position | None) -> _Place | None:
    if position is None:
        return None
    return _Place(tuple(value is None for value in position.values), position.inclusive)


def _values(order: Sequence[SortKey], at: Position, name: str) -> Iterator[tuple[str, Any]]:
    """The values of a position, as parameters."""
    for index, (key, value) in enumerate(zip(order, at.values, strict=True)):
        if value is not None:
            ready = operand(value, key.kind)
            yield from Field.of(key.field, key.kind).values(f"{name}{index}", ready)
