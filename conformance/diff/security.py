"""What changed in who may call: the ways in to an operation, and the schemes that they use."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .change import Change, Severity
from .node import Node
from .pair import Pair

Way = frozenset[tuple[str, str]]
"""Schemes and scopes that are asked for together, as (scheme, scope); scope "" is the scheme's."""

_SAID = ("type", "in", "name", "scheme", "openIdConnectUrl")
_URLS: Mapping[str, Severity] = {
    "authorizationUrl": "breaking",
    "tokenUrl": "breaking",
    "refreshUrl": "risky",
}
_FREE: Way = frozenset()


def schemes(root: Pair) -> Iterator[Change]:
    """The changes of the security schemes themselves."""
    old, new = _schemes(root.old), _schemes(root.new)
    names = _same_names(old, new)
    for before, node in old.items():
        if before in names:
            other = new[names[before]]
            what = f"the security scheme {before}"
            yield from _scheme(root.to(node, other, f"scheme {before}", what))


def changes(pair: Pair, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The ways in that were shut or opened; one that asks for less lets in who came by it."""
    roots = (Node(pair.old.source, old), Node(pair.new.source, new))
    names = _same_names(_schemes(roots[0]), _schemes(roots[1]))
    before, place_old = _ways(pair.old, roots[0], {})
    after, place_new = _ways(pair.new, roots[1], {new: old for old, new in names.items()})
    here = pair.to(place_old, place_new, "security", f"the security of {pair.what}")
    for way in sorted(set(before) - set(after), key=_shown):
        is_shut = not any(other <= way for other in after)
        told = here.to(here.old, here.new, _shown(way))
        if not is_shut:
            words = f"{pair.what} asks for less than {_shown(way)}"
            yield told.change("security.removed", "safe", words)
            continue
        least = min(after, key=lambda other: (len(other - way), _shown(other)))
        words = f"{pair.what} is shut to who comes by {_shown(way)}: it asks for {_shown(least)}"
        yield told.change("security.removed", "breaking", words, "let in who was let in before")
    for way in sorted(set(after) - set(before), key=_shown):
        told = here.to(here.old, here.new, _shown(way))
        words = f"{pair.what} lets in who comes by {_shown(way)}"
        yield told.change("security.added", "safe", words)


def _schemes(root: Node) -> dict[str, Node]:
    return dict(root.down("components", "securitySchemes").members())


def _same_names(old: Mapping[str, Node], new: Mapping[str, Node]) -> dict[str, str]:
    """The new name of each old scheme: its own, or that of one that is the same to the letter."""
    names = {name: name for name in old if name in new}
    for name, node in old.items():
        same = [
            other
            for other, found in new.items()
            if other not in old and other not in names.values() and _bare(found) == _bare(node)
        ]
        if name not in new and same:
            names[name] = same[0]
    return names


def _bare(node: Node) -> dict[str, Any]:
    return {k: v for k, v in node.value.items() if k != "description" and not k.startswith("x-")}


def _ways(node: Node, root: Node, names: Mapping[str, str]) -> tuple[list[Way], Node]:
    """The alternatives in force, by the old document's names, and where they stand."""
    own = node.child("security")
    place = own if own.exists else root.child("security")
    groups: Sequence[Mapping[str, Sequence[str]]] = place.value if place.exists else ()
    ways = [
        frozenset(
            (names.get(scheme, scheme), scope)
            for scheme, scopes in group.items()
            for scope in ("", *scopes)
        )
        for group in groups
    ]
    return ways or [_FREE], place if place.exists else node


def _shown(way: Way) -> str:
    if not way:
        return "nothing"
    return "+".join(f"{scheme}:{scope}" if scope else scheme for scheme, scope in sorted(way))


def _scheme(pair: Pair) -> Iterator[Change]:
    for name in _SAID:
        old, new = pair.old.get(name), pair.new.get(name)
        if name == "scheme":
            old, new = (str(value).lower() for value in (old, new))
        if old != new:
            severity: Severity = "risky" if name == "openIdConnectUrl" else "breaking"
            words = f"the {name} of {pair.what} is {new} instead of {old}"
            told = pair.to(pair.old, pair.new, name)
            yield told.change("scheme.changed", severity, words, "take the old way as well")
    if pair.old.get("bearerFormat") != pair.new.get("bearerFormat"):
        words = f"the bearerFormat of {pair.what} is another"
        told = pair.to(pair.old, pair.new, "bearerFormat")
        yield told.change("scheme.changed", "risky", words, "take old tokens as well")
    old_flows, new_flows = (dict(n.child("flows").fields()) for n in (pair.old, pair.new))
    for name in dict.fromkeys((*new_flows, *old_flows)):
        what = f"the flow {name} of {pair.what}"
        nodes = old_flows.get(name, pair.old), new_flows.get(name, pair.new)
        here = pair.to(*nodes, f"flow {name}", what)
        if name not in new_flows:
            yield here.change("flow.removed", "breaking", f"{what} is gone", "keep the flow")
        elif name not in old_flows:
            yield here.change("flow.added", "safe", f"{what} is new")
        else:
            yield from _flow(here)


def _flow(pair: Pair) -> Iterator[Change]:
    for name, severity in _URLS.items():
        if pair.old.get(name) != pair.new.get(name):
            words = f"the {name} of {pair.what} is another"
            told = pair.to(pair.old, pair.new, name)
            yield told.change("flow.changed", severity, words, "keep the old address alive")
    before, after = pair.old.get("scopes") or {}, pair.new.get("scopes") or {}
    for scope in dict.fromkeys((*after, *before)):
        told = pair.to(pair.old, pair.new, f"scope {scope}")
        if scope not in after:
            words = f"the scope {scope} of {pair.what} is gone"
            cure = "go on granting it: who asks for it is refused"
            yield told.change("scope.removed", "breaking", words, cure)
        elif scope not in before:
            words = f"the scope {scope} of {pair.what} is new"
            yield told.change("scope.added", "safe", words)
