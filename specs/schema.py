"""OpenAPI 3.0 schemas as JSON Schema 2020-12, and the validators compiled from them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import jsonschema_rs

from . import pointer

Direction = Literal["request", "answer", "stored"]

_ANNOTATIONS = ("example", "xml", "externalDocs", "deprecated")
_DROPPED = frozenset(("nullable", "discriminator", "readOnly", "writeOnly", *_ANNOTATIONS))
_INNER = ("not", "items", "additionalProperties")
_COMBINED = ("allOf", "oneOf", "anyOf")
_HIDDEN: Mapping[Direction, str] = {"request": "readOnly", "answer": "writeOnly", "stored": ""}
_PREFIX = "#/components/schemas"
_DEEPEST = 20


def is_minute(text: str) -> bool:
    """Whether `text` is a real `YYYY-MM-DDTHH:mm` (ruling N22)."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").isoformat(timespec="minutes") == text
    except ValueError:
        return False


FORMATS: Mapping[str, Callable[[str], bool]] = {"minute": is_minute}
"""Formats of our own, by name."""


def converted(
    schema: Any,
    direction: Direction,
    *,
    closed: bool = False,
    named: Mapping[str, Any] | None = None,
) -> Any:
    """`schema` in JSON Schema 2020-12, references kept; `named` are the schemas they lead to.

    In requests `readOnly` members are not required, in answers `writeOnly` ones. With `closed`,
    an object may hold only the members that the schema declares, and an answer no `writeOnly` one.
    """
    return _Converter(direction, closed, named or {}).whole(schema)


@dataclass(frozen=True, slots=True)
class _Converter:
    direction: Direction
    closed: bool
    named: Mapping[str, Any]

    def whole(self, schema: Any) -> Any:
        """The schema of a value of its own: in closed ones no other part adds members to it."""
        result = self.part(schema)
        shut = self.closed and "additionalProperties" not in result and self._declares(schema)
        return {**result, "unevaluatedProperties": False} if shut else result

    def part(self, schema: Any, inherited: frozenset[str] = frozenset()) -> Any:
        """The schema of a value, or one of several that hold for it."""
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return {"$ref": schema["$ref"]}
        result = {
            key: value
            for key, value in schema.items()
            if key not in _DROPPED and not key.startswith("x-")
        }
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if result.pop(exclusive, False) is True and bound in result:
                result[exclusive] = result.pop(bound)
        self._inner(result)
        hidden = inherited | self._hidden(schema)
        for key in _COMBINED:
            if key in result:
                result[key] = [self.part(part, hidden) for part in result[key]]
        if "properties" in result:
            result["properties"] = {
                name: self._property(part) for name, part in result["properties"].items()
            }
        if "required" in result:
            result["required"] = [name for name in result["required"] if name not in hidden]
        return _nullable(result) if schema.get("nullable") is True else result

    def _declares(self, schema: Any, depth: int = 0) -> bool:
        """Whether any member is declared: an object without one is free, and stays so."""
        found = self._resolved(schema)
        parts = [part for key in _COMBINED for part in found.get(key, ())]
        return "properties" in found or (
            depth < _DEEPEST and any(self._declares(part, depth + 1) for part in parts)
        )

    def _inner(self, result: dict[str, Any]) -> None:
        for key in _INNER:
            if isinstance(result.get(key), dict):
                # Under `not` nothing is closed: that would widen what is allowed.
                inner = _Converter(self.direction, False, self.named) if key == "not" else self
                result[key] = inner.whole(result[key])

    def _property(self, schema: Any) -> Any:
        if self.closed and self.direction == "answer" and self._is_hidden(schema):
            return False
        return self.whole(schema)

    def _hidden(self, schema: Any) -> frozenset[str]:
        """The members that need not be there in this direction, also those of `allOf` parts."""
        return frozenset(name for name, member in self._members(schema) if self._is_hidden(member))

    def _members(self, schema: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
        found = self._resolved(schema)
        if depth < _DEEPEST:
            for part in found.get("allOf", ()):
                yield from self._members(part, depth + 1)
        yield from found.get("properties", {}).items()

    def _is_hidden(self, schema: Any) -> bool:
        return self._resolved(schema).get(_HIDDEN[self.direction]) is True

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            path = pointer.split(str(schema["$ref"]).removeprefix(_PREFIX))
            schema = pointer.value(self.named, path)
        return schema if isinstance(schema, dict) else {}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" not in schema or any(key in schema for key in _COMBINED):
        return {"anyOf": [schema, {"type": "null"}]}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


class Schemas:
    """Compiles the schemas of one document; what is alike is converted and compiled once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._named: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
        self._components: dict[tuple[Direction, bool], Any] = {}
        self._referred: dict[str, frozenset[str]] = {}
        self._compiled: dict[Any, jsonschema_rs.Draft202012Validator] = {}

    def compile(
        self,
        schema: Mapping[str, Any],
        direction: Direction,
        *,
        closed: bool = False,
        formats: Mapping[str, Callable[[str], bool]] = FORMATS,
    ) -> jsonschema_rs.Draft202012Validator:
        """The validator of `schema`, a schema of this document; ValueError when it is none."""
        whole = self.whole(schema, direction, closed=closed)
        # Most answers of a contract are the same few errors.
        key = repr(whole["allOf"]), direction, closed, tuple(formats.items())
        if key not in self._compiled:
            self._compiled[key] = jsonschema_rs.Draft202012Validator(
                whole, validate_formats=True, formats=dict(formats)
            )
        return self._compiled[key]

    def whole(
        self, schema: Mapping[str, Any], direction: Direction, *, closed: bool = False
    ) -> dict[str, Any]:
        """What `compile` compiles: the schema in 2020-12, with those that it refers to."""
        key = direction, closed
        converter = _Converter(direction, closed, self._named)
        if key not in self._components:
            self._components[key] = {
                name: converter.part(part) for name, part in self._named.items()
            }
        converted, named = converter.whole(schema), self._components[key]
        # Each validator keeps a copy of all that it is given.
        needed = {name: named[name] for name in self._reached(converted) if name in named}
        return {"allOf": [converted], "components": {"schemas": needed}}

    def _reached(self, schema: Any) -> set[str]:
        """The named schemas that a schema refers to, also by way of another."""
        reached: set[str] = set()
        waiting = set(_references(schema))
        while waiting:
            name = waiting.pop()
            reached.add(name)
            if name not in self._referred:
                self._referred[name] = frozenset(_references(self._named.get(name)))
            waiting |= self._referred[name] - reached
        return reached


def _references(schema: Any) -> Iterator[str]:
    """The named schemas that a schema refers to itself."""
    if isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str) and target.startswith(f"{_PREFIX}/"):
            yield pointer.split(target.removeprefix(_PREFIX))[0]
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)
