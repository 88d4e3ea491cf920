"""Every object of an OpenAPI 3.0 document, in order: what it is, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Side = Literal["request", "answer"]
_SIDES: Mapping[str, Side] = {"parameter": "request", "body": "request", "response": "answer"}

_CHILDREN: Mapping[str, Mapping[str, str]] = {
    "document": {
        "info": "info",
        "servers": "[server]",
        "paths": "paths",
        "components": "components",
        "tags": "[tag]",
    },
    "paths": {"*": "path"},
    "path": {
        **dict.fromkeys(METHODS, "operation"),
        "parameters": "[parameter]",
        "servers": "[server]",
    },
    "operation": {
        "parameters": "[parameter]",
        "requestBody": "body",
        "responses": "responses",
        "callbacks": "{callback}",
        "servers": "[server]",
    },
    "callback": {"*": "path"},
    "responses": {"*": "response"},
    "body": {"content": "{media}"},
    "response": {"headers": "{header}", "content": "{media}", "links": "{link}"},
    "parameter": {"schema": "schema", "content": "{media}", "examples": "{example}"},
    "header": {"schema": "schema", "content": "{media}", "examples": "{example}"},
    "media": {"schema": "schema", "examples": "{example}", "encoding": "{encoding}"},
    "encoding": {"headers": "{header}"},
    "link": {"server": "server"},
    "schema": {
        "properties": "{schema}",
        "items": "schema",
        "additionalProperties": "schema",
        "not": "schema",
        "allOf": "[schema]",
        "oneOf": "[schema]",
        "anyOf": "[schema]",
    },
    "components": {
        "schemas": "{schema}",
        "responses": "{response}",
        "parameters": "{parameter}",
        "examples": "{example}",
        "requestBodies": "{body}",
        "headers": "{header}",
        "securitySchemes": "{security scheme}",
        "links": "{link}",
        "callbacks": "{callback}",
    },
}


@dataclass(frozen=True, slots=True)
class Part:
    """One object: its kind (`operation`, `schema`, ...), itself, its place, and who sends it."""

    kind: str
    node: Mapping[str, Any]
    at: pointer.Path
    side: Side | None = None

    @property
    def pointer(self) -> str:
        """Its place as a JSON Pointer."""
        return pointer.join(self.at)

    @property
    def reference(self) -> str | None:
        """Where its `$ref` leads, when it stands for another object of its kind."""
        target = self.node.get("$ref")
        return target if isinstance(target, str) and self.kind != "document" else None


def parts(document: Any) -> list[Part]:
    """`document` and all objects in it; references are not followed, unsound parts passed over."""
    found: list[Part] = []
    _add(found, document, "document", (), None)
    return found


def _add(found: list[Part], node: Any, kind: str, at: pointer.Path, side: Side | None) -> None:
    if not isinstance(node, dict):
        return
    side = _SIDES.get(kind, side)
    part = Part(kind, node, at, side or ("answer" if kind == "header" else None))
    found.append(part)
    if part.reference is not None:
        return
    known = _CHILDREN.get(kind, {})
    every = known.get("*", "")
    for name, child in node.items():
        shape = known.get(name, every)
        if shape and not (shape == every and name.startswith("x-")):
            _add_all(found, child, shape, (*at, name), part.side)


def _add_all(found: list[Part], node: Any, shape: str, at: pointer.Path, side: Side | None) -> None:
    if shape.startswith("{"):
        if isinstance(node, dict):
            for name, child in node.items():
                _add(found, child, shape[1:-1], (*at, name), side)
    elif shape.startswith("["):
        if isinstance(node, list):
            for index, child in enumerate(node):
                _add(found, child, shape[1:-1], (*at, str(index)), side)
    else:
        _add(found, node, shape, at, side)
