"""`Side`: one of the two documents, and what its schemas mean in one kind of message."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

import jsonschema_rs

from ...specs.document import Document
from ...specs.schema import Schemas
from .node import Node
from .shape import (
    ALL,
    Ban,
    Bound,
    Group,
    Kind,
    Members,
    Shape,
    Span,
    canonical,
    meet,
    spared,
    trimmed,
)

Message = Literal["request", "answer"]
Nodes = tuple[Node, ...]
Key = tuple[int, ...]

MOST_ALTERNATIVES = 32
_MOST_INTEGERS = 64
_HIDDEN: Mapping[Message, str] = {"request": "readOnly", "answer": "writeOnly"}
_GROUPS: tuple[Literal["anyOf", "oneOf"], ...] = ("anyOf", "oneOf")
_IGNORED = frozenset(("password",))  # says how to show a text, not which texts there are


def key_of(nodes: Nodes) -> Key:
    """What a conjunction of schemas is known by while its document is in memory."""
    return tuple(id(node.value) for node in nodes)


class Side:
    """The shapes of one document's schemas, each made once."""

    def __init__(self, document: Document, message: Message) -> None:
        self._schemas = Schemas(document.data)
        self._message = message
        self._shapes: dict[Key, Shape] = {}
        self._alternatives: dict[Key, list[Shape] | None] = {}
        self._validators: dict[Key, jsonschema_rs.Draft202012Validator] = {}

    def shape(self, nodes: Nodes) -> Shape:
        """What all of these schemas say at once; without any, anything is allowed."""
        key = key_of(nodes)
        if key not in self._shapes:
            built = map(self._built, nodes)
            shape = reduce(meet, built) if nodes else Shape()
            self._shapes[key] = self._possible(replace(shape, nodes=nodes))
        return self._shapes[key]

    def holds(self, nodes: Nodes, instance: Any) -> bool:
        """Whether the instance is one of all these schemas."""
        key = key_of(nodes)
        if key not in self._validators:
            whole = {"allOf": [node.value for node in nodes]} if nodes else {}
            self._validators[key] = self._schemas.compile(whole, self._message)
        return self._validators[key].is_valid(instance)

    def lets(self, shape: Shape, instance: Any) -> bool:
        """Whether the instance is one of the shape's schemas."""
        if shape.is_bare and shape.values is not None:
            return canonical(instance) in map(canonical, shape.values)
        return self.holds(shape.nodes, instance)

    def hides(self, node: Node) -> bool:
        """Whether a member is left out of this kind of message."""
        return node.get(_HIDDEN[self._message]) is True

    def needed(self, shape: Shape) -> frozenset[str]:
        """The members that must be there in this kind of message."""
        hidden = {
            name for part in shape.parts for name, node in part.declared.items() if self.hides(node)
        }
        return shape.required - hidden

    def sent(self, shape: Shape) -> dict[str, Nodes]:
        """The declared members that a sender may send."""
        found: dict[str, Nodes] = {}
        # What is required is sent, though nobody may have declared it.
        for name in (*shape.declared, *sorted(shape.required - set(shape.declared))):
            nodes = self.member(shape, name)
            if nodes is not None and not any(self.hides(node) for node in nodes):
                found[name] = nodes
        return {**found, **{name: () for name in shape.loose if name not in found}}

    def sent_beside(self, shape: Shape) -> Nodes | None:
        """What undeclared members are that a sender may send; None where it sends none.

        Who declares members sends those alone, unless the schema itself speaks of others.
        """
        if shape.is_closed:
            return None
        said = tuple(part.additional for part in shape.parts if part.additional is not None)
        return None if not said and shape.parts else said

    @staticmethod
    def member(shape: Shape, name: str) -> Nodes | None:
        """The schemas of a member, declared or not; None where it is forbidden."""
        found: list[Node] = []
        for part in shape.parts:
            if name in part.declared:
                found.append(part.declared[name])
            elif part.is_closed:
                return None
            elif part.additional is not None:
                found.append(part.additional)
        return tuple(found)

    def alternatives(self, shape: Shape) -> list[Shape] | None:
        """The shape as alternatives without groups, which may overlap; None if too many."""
        if not shape.groups:
            return [shape]
        found = [replace(shape, groups=())]
        for group in shape.groups:
            branches = [self.shape((branch,)) for branch in group.branches]
            names = frozenset(name for branch in branches for name in branch.declared)
            expanded: list[Shape] = []
            for branch in branches:
                inner = self.alternatives(branch)
                if inner is None:
                    return None
                loose = names - set(branch.declared)
                expanded += [
                    self._possible(replace(both, loose=both.loose | (loose - set(both.declared))))
                    for one in found
                    for own in inner
                    if (both := meet(one, own)).kinds
                ]
            if group.spares_null:
                expanded += [one.of_kind("null") for one in found if "null" in one.kinds]
            found = expanded
            if len(found) > MOST_ALTERNATIVES:
                return None
        return found

    def _possible(self, shape: Shape) -> Shape:
        """The shape without objects, where they need what they must not have."""
        needed = self.needed(shape)
        is_crowded = shape.count.most is not None and len(needed) > shape.count.most
        if is_crowded or any(self.member(shape, name) is None for name in needed):
            return replace(shape, kinds=shape.kinds - {"object"})
        return shape

    def kinds(self, shape: Shape) -> Iterator[Shape]:
        """The shape apart by kinds."""
        for kind in sorted(shape.kinds):
            yield shape.of_kind(kind)

    def _built(self, node: Node) -> Shape:
        if not isinstance(node.value, Mapping):
            return Shape()
        combined = any(key in node.value for key in ("allOf", *_GROUPS))
        nullable = node.get("nullable") is True
        beside = nullable and "type" in node.value and not combined
        shape = _own(node, nullable=beside)
        for part in node.child("allOf").items() if combined else ():
            shape = meet(shape, self._built(part))
        for word in _GROUPS if combined else ():
            branches = tuple(node.child(word).items())
            if len(branches) == 1:
                shape = meet(shape, self._built(branches[0]))
            elif branches:
                shape = replace(shape, groups=(*shape.groups, Group(word, branches)))
        if "not" in node.value:
            shape = replace(shape, bans=(*shape.bans, Ban(node.child("not"))))
        return spared(shape) if nullable and not beside else shape


