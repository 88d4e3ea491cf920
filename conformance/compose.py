"""`compose`: a value that a schema allows, where the contract gives no example."""

from collections.abc import Mapping
from typing import Any

from ..specs.members import members_of, resolved_member

_TEXTS: Mapping[str, str] = {
    "date-time": "2026-01-15T12:00:00Z",
    "date": "2026-01-15",
    "minute": "2026-01-15T12:00",
    "uuid": "7d9f1c1e-8b52-4c1f-9a53-0d2f6a1b2c3d",
    "email": "ada@shop.example",
    "uri": "https://shop.example/",
}


def compose(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """A plain value: what the schema itself names, else the least that it asks for."""
    schema = resolved_member(document, schema)
    for name in ("example", "default"):
        if schema.get(name) is not None:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        required = _required(document, schema)
        return {
            name: compose(document, member)
            for name, member in members_of(document, schema)
            if name in required or not member.get("readOnly")
        }
    if kind == "array":
        item = schema.get("items", {})
        return [compose(document, item) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        plain = _TEXTS.get(str(schema.get("format")), "understudy")
        return plain.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
    if kind == "boolean":
        return True
    least = schema.get("minimum", 1)
    return least + 1 if schema.get("exclusiveMinimum") else least


def _required(document: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    found = set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        found |= _required(document, resolved_member(document, part))
    return found
