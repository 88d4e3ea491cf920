"""`Field`: a field of the documents in SQL, as its kind compares."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Numeric,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

from ....specs.pointer import Path
from ..query import Kind
from .asked import escaped

HEAD = 64
"""So many characters of a text are in an index, which takes in no long ones."""
_FIELDS = 1024
"""So many are kept."""
_TYPES: Mapping[Kind, TypeEngine[Any]] = {
    "text": Text(),
    "number": Numeric(),
    "instant": BigInteger(),
    "boolean": Boolean(),
}
Predicate = ColumnElement[bool]


def quoted(text: str) -> str:
    """`text` as a constant in SQL: an index is found only by what is written as it is there."""
    return "'" + text.replace("'", "''") + "'"


class Field:
    """One field; `null` and `value` are read from the document, the latter in its kind's type.

    Text is compared by code point, whatever the database's own order is. What it is compared with
    are parameters: `values` names and gives them.
    """

    def __init__(self, path: Path, kind: Kind, *, folds: bool = False) -> None:
        names = ", ".join(quoted(escaped(name)) for name in path)
        place = f"document, ARRAY[{names}]"
        self._kind = kind
        self._anything = literal_column(f"(document #> ARRAY[{names}])", JSONB())
        self.null: Predicate = literal_column(f"understudy_null({place})", Boolean())
        value = f"understudy_{kind}({place})"
        if kind == "instant":
            value = f"understudy_instant(moments, ARRAY[{names}])"
        self._head: ColumnElement[str] | None = None
        if kind == "text":
            value = f'(understudy_fold({value}) COLLATE "C")' if folds else f'({value} COLLATE "C")'
        if kind == "text" and not folds:
            self._head = literal_column(f'(understudy_head({place}) COLLATE "C")', Text())
        self.value: ColumnElement[Any] = literal_column(value, _TYPES[kind])

    @staticmethod
    @lru_cache(_FIELDS)
    def of(path: Path, kind: Kind, *, folds: bool = False) -> "Field":
        """The field of that path, the same for all who ask: it takes long to make."""
        return Field(path, kind, folds=folds)

    @property
    def sorted_by(self) -> tuple[ColumnElement[Any], ...]:
        """What orders by it; the first is what an index of it holds."""
        return (self.value,) if self._head is None else (self._head, self.value)

    @property
    def absent(self) -> Predicate:
        """Whether there is nothing to order by."""
        return self.sorted_by[0].is_(None)

    def equal(self, name: str) -> Predicate:
        """Whether it is equal to the parameter."""
        same: Predicate = self.value == self._bound(name)
        return same if self._head is None else and_(self._head == self._begin(name), same)

    def less(self, name: str, *, inclusive: bool = False) -> Predicate:
        """Whether it comes before the parameter."""
        bound = self._bound(name)
        less: Predicate = self.value <= bound if inclusive else self.value < bound
        return less if self._head is None else and_(self._head <= self._begin(name), less)

    def more(self, name: str, *, inclusive: bool = False) -> Predicate:
        """Whether it comes after the parameter."""
        bound = self._bound(name)
        more: Predicate = self.value >= bound if inclusive else self.value > bound
        return more if self._head is None else and_(self._head >= self._begin(name), more)

    def among(self, name: str) -> Predicate:
        """Whether it is equal to one of the parameter's."""
        type_ = ARRAY(_TYPES[self._kind])
        same: Predicate = self.value == bindparam(name, type_=type_).any_()
        if self._head is None:
            return same
        return and_(self._head == bindparam(f"{name}_head", type_=type_).any_(), same)

    def same(self, name: str) -> Predicate:
        """Whether it is one of the parameter's, whatever they are, as JSON has it."""
        return self._anything == bindparam(name, type_=ARRAY(JSONB)).any_()

    def containing(self, name: str) -> Predicate:
        """Whether the parameter is a part of it."""
        return func.strpos(self.value, self._bound(name)) > literal_column("0")

    def values(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """The parameters of that name."""
        yield name, value
        if self._head is not None:
            yield f"{name}_head", _begins(value)

    def _bound(self, name: str) -> ColumnElement[Any]:
        return bindparam(name, type_=_TYPES[self._kind])

    def _begin(self, name: str) -> ColumnElement[str]:
        return bindparam(f"{name}_head", type_=Text())


def _begins(value: Any) -> Any:
    if isinstance(value, list):
        return [each[:HEAD] for each in value]
    return None if value is None else value[:HEAD]
