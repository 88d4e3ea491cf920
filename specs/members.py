"""The members that a schema declares, and what a reference stands for."""

from collections.abc import Iterator, Mapping
from typing import Any

from . import pointer
from .pointer import Path
from .targets import look


def resolve(document: Mapping[str, Any], node: Any) -> Any:
    """`node`, or what its `$ref` leads to in `document`."""
    seen = 0
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and seen < 100:
        node = pointer.value(document, pointer.split(node["$ref"].removeprefix("#")))
        seen += 1
    return node


def members_of(document: Mapping[str, Any], schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and schema of each member that `schema` declares, through `allOf`."""
    schema = resolve(document, schema)
    for part in schema.get("allOf", ()):
        yield from members_of(document, part)
    for name, member in schema.get("properties", {}).items():
        yield name, resolved_member(document, member)


def resolved_member(document: Mapping[str, Any], member: Any) -> Mapping[str, Any]:
    """A member's schema with a lone `$ref`, also one wrapped in `allOf`, followed."""
    member = resolve(document, member)
    if len(member.get("allOf", ())) == 1:
        return {**resolved_member(document, member["allOf"][0]), **member}
    found: Mapping[str, Any] = member
    return found


def field_of(document: Mapping[str, Any], schema: Any, path: Path) -> Mapping[str, Any]:
    """The schema of the field at `path` below `schema`; empty where it is not declared.

    Where it stands in alternatives (`oneOf`, `anyOf`), the first that says a thing is right.
    """
    found: Mapping[str, Any] = resolved_member(document, schema)
    for token in path:
        if token.isdigit() and "items" in found:
            found = resolved_member(document, found["items"])
        else:
            found = dict(members_of(document, found)).get(token, {})
    return found or {
        key: value
        for view in reversed(look(document, schema, path).views)
        for key, value in view.items()
    }
