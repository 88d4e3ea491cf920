"""`Query`: which documents, in which order; data that each store compiles for itself."""

from dataclasses import dataclass
from typing import Any, Literal

from ...specs.clauses import Nulls, Operator
from ...specs.pointer import Path

Kind = Literal["text", "number", "instant", "boolean"]
"""How values of a field compare: by code point, by size, as moments, or false before true."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The field stands in the relation `op` to `value`.

    Null stands in none but `isnull`, unless `or_null` lets it pass.
    """

    field: Path
    op: Operator
    value: Any
    kind: Kind = "text"
    case_sensitive: bool = True
    or_null: bool = False


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field to order by."""

    field: Path
    kind: Kind = "text"
    descending: bool = False
    nulls: Nulls = "last"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: the values of its sort keys; `inclusive` takes in a document there."""

    values: tuple[Any, ...]
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Documents of `collection` that meet all of `where`, in `order`.

    Only those after the position `after`, or before `before`; of the latter the nearest. `offset`
    and `limit` cut what is left.
    """

    collection: str
    where: tuple[Condition, ...] = ()
    order: tuple[SortKey, ...] = ()
    after: Position | None = None
    before: Position | None = None
    offset: int = 0
    limit: int | None = None
