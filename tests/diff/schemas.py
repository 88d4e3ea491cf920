"""Random schemas, and what comes of comparing two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from hypothesis import strategies as st

from understudy.conformance.diff.change import SEVERITIES, Change
from understudy.conformance.diff.compare import compare
from understudy.specs.document import Document

Schema = dict[str, Any]
Where = Literal["request", "response"]
NAMES = ("a", "b", "c")


def _optional(always: Schema, /, **optional: Any) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries(
        {key: st.just(value) if isinstance(value, str) else value for key, value in always.items()},
        optional=optional,
    )


SMALL = st.integers(-3, 6)


def _number(kind: str) -> st.SearchStrategy[Schema]:
    return _optional(
        {"type": kind},
        minimum=SMALL,
        maximum=SMALL,
        exclusiveMinimum=st.booleans(),
        exclusiveMaximum=st.booleans(),
        multipleOf=st.sampled_from([1, 2, 3, 0.5]),
        nullable=st.just(True),
    )


NUMBER = _number("integer") | _number("number")
TEXT = _optional(
    {"type": "string"},
    minLength=st.integers(0, 3),
    maxLength=st.integers(0, 3),
    pattern=st.sampled_from(["^a", "^[a-c]+$", "b"]),
    format=st.sampled_from(["date", "date-time", "uuid"]),
    nullable=st.just(True),
)
ENUM = st.one_of(
    _optional(
        {"type": "string", "enum": st.lists(st.sampled_from("xyzw"), min_size=1, unique=True)},
        nullable=st.just(True),
    ),
    _optional({"enum": st.lists(st.sampled_from([1, 2, "x", None, True]), min_size=1)}),
)
LEAF: st.SearchStrategy[Schema] = st.one_of(
    NUMBER, TEXT, ENUM, st.just({"type": "boolean"}), st.just({})
)


def _grown(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    several = st.lists(inner, min_size=1, max_size=3)
    thing = _optional(
        {"type": "object"},
        properties=st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
        required=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
        additionalProperties=st.one_of(st.booleans(), inner),
        minProperties=st.integers(0, 2),
        maxProperties=st.integers(1, 3),
        nullable=st.just(True),
    )
    array = _optional(
        {"type": "array", "items": inner},
        minItems=st.integers(0, 2),
        maxItems=st.integers(0, 2),
        uniqueItems=st.booleans(),
    )
    combined = st.sampled_from(["allOf", "anyOf", "oneOf"]).flatmap(
        lambda word: _optional({word: several}, nullable=st.just(True))
    )
    beside = st.tuples(thing, st.sampled_from(["anyOf", "oneOf"]), several).map(
        lambda made: {**made[0], made[1]: made[2]}
    )
    return st.one_of(thing, array, combined, beside, inner.map(lambda banned: {"not": banned}))


SCHEMAS = st.recursive(LEAF, _grown, max_leaves=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """Two schemas, most of which are much alike."""
    old = draw(SCHEMAS)
    return old, draw(st.one_of(SCHEMAS, _edited(old)))


def _edited(schema: Any) -> st.SearchStrategy[Any]:
    """The schema with one thing in it changed."""
    found: list[st.SearchStrategy[Any]] = [SCHEMAS]
    for key, value in schema.items():
        rest = {name: other for name, other in schema.items() if name != key}
        if key != "items":
            found.append(st.just(rest if key != "type" or len(schema) == 1 else schema))
        if key in ("items", "not") or (key == "additionalProperties" and isinstance(value, dict)):
            found.append(_edited(value).map(partial(_with, rest, key)))
        if key in ("allOf", "anyOf", "oneOf"):
            found.append(_edited(value[0]).map(partial(_first, rest, key, value)))
            if len(value) > 1:
                found.append(st.just({**rest, key: value[1:]}))
        if key == "properties":
            for name in value:
                less = {each: other for each, other in value.items() if each != name}
                found.append(st.just({**rest, key: less}))
                found.append(_edited(value[name]).map(partial(_member, rest, value, name)))
    return st.one_of(found)


def _with(rest: Schema, key: str, new: Schema) -> Schema:
    return {**rest, key: new}


def _first(rest: Schema, key: str, parts: list[Schema], new: Schema) -> Schema:
    return {**rest, key: [new, *parts[1:]]}


def _member(rest: Schema, members: Schema, name: str, new: Schema) -> Schema:
    return {**rest, "properties": {**members, name: new}}


@dataclass(frozen=True)
class Compared:
    """What the diff says of two schemas, as a body that is sent, or as an answer."""

    changes: Sequence[Change]

    @property
    def worst(self) -> str:
        """The severity of all of it."""
        found = [SEVERITIES.index(change.severity) for change in self.changes]
        return SEVERITIES[min(found, default=2)]


def compared(old: Schema, new: Schema, where: Where) -> Compared:
    """The changes of a document with nothing in it but the one schema."""
    return Compared(compare(document(old, where), document(new, where)))


def document(
    schema: Schema,
    where: Where,
    named: Mapping[str, Schema] | None = None,
) -> Document:
    """An API of one operation that takes the schema, or answers by it."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation: Schema = {"responses": {"200": {"description": "An answer."}}}
    if where == "request":
        operation["requestBody"] = content
    else:
        operation["responses"]["200"].update(content)
    data = {
        "openapi": "3.0.3",
        "info": {"title": "One", "version": "1"},
        "paths": {"/one": {"post": operation}},
        "components": {"schemas": dict(named or {})},
    }
    return Document("one.yaml", data, "")
