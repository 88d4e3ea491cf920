"""What changed in the operations: which there are, and the parts of each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...specs.walk import METHODS
from . import answers, bodies, clauses, parameters, security, servers
from .change import Change, Direction
from .node import Node
from .pair import Pair
from .schemas import Schemata
from .unchanged import Unchanged

_TEMPLATED = re.compile(r"\{[^{}]*\}")
_KEEP = "keep the operation, and mark it as deprecated until nobody calls it"


@dataclass(frozen=True, slots=True)
class Scene:
    """What all operations of the two documents share."""

    schemata: Schemata
    unchanged: Unchanged
    old: Mapping[str, Any]
    new: Mapping[str, Any]


def shape(path: str) -> str:
    """A path without the names of its parameters, which no request shows."""
    return _TEMPLATED.sub("{}", path)


def changes(root: Pair, scene: Scene) -> Iterator[Change]:
    """The changes of all operations; paths are matched through renamed parameters."""
    old, new = _items(root.old.child("paths")), _items(root.new.child("paths"))
    above = root.to(root.old.child("paths"), root.new.child("paths"), "")
    for form in dict.fromkeys((*new, *old)):
        yield from _path(above, scene, form, old.get(form), new.get(form))


def _items(paths: Node) -> dict[str, tuple[str, Node]]:
    found: dict[str, tuple[str, Node]] = {}
    for path, item in paths.fields():
        # Two paths that differ in names alone are no OpenAPI; each is matched with itself.
        form = shape(path)
        found[path if form in found else form] = (path, item)
    return found


def _path(
    above: Pair,
    scene: Scene,
    form: str,
    old: tuple[str, Node] | None,
    new: tuple[str, Node] | None,
) -> Iterator[Change]:
    shown = (old or new or ("", None))[0]
    for method in METHODS:
        before = old[1].child(method) if old else None
        after = new[1].child(method) if new else None
        has_old, has_new = bool(before and before.exists), bool(after and after.exists)
        if not (has_old or has_new):
            continue
        name = f"{method.upper()} {shown}"
        pair = Pair(
            before if before and has_old else old[1] if old else above.old,
            after if after and has_new else new[1] if new else above.new,
            _joined(above, f"{method.upper()} {form}"),
            above.operation or name,
            f"{above.what}'s {name}" if above.operation else name,
            above.direction,
            above.message,
        )
        if not has_new:
            yield pair.change("operation.removed", "breaking", f"{pair.what} is gone", _KEEP)
        elif not has_old:
            yield _added(pair, is_callback=bool(above.operation))
        elif old and new:
            yield from _operation(pair, scene, (old[1], new[1]), (old[0], new[0]))


def _joined(above: Pair, step: str) -> str:
    return f"{above.place} {step}" if above.operation else step


def _added(pair: Pair, *, is_callback: bool) -> Change:
    if is_callback:
        words = f"{pair.what} is new: clients will be called in a way that they do not know"
        return pair.change("operation.added", "risky", words, "call only who has asked for it")
    return pair.change("operation.added", "safe", f"{pair.what} is new")


def _operation(
    pair: Pair, scene: Scene, items: tuple[Node, Node], paths: tuple[str, str]
) -> Iterator[Change]:
    is_deprecated = [node.get("deprecated") is True for node in (pair.old, pair.new)]
    if is_deprecated[0] != is_deprecated[1]:
        rule = "deprecated.added" if is_deprecated[1] else "deprecated.removed"
        words = "is deprecated" if is_deprecated[1] else "is no longer deprecated"
        yield pair.change(rule, "safe", f"{pair.what} {words}")
    names = [node.get("operationId") for node in (pair.old, pair.new)]
    if names[0] != names[1] and all(names):
        words = f"{pair.what} is called {names[1]} instead of {names[0]}"
        cure = "keep the operationId: generated clients have it as the name of a function"
        yield pair.change("operation.renamed", "risky", words, cure)
    renamed = dict(zip(_names(paths[1]), _names(paths[0]), strict=True))
    yield from servers.overriding(pair, items)
    yield from security.changes(pair, scene.old, scene.new)
    if not scene.unchanged.are((items[0], pair.old), (items[1], pair.new)):
        yield from parameters.changes(pair, scene.schemata, items, renamed)
        yield from bodies.changes(pair, scene.schemata)
        yield from answers.changes(pair, scene.schemata)
        yield from _callbacks(pair, scene)
    yield from clauses.changes(pair, scene.old, scene.new, renamed)


def _names(path: str) -> list[str]:
    return [name[1:-1] for name in _TEMPLATED.findall(path)]


def _callbacks(pair: Pair, scene: Scene) -> Iterator[Change]:
    """Requests that come to the client: there it receives what it would send elsewhere."""
    turned: Direction = "response" if pair.direction == "request" else "request"
    old, new = (dict(node.child("callbacks").members()) for node in (pair.old, pair.new))
    for name in dict.fromkeys((*new, *old)):
        step = f"callback {name}"
        what = f"the callback {name} of {pair.what}"
        here = replace(
            pair.to(old.get(name, pair.old), new.get(name, pair.new), step, what),
            direction=turned,
        )
        if name not in new:
            cure = "go on calling who waits for it"
            yield here.change("callback.removed", "breaking", f"{what} is gone", cure)
        elif name not in old:
            yield here.change("callback.added", "safe", f"{what} is new")
        else:
            urls = (_items(old[name]), _items(new[name]))
            for form in dict.fromkeys((*urls[1], *urls[0])):
                yield from _path(here, scene, form, urls[0].get(form), urls[1].get(form))
