"""What changed in the clauses of an operation: what no other tool can see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...specs.explain import shown
from ...specs.pointer import MISSING
from .change import Change, Direction, Severity
from .node import Node
from .pair import Pair
from .shape import canonical
from .stored import renamed as renamed_collections

_EXTENSION = "x-understudy"
_CURE = "keep the behaviour as the old contract says it"


@dataclass(frozen=True, slots=True)
class Rule:
    """What it means that a member of a clause comes, goes or changes.

    Of a set each item comes and goes by itself.
    """

    added: Severity = "safe"
    removed: Severity = "breaking"
    changed: Severity = "breaking"
    is_set: bool = False
    usual: Any = MISSING


_PLAIN = Rule()
_EITHER = Rule(added="breaking")
_ONE_OF = Rule(added="breaking", removed="breaking", is_set=True)
_TOLD = Rule(is_set=True)
_STAMPED = Rule(added="risky", is_set=True)

_REPORTED = (
    *("total", "pages", "page", "size", "order", "direction", "first", "last"),
    *("has-next", "has-previous"),
)
RULES: Mapping[str, Rule] = {
    "listing.where": _ONE_OF,
    "listing.paging.end": Rule(usual="absent"),
    "listing.paging.past-end": Rule(usual="empty"),
    "listing.paging.bound": Rule(added="breaking", removed="risky", is_set=True),
    "listing.paging.refuse": Rule(removed="risky"),
    "listing.order.fixed": _EITHER,
    "listing.order.nulls": Rule(usual="last"),
    "listing.order.ties": Rule(changed="risky"),
    **{f"listing.report.{name}": _TOLD for name in _REPORTED},
    "resource.stamp": _STAMPED,
    "resource.once": Rule(added="risky"),
    "transition.cases": _ONE_OF,
    "transition.stamp": _STAMPED,
    "filter.case": Rule(usual="sensitive"),
}
"""The members that are not just promised, broken when they go or change."""

_NESTED = frozenset(
    (
        *("listing", "listing.paging", "listing.order", "listing.report", "listing.order.fields"),
        *("listing.order.direction", "resource", "resource.key", "transition", "filter"),
    )
)


def changes(
    pair: Pair,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    paths: Mapping[str, str],
) -> Iterator[Change]:
    """The changes of an operation's clauses; `paths` gives new path parameters old names."""
    names = {after: before for before, after in renamed_collections(old, new).items()}
    before, after = (node.child(_EXTENSION) for node in (pair.old, pair.new))
    if not (before.exists or after.exists):
        return
    plain = _bare(before.value), _renamed(_bare(after.value), names, paths)
    for clause in ("listing", "resource", "transition"):
        direction: Direction = "request" if clause == "transition" else "response"
        here = replace(pair, direction=direction)
        yield from _clause(here, before, after, clause, *plain)


def filters(pair: Pair) -> Iterator[Change]:
    """The changes of what a parameter keeps."""
    before, after = (node.child(_EXTENSION) for node in (pair.old, pair.new))
    here = replace(pair, direction="response")
    plain = _bare(before.value), _bare(after.value)
    yield from _clause(here, before, after, "filter", *plain)


def _bare(clause: Any) -> dict[str, Any]:
    """The clause without the basis of its statements, which changes nothing for a consumer."""
    found: dict[str, Any] = _without(clause) if isinstance(clause, Mapping) else {}
    return found


def _without(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _without(part) for name, part in node.items() if name != "basis"}
    return [_without(item) for item in node] if isinstance(node, list) else node


def _renamed(
    clauses: dict[str, Any], collections: Mapping[str, str], paths: Mapping[str, str]
) -> dict[str, Any]:
    """The new clauses in the old document's names."""
    found = dict(clauses)
    for name in ("listing", "resource"):
        if name in found:
            collection = found[name]["collection"]
            found[name] = {**found[name], "collection": collections.get(collection, collection)}
    key = found.get("resource", {}).get("key", {})
    if "path" in key:
        named = {"path": paths.get(key["path"], key["path"])}
        found["resource"] = {**found["resource"], "key": named}
    return found


