"""`Shape`: all that one schema says, with `allOf` and references taken together."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from .node import Node

Kind = Literal["null", "boolean", "number", "string", "array", "object"]
KINDS: tuple[Kind, ...] = ("null", "boolean", "number", "string", "array", "object")
ALL = frozenset(KINDS)


@dataclass(frozen=True, slots=True)
class Bound:
    """The end of a range of numbers."""

    value: Fraction
    is_open: bool

    def lets(self, number: Fraction, *, is_lower: bool) -> bool:
        """Whether the number is on the right side."""
        if number == self.value:
            return not self.is_open
        return number > self.value if is_lower else number < self.value


@dataclass(frozen=True, slots=True)
class Span:
    """How many there may be: characters, items or members; without a `most`, any number."""

    least: int = 0
    most: int | None = None

    def meet(self, other: "Span") -> "Span":
        """What both allow."""
        ends = [end for end in (self.most, other.most) if end is not None]
        return Span(max(self.least, other.least), min(ends, default=None))

    @property
    def is_empty(self) -> bool:
        """Whether nothing fits."""
        return self.most is not None and self.least > self.most

    def lets(self, count: int) -> bool:
        """Whether so many are allowed."""
        return self.least <= count and (self.most is None or count <= self.most)


@dataclass(frozen=True, slots=True)
class Members:
    """What one schema says of an object's members; `additional` is None where it says nothing."""

    declared: Mapping[str, Node]
    additional: Node | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives that stand beside the rest; null need not meet them where `spares_null`."""

    word: Literal["anyOf", "oneOf"]
    branches: tuple[Node, ...]
    spares_null: bool = False


@dataclass(frozen=True, slots=True)
class Ban:
    """What must not be the case."""

    node: Node
    spares_null: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What an instance must be; `nodes` are the schemas that say so, all of them at once.

    `loose` are members that another alternative declares, so that they may be sent all the same.
    """

    nodes: tuple[Node, ...] = ()
    kinds: frozenset[Kind] = ALL
    values: tuple[Any, ...] | None = None
    lower: Bound | None = None
    upper: Bound | None = None
    steps: frozenset[Fraction] = frozenset()
    formats: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    length: Span = Span()
    size: Span = Span()
    count: Span = Span()
    is_unique: bool = False
    items: tuple[Node, ...] = ()
    parts: tuple[Members, ...] = ()
    required: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    bans: tuple[Ban, ...] = ()
    loose: frozenset[str] = field(default=frozenset())

    @property
    def is_composed(self) -> bool:
        """Whether alternatives or bans stand in it, which are harder to compare."""
        return bool(self.groups or self.bans or self.loose)

    @property
    def is_bare(self) -> bool:
        """Whether nothing is said but the kinds and the values."""
        bare = Shape(self.nodes, self.kinds, self.values)
        return all(getattr(self, name) == getattr(bare, name) for name in Shape.__slots__)

    @property
    def declared(self) -> tuple[str, ...]:
        """The members that are named, in order."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.declared))

    @property
    def is_closed(self) -> bool:
        """Whether it forbids undeclared members."""
        return any(part.is_closed for part in self.parts)

    @property
    def is_whole(self) -> bool:
        """Whether its numbers are integers."""
        return any(step.denominator == 1 for step in self.steps)

    def of_kind(self, kind: Kind) -> "Shape":
        """Its instances of one kind."""
        values = self.values
        if values is not None:
            values = tuple(value for value in values if kind_of(value) == kind)
        elif self.kinds == {kind}:
            return self
        return replace(self, kinds=self.kinds & {kind}, values=values)


def kind_of(value: Any) -> Kind:
    """The kind of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def canonical(value: Any) -> str:
    """A text that is the same for equal JSON values."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    return value


def meet(left: Shape, right: Shape) -> Shape:
    """What both say, at once."""
    values = left.values if right.values is None else right.values
    if left.values is not None and right.values is not None:
        known = {canonical(value) for value in right.values}
        values = tuple(value for value in left.values if canonical(value) in known)
    return trimmed(
        Shape(
            nodes=left.nodes + right.nodes,
            kinds=left.kinds & right.kinds,
            values=values,
            lower=_tighter((left.lower, right.lower), is_lower=True),
            upper=_tighter((left.upper, right.upper), is_lower=False),
            steps=left.steps | right.steps,
            formats=left.formats | right.formats,
            patterns=left.patterns | right.patterns,
            length=left.length.meet(right.length),
            size=left.size.meet(right.size),
            count=left.count.meet(right.count),
            is_unique=left.is_unique or right.is_unique,
            items=left.items + right.items,
            parts=left.parts + right.parts,
            required=left.required | right.required,
            groups=left.groups + right.groups,
            bans=left.bans + right.bans,
            loose=left.loose | right.loose,
        )
    )


def spared(shape: Shape) -> Shape:
    """The same, or null."""
    values = shape.values
    if values is not None and None not in values:
        values = (*values, None)
    return replace(
        shape,
        kinds=shape.kinds | {"null"},
        values=values,
        groups=tuple(replace(group, spares_null=True) for group in shape.groups),
        bans=tuple(replace(ban, spares_null=True) for ban in shape.bans),
    )


def trimmed(shape: Shape) -> Shape:
    """The same without the kinds of which nothing can be an instance."""
    kinds = set(shape.kinds)
    for kind, span in (("string", shape.length), ("array", shape.size), ("object", shape.count)):
        if span.is_empty:
            kinds -= {kind}
    lower, upper = shape.lower, shape.upper
    if (
        lower
        and upper
        and not (lower.lets(upper.value, is_lower=True) and upper.lets(lower.value, is_lower=False))
    ):
        kinds -= {"number"}
    values = shape.values
    if values is not None:
        values = tuple(value for value in values if kind_of(value) in kinds)
        kinds &= {kind_of(value) for value in values}
    if kinds == shape.kinds and values == shape.values:
        return shape
    return replace(shape, kinds=frozenset(kinds), values=values)


def _tighter(bounds: Iterable[Bound | None], *, is_lower: bool) -> Bound | None:
    found = [bound for bound in bounds if bound is not None]
    if not found:
        return None
    # At the same value the open bound is the tighter one.
    chosen = max if is_lower else min
    value = chosen(bound.value for bound in found)
    return Bound(value, any(bound.is_open for bound in found if bound.value == value))