def _own(node: Node, *, nullable: bool) -> Shape:
    """What a schema says itself, its combinations left out."""
    name = node.get("type")
    is_whole = name == "integer"
    kinds: frozenset[Kind] = ALL
    if name is not None:
        kinds = frozenset(("number" if is_whole else name,))
    values = tuple(node.value["enum"]) if "enum" in node.value else None
    if nullable:
        kinds |= {"null"}
        values = (*values, None) if values is not None and None not in values else values
    steps = {Fraction(1)} if is_whole else set()
    if "multipleOf" in node.value:
        steps.add(exact(node.value["multipleOf"]))
    formats = {node.get("format")} - {None, *_IGNORED}
    patterns = {node.get("pattern")} - {None}
    shape = Shape(
        kinds=kinds,
        values=values,
        lower=_bound(node, "minimum", "exclusiveMinimum"),
        upper=_bound(node, "maximum", "exclusiveMaximum"),
        steps=frozenset(steps),
        formats=frozenset(formats),
        patterns=frozenset(patterns),
        length=Span(node.get("minLength", 0), node.get("maxLength")),
        size=Span(node.get("minItems", 0), node.get("maxItems")),
        count=Span(node.get("minProperties", 0), node.get("maxProperties")),
        is_unique=node.get("uniqueItems") is True,
        items=(node.child("items"),) if "items" in node.value else (),
        parts=_parts(node),
        required=frozenset(node.get("required", ())),
    )
    return trimmed(shape)


def _parts(node: Node) -> tuple[Members, ...]:
    if "properties" not in node.value and "additionalProperties" not in node.value:
        return ()
    declared = dict(node.child("properties").members()) if "properties" in node.value else {}
    additional = node.get("additionalProperties")
    said = node.child("additionalProperties") if additional not in (None, False) else None
    return (Members(declared, said, additional is False),)


def _bound(node: Node, name: str, exclusive: str) -> Bound | None:
    if name not in node.value:
        return None
    return Bound(exact(node.value[name]), node.get(exclusive) is True)


def exact(number: Any) -> Fraction:
    """A JSON number as it is written, not as the nearest binary fraction."""
    return Fraction(number if isinstance(number, int) else str(number))


def listed(shape: Shape) -> tuple[Any, ...] | None:
    """All instances of a shape of one kind, where they are few; some may still be banned."""
    (kind,) = shape.kinds
    if shape.values is not None:
        return shape.values
    if kind == "null":
        return (None,)
    if kind == "boolean":
        return (False, True)
    lower, upper = shape.lower, shape.upper
    if kind != "number" or lower is None or upper is None or not shape.is_whole:
        return None
    first, last = -(-lower.value // 1), upper.value // 1
    if last - first > _MOST_INTEGERS:
        return None
    found = (number for number in range(int(first), int(last) + 1))
    return tuple(number for number in found if numeric(shape, Fraction(number)))


def numeric(shape: Shape, number: Fraction) -> bool:
    """Whether a number is within the bounds and on the steps."""
    return (
        (shape.lower is None or shape.lower.lets(number, is_lower=True))
        and (shape.upper is None or shape.upper.lets(number, is_lower=False))
        and all(is_multiple(number, step) for step in shape.steps)
    )


def is_multiple(number: Fraction, step: Fraction) -> bool:
    """Whether a number is on a step; in integers, which are faster."""
    return not (number.numerator * step.denominator) % (number.denominator * step.numerator)
