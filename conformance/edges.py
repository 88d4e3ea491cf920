"""`edges`: values with one thing changed, at the edge of what a schema allows or beyond it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..specs import pointer
from ..specs.members import resolve
from .compose import compose

Place = tuple[str | int, ...]
Edge = tuple[Place, str, Any]
"""Where, what was changed, and the whole value with that change."""

NULL = "null"
"""What an edge is called that puts null in a member's place."""
_DEEPEST = 8
_LONGEST = 5_000
_GONE: Any = object()
_STRANGER = "understudy-stranger"
_OF_ANOTHER_TYPE: Mapping[str, Any] = {
    "string": {"understudy": 1},
    "integer": "many",
    "number": "much",
    "boolean": "perhaps",
    "array": "several",
    "object": "something",
}
_COMBINED = ("allOf", "anyOf", "oneOf")


def edges(
    document: Mapping[str, Any], schema: Any, value: Any, *, with_absent: bool = True
) -> Iterator[Edge]:
    """Every such change of `value`, which `schema` allows; whether it allows the change is open.

    `with_absent` sends members too that `value` has not, and not as null alone.
    """
    seen: set[str] = set()
    for place, what, changed in _below(document, schema, value, 0):
        is_absent = pointer.get(value, tuple(map(str, place))) is pointer.MISSING
        if is_absent and what != NULL and not with_absent:
            continue
        edge = repr(changed)
        if edge not in seen:
            seen.add(edge)
            yield place, what, changed


def _below(document: Mapping[str, Any], schema: Any, value: Any, depth: int) -> Iterator[Edge]:
    schema = resolve(document, schema)
    if depth > _DEEPEST or not isinstance(schema, Mapping):
        return
    yield from (((), what, changed) for what, changed in _here(schema, value))
    for keyword in _COMBINED:
        for part in schema.get(keyword, ()):
            yield from _below(document, part, value, depth + 1)
    if isinstance(value, Mapping):
        for name, member in schema.get("properties", {}).items():
            for place, what, changed in _of_member(document, member, value, name, depth):
                rest = {n: each for n, each in value.items() if n != name}
                whole = rest if changed is _GONE else {**value, name: changed}
                yield (name, *place), what, whole
    elif isinstance(value, list) and value:
        for place, what, changed in _below(document, schema.get("items", {}), value[0], depth + 1):
            yield (0, *place), what, [changed, *value[1:]]


def _of_member(
    document: Mapping[str, Any], member: Any, owner: Mapping[str, Any], name: str, depth: int
) -> Iterator[Edge]:
    if name in owner:
        yield (), "left out", _GONE
        inner = owner[name]
    else:
        if resolve(document, member).get("readOnly"):
            return
        inner = compose(document, member)
        yield (), "sent too", inner
    yield (), NULL, None
    if inner is not None:
        yield from _below(document, member, inner, depth + 1)


def _here(schema: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    """What can be changed of the value itself."""
    kind = str(schema.get("type", "string"))
    if "type" in schema and kind in _OF_ANOTHER_TYPE:
        yield "of another type", _OF_ANOTHER_TYPE[kind]
    if "enum" in schema:
        yield from ((f"the value {each!r}", each) for each in schema["enum"])
        yield "no value of the enum", _beside(schema["enum"], kind)
    for bound, step in (("minimum", -1), ("maximum", 1)):
        if bound in schema:
            yield f"at its {bound}", schema[bound]
            yield f"beyond its {bound}", schema[bound] + step
    if isinstance(value, str):
        yield from _texts(schema, value)
    if isinstance(value, list) and value:
        yield from _lists(schema, value)


def _lists(schema: Mapping[str, Any], value: list[Any]) -> Iterator[tuple[str, Any]]:
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least:
        yield "too few", value[: least - 1]
    if most is not None and most < _LONGEST:
        yield "too many", [value[0]] * (most + 1)


def _texts(schema: Mapping[str, Any], value: str) -> Iterator[tuple[str, Any]]:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if least:
        yield "as short as may be", _sized(value, least)
        yield "too short", _sized(value, least - 1)
    if most is not None and most <= _LONGEST:
        yield "as long as may be", _sized(value, most)
        yield "too long", _sized(value, most + 1)
    if "format" in schema or "pattern" in schema:
        yield "of another form", "-understudy-"
        if re.search(r"\d", value):
            # Well formed at first sight, and no such moment or number.
            yield "of nearly that form", re.sub(r"\d", "9", value)


def _sized(value: str, size: int) -> str:
    """`value` cut or drawn out; an address keeps how it begins."""
    return value[:size] if len(value) >= size else value + "x" * (size - len(value))


def _beside(enum: Any, kind: str) -> Any:
    if kind == "boolean":
        return next((each for each in (True, False) if each not in enum), _STRANGER)
    if kind == "string":
        return _STRANGER
    return max(each for each in enum if each is not None) + 1


def shown(place: Place) -> str:
    """The place as a pointer."""
    return pointer.join(place) or "the body"
