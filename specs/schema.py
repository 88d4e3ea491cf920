"""OpenAPI 3.0 schemas as JSON Schema 2020-12, and the validators compiled from them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

import jsonschema_rs

Direction = Literal["request", "answer", "stored"]

_DROPPED = frozenset(
    {"nullable", "discriminator", "example", "xml", "externalDocs", "deprecated", "readOnly", "writeOnly"}
)
_INNER = ("not", "items", "additionalProperties")
_COMBINED = ("allOf", "oneOf", "anyOf")


def is_minute(text: str) -> bool:
    """Whether `text` is a real `YYYY-MM-DDTHH:mm` (ruling N22)."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").strftime("%Y-%m-%dT%H:%M") == text
    except ValueError:
        return False


FORMATS: Mapping[str, Callable[[str], bool]] = {"minute": is_minute}
"""Formats of our own, by name."""


def converted(schema: Mapping[str, Any], direction: Direction, *, closed: bool = False) -> Any:
    """`schema` in JSON Schema 2020-12, references kept.

    In requests `readOnly` members are not required, in answers `writeOnly` ones. With `closed`,
    an object may hold only the members that the schema declares.
    """
    result = _converted(schema, direction, closed)
    return _shut(schema, result) if closed else result


def _converted(schema: Any, direction: Direction, closed: bool) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    result: dict[str, Any] = {
        key: value for key, value in schema.items() if key not in _DROPPED and not key.startswith("x-")
    }
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if result.pop(exclusive, False):
            result[exclusive] = result.pop(bound)
    for key in _INNER:
        if isinstance(result.get(key), Mapping):
            # Under `not` nothing is closed: that would widen what is allowed.
            result[key] = converted(result[key], direction, closed=closed and key != "not")
    for key in _COMBINED:
        if key in result:
            result[key] = [_converted(part, direction, closed) for part in result[key]]
    if "properties" in result:
        hidden = {"request": "readOnly", "answer": "writeOnly", "stored": ""}[direction]
        properties: Mapping[str, Any] = result["properties"]
        result["properties"] = {
            name: converted(part, direction, closed=closed) for name, part in properties.items()
        }
        if "required" in result:
            result["required"] = [
                name for name in result["required"] if not properties.get(name, {}).get(hidden)
            ]
    if schema.get("nullable"):
        return _nullable(result)
    return result


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" not in schema or any(key in schema for key in _COMBINED):
        return {"anyOf": [schema, {"type": "null"}]}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _shut(schema: Mapping[str, Any], result: Any) -> Any:
    """`result` without undeclared members, where `schema` declares any and leaves the rest open."""
    declares = any(key in schema for key in ("$ref", "properties", *_COMBINED))
    if declares and "additionalProperties" not in schema:
        return {**result, "unevaluatedProperties": False}
    return result


class Schemas:
    """Compiles the schemas of one document; each direction's components are converted once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._named: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
        self._components: dict[tuple[Direction, bool], Any] = {}

    def compile(
        self,
        schema: Mapping[str, Any],
        direction: Direction,
        *,
        closed: bool = False,
        formats: Mapping[str, Callable[[str], bool]] = FORMATS,
    ) -> jsonschema_rs.Draft202012Validator:
        """The validator of `schema`, a schema of this document; ValueError when it is none."""
        key = direction, closed
        if key not in self._components:
            self._components[key] = {
                name: _converted(part, direction, closed) for name, part in self._named.items()
            }
        whole = {
            "allOf": [converted(schema, direction, closed=closed)],
            "components": {"schemas": self._components[key]},
        }
        return jsonschema_rs.Draft202012Validator(
            whole, validate_formats=True, formats=dict(formats)
        )
