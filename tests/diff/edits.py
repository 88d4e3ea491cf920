"""Deliberate edits of the four contracts: what a consumer would feel of each, and who notices.

`laws` are those of the old contract that concern the edit, held against a server of the new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.conformance.diff.change import Severity
from understudy.specs import pointer
from understudy.specs.contract import Contract
from understudy.specs.mutation import edited
from understudy.specs.pointer import Path

ADD = "+"
"""Stands in an edit for the end of a list."""


LISTING = "/x-understudy/listing"
MOVE = "/x-understudy/transition"
EXTRA = {"name": "verbose", "in": "query", "schema": {"type": "boolean"}}
NEEDED = {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Edit:
    """`at` begins at an operation (its id), at a schema (`#Name`) or at the root (empty)."""

    contract: str
    name: str
    severity: Severity
    at: str
    below: str
    new: Any
    laws: tuple[str, ...]


def changed(contract: Contract, edit: Edit) -> Mapping[str, Any]:
    """The contract's document with the edit made."""
    path = (*_start(contract, edit.at), *pointer.split(edit.below))
    path = tuple(_index(contract.document, path, n, token) for n, token in enumerate(path))
    new = edit.new
    if path[-1] == ADD:
        path = path[:-1]
        new = [*pointer.value(contract.document, path), new]
    found: Mapping[str, Any] = edited(contract.document, {path: new})
    return found


def _start(contract: Contract, at: str) -> Path:
    if at.startswith("#"):
        return "components", "schemas", at[1:]
    return pointer.split(contract.operations[at].pointer) if at else ()


def _index(document: Mapping[str, Any], path: Path, at: int, token: str) -> str:
    """A parameter by its name, where a number is asked for."""
    if at == 0 or path[at - 1] != "parameters" or token.isdigit() or token == ADD:
        return token
    named = [node.get("name") for node in pointer.value(document, path[:at])]
    return str(named.index(token))
