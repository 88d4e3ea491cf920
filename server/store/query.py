"""`Query`: which documents, in which order; data that each store compiles for itself.

They are made at every request, and looked up: a frozen dataclass takes three times as long.
"""

from typing import Any, Literal, NamedTuple

from ...specs.clauses import Nulls, Operator
from ...specs.pointer import Path

Kind = Literal["text", "number", "instant", "boolean"]
"""How values of a field compare: by code point, by size, as moments, or false before true."""


class Condition(NamedTuple):
    """The field stands in the relation `op` to `value`.

    Null stands in none but `isnull`, unless `or_null` lets it pass.
    """

    field: Path
    op: Operator
    value: Any
    kind: Kind = "text"
    case_sensitive: bool = True
    or_null: bool = False


class SortKey(NamedTuple):
    """One field to order by."""

    field: Path
    kind: Kind = "text"
    descending: bool = False
    nulls: Nulls = "last"


class Position(NamedTuple):
    """A place in an order: the values of its sort keys; `inclusive` takes in a document there."""

    values: tuple[Any, ...]
    inclusive: bool = False


class Query(NamedTuple):
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
