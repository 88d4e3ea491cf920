"""`compare`: every change between two documents, in the order of the new one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...specs import form, pointer
from ...specs.document import Document
from ...specs.errors import ContractError, Finding
from ...specs.vocabulary import misspelt
from . import operations, security, servers, stored
from .change import SEVERITIES, Change
from .node import Node
from .pair import Pair
from .schemas import Schemata
from .unchanged import Unchanged

_EXTENSION = "x-understudy"
_CLAUSES = {"document": "root", "operation": "operation", "parameter": "parameter"}


def compare(old: Document, new: Document) -> Sequence[Change]:
    """The changes from `old` to `new`; ContractError when either is no OpenAPI 3.0.

    What `lint` finds beyond that (an example that does not fit, say) stops nothing.
    """
    for source in (old, new):
        _check(source)
    found: dict[str, Change] = {}
    for change in _changes(old, new):
        known = found.get(change.id)
        # Two parts of one name, of which one stands at two places: the worse is told.
        if known is None or _rank(change) < _rank(known):
            found[change.id] = change
    return tuple(found.values())


def _rank(change: Change) -> int:
    return SEVERITIES.index(change.severity)


def _changes(old: Document, new: Document) -> Iterator[Change]:
    unchanged = Unchanged(old, new)
    root = Pair(Node(old, old.data), Node(new, new.data), "API", "", "the API")
    schemata = Schemata(old, new, unchanged)
    yield from servers.changes(root)
    yield from security.schemes(root)
    yield from stored.changes(root)
    yield from operations.changes(root, operations.Scene(schemata, unchanged, old.data, new.data))


def _check(source: Document) -> None:
    """The document can be read, and its clauses are ours."""
    form.check(source)
    found = [*_paths(source)]
    for part in source.parts:
        clause: Any = part.node.get(_EXTENSION)
        kind = _CLAUSES.get(part.kind)
        if clause is not None and kind is not None and part.reference is None:
            for path, message in misspelt(clause, kind):
                at = f"{part.pointer}/{_EXTENSION}{pointer.join(path)}"
                found.append(source.finding(at, message))
    if found:
        raise ContractError(sorted(set(found)))


def _paths(source: Document) -> Iterator[Finding]:
    """A path by reference leads to another path of this document."""
    paths: Mapping[str, Any] = source.data["paths"]
    for path, item in paths.items():
        target = item.get("$ref") if isinstance(item, Mapping) else None
        if target is None:
            continue
        found: Any = pointer.MISSING
        if target.startswith("#/paths/"):
            found = pointer.get(source.data, pointer.split(target[1:]))
        if not isinstance(found, Mapping) or "$ref" in found:
            at = pointer.join(("paths", path, "$ref"))
            message = f'"{target}" is no path of this document: write it out here'
            yield source.finding(at, message)
