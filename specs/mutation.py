"""`Change` and `Mutant`: one edit of a contract's document, and the document that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import pointer
from .contract import Contract, resolve
from .pointer import Path

DROP: Any = object()
"""What `edited` takes for a member or an item that goes."""

Edits = Mapping[Path, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A change before it is made. `at` is the place that it changes."""

    name: str
    kind: str
    at: str
    operations: frozenset[str]
    edits: Edits

    @classmethod
    def of(cls, name: str, kind: str, at: str, operations: frozenset[str], new: Any) -> "Change":
        """The change of one place to `new`, or its removal."""
        return cls(name, kind, at, operations, {pointer.split(at): new})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A contract's document with one thing changed at `pointer`.

    `name` is stable and unique within the contract; `kind` is the class under which it is counted;
    `operations` are those whose behaviour it is about.
    """

    name: str
    kind: str
    pointer: str
    operations: frozenset[str]
    document: Mapping[str, Any]


def edited(document: Any, edits: Edits) -> Any:
    """A copy of `document` with the edits made; what they do not touch is shared."""
    for path, new in edits.items():
        document = _edited(document, path, new)
    return document


def _edited(node: Any, path: Path, new: Any) -> Any:
    head, *rest = path
    if isinstance(node, list):
        index = int(head)
        changed = _edited(node[index], tuple(rest), new) if rest else new
        middle = [] if changed is DROP else [changed]
        return [*node[:index], *middle, *node[index + 1 :]]
    if not rest and new is DROP:
        return {name: value for name, value in node.items() if name != head}
    inner = _edited(node.get(head, {}), tuple(rest), new) if rest else new
    return {**node, head: inner}


def other(contract: Contract, schema: Mapping[str, Any], value: Any) -> Any:
    """Another value that `schema` may have; None where none comes to mind."""
    schema = resolve(contract.document, schema)
    for part in schema.get("allOf", ()):
        schema = {**resolve(contract.document, part), **schema}
    enum = [each for each in schema.get("enum", ()) if each is not None]
    if enum:
        place = enum.index(value) if value in enum else -1
        changed = enum[(place + 1) % len(enum)]
        return None if changed == value else changed
    kind = schema.get("type")
    if kind == "boolean":
        return not value
    if kind == "integer":
        return (value or 0) + 1
    if kind == "string" and "format" not in schema and "pattern" not in schema:
        return f"{value or ''}mutant"
    return None
