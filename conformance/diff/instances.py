"""Instances of a shape as its sender would make them: few, plain, and each for a reason."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ...specs.pointer import MISSING
from .scalars import numbers, texts
from .shape import Shape, canonical
from .side import Nodes, Side, listed

_DEEPEST = 5
_EACH = 6
_OF_MEMBERS = 3


def first(side: Side, shape: Shape, depth: int = 0) -> Any:
    """The plainest instance; MISSING where none could be made."""
    return next(instances(side, shape, depth), MISSING)


def instances(side: Side, shape: Shape, depth: int = 0) -> Iterator[Any]:
    """Some instances of each alternative and kind; bans are for the caller to check."""
    if depth > _DEEPEST:
        return
    for alternative in side.alternatives(shape) or ():
        for one in side.kinds(alternative):
            yield from islice(_of_kind(side, one, depth), _EACH)


def _of_kind(side: Side, shape: Shape, depth: int) -> Iterator[Any]:
    values = listed(shape)
    if values is not None:
        yield from (value for value in values if side.lets(shape, value))
    elif "number" in shape.kinds:
        yield from numbers(shape)
    elif "string" in shape.kinds:
        yield from texts(shape)
    elif "array" in shape.kinds:
        yield from _arrays(side, shape, depth)
    elif "object" in shape.kinds:
        yield from _objects(side, shape, depth)


def _arrays(side: Side, shape: Shape, depth: int) -> Iterator[Any]:
    if shape.size.least == 0:
        yield []
    for item in islice(instances(side, side.shape(shape.items), depth + 1), _OF_MEMBERS):
        filled = padded(side, shape, item, depth)
        if filled is not MISSING:
            yield filled


def padded(side: Side, shape: Shape, item: Any, depth: int = 0) -> Any:
    """An array that holds the item, as short as may be; MISSING where none could be made."""
    count = max(1, shape.size.least)
    if not shape.size.lets(count):
        return MISSING
    if not shape.is_unique:
        return [item] * count
    found = {canonical(item): item}
    for other in instances(side, side.shape(shape.items), depth + 1):
        if len(found) < count:
            found.setdefault(canonical(other), other)
    return list(found.values()) if len(found) == count else MISSING


def _objects(side: Side, shape: Shape, depth: int) -> Iterator[Any]:
    least = least_object(side, shape, depth)
    if least is MISSING:
        return
    if shape.count.lets(len(least)):
        yield least
    sent = side.sent(shape)
    full = dict(least)
    for name, nodes in sent.items():
        made = first(side, side.shape(nodes), depth + 1)
        if name not in full and made is not MISSING:
            full[name] = made
    if full != least and shape.count.lets(len(full)):
        yield full
    # Deeper ones would be too many: each member of each member in turn.
    for name, nodes in sent.items() if depth == 0 else ():
        for value in islice(instances(side, side.shape(nodes), depth + 1), 1, _OF_MEMBERS):
            if name in full and shape.count.lets(len(full)):
                yield {**full, name: value}


def least_object(side: Side, shape: Shape, depth: int = 0) -> Any:
    """An object with the members that it needs; MISSING where one cannot be made."""
    found: dict[str, Any] = {}
    sent = side.sent(shape)
    beside = side.sent_beside(shape)
    for name in sorted(side.needed(shape)):
        nodes: Nodes | None = sent.get(name, beside)
        made = MISSING if nodes is None else first(side, side.shape(nodes), depth + 1)
        if made is MISSING:
            return MISSING
        found[name] = made
    spare = [name for name in sent if name not in found]
    while len(found) < shape.count.least and spare:
        name = spare.pop()
        made = first(side, side.shape(sent[name]), depth + 1)
        if made is not MISSING:
            found[name] = made
    return found


def sized_object(side: Side, shape: Shape, least: Any, count: int) -> Any:
    """An object with so many members, undeclared ones among them; MISSING where it cannot be."""
    beside = side.sent_beside(shape)
    if least is MISSING or not shape.count.lets(count):
        return MISSING
    found = dict(least)
    for name, nodes in side.sent(shape).items():
        made = first(side, side.shape(nodes))
        if len(found) < count and made is not MISSING:
            found.setdefault(name, made)
    other = MISSING if beside is None else first(side, side.shape(beside))
    for number in range(count - len(found) if other is not MISSING else 0):
        found[f"other{number}"] = other
    return found if len(found) == count else MISSING