def _clause(
    pair: Pair,
    before: Node,
    after: Node,
    clause: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Change]:
    if clause not in old and clause not in new:
        return
    here = pair.to(before.child(clause), after.child(clause), clause)
    if clause in old and clause in new:
        yield from _members(here, clause, old[clause], new[clause])
    elif clause in old:
        words = f"{pair.what} promises no {clause} any more"
        yield here.change(f"{clause}.removed", "breaking", words, _CURE)
    else:
        words = f"{pair.what} promises a {clause} now"
        # A move that has conditions may be refused; a promise more hurts nobody.
        severity: Severity = "breaking" if clause == "transition" else "safe"
        yield here.change(f"{clause}.added", severity, words, _CURE)


def _members(
    pair: Pair, above: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for name in dict.fromkeys((*new, *old)):
        path = f"{above}.{name}"
        here = pair.to(pair.old.child(name), pair.new.child(name), name)
        before, after = old.get(name, MISSING), new.get(name, MISSING)
        if path == "transition.when":
            yield from _moves(here, before, after)
        elif path in _NESTED:
            inner = [{} if each is MISSING else each for each in (before, after)]
            yield from _members(here, path, inner[0], inner[1])
        else:
            yield from member(here, path, before, after, RULES.get(path, _PLAIN))


def member(pair: Pair, path: str, old: Any, new: Any, rule: Rule) -> Iterator[Change]:
    """The changes of one member of a clause, by its rule."""
    if rule.is_set:
        before, after = (_known(each) for each in (old, new))
        for text in before.keys() - after.keys():
            told = replace(pair, place=f"{pair.place} {text}")
            words = f"{path} of {pair.what} no longer has {text}"
            yield told.change(f"{path}.removed", rule.removed, words, _CURE)
        for text in after.keys() - before.keys():
            told = replace(pair, place=f"{pair.place} {text}")
            words = f"{path} of {pair.what} has {text} now"
            yield told.change(f"{path}.added", rule.added, words, _CURE)
        return
    old, new = (rule.usual if each is MISSING else each for each in (old, new))
    if old is MISSING and new is not MISSING:
        words = f"{path} of {pair.what} is {shown(new)} now"
        yield pair.change(f"{path}.added", rule.added, words, _CURE)
    elif new is MISSING and old is not MISSING:
        words = f"{path} of {pair.what} was {shown(old)}, and is no longer said"
        yield pair.change(f"{path}.removed", rule.removed, words, _CURE)
    elif old is not MISSING and canonical(old) != canonical(new):
        words = f"{path} of {pair.what} is {shown(new)} instead of {shown(old)}"
        yield pair.change(f"{path}.changed", rule.changed, words, _CURE)


def _known(items: Any) -> dict[str, Any]:
    return {} if items is MISSING else {canonical(item): item for item in items}


def _moves(pair: Pair, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The states from which a move is allowed, field by field; without a field, from all."""
    for field in dict.fromkeys((*new, *old)):
        here = replace(pair, place=f"{pair.place} {field}")
        if field not in old or field not in new:
            verb = "depends on" if field in new else "no longer depends on"
            severity: Severity = "breaking" if field in new else "risky"
            rule = f"transition.when.{'narrowed' if field in new else 'widened'}"
            words = f"the move {pair.what} {verb} {field}"
            yield here.change(rule, severity, words, "keep the move allowed where it was")
            continue
        before, after = _known(old[field]), _known(new[field])
        for text in before.keys() - after.keys():
            told = replace(here, place=f"{here.place} {text}")
            words = f"the move {pair.what} is forbidden where {field} is {text}"
            cure = "keep the move allowed where it was"
            yield told.change("transition.when.narrowed", "breaking", words, cure)
        for text in after.keys() - before.keys():
            told = replace(here, place=f"{here.place} {text}")
            words = f"the move {pair.what} is allowed where {field} is {text}"
            cure = "go on refusing it where clients count on that"
            yield told.change("transition.when.widened", "risky", words, cure)
