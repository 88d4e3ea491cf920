"""What changed in the collections: what the clock does, what is hidden, and from whom."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...specs.explain import shown
from .change import Change, Severity
from .pair import Pair
from .shape import canonical

_CURE = "keep the behaviour as the old contract says it"
_MEMBERS: Mapping[str, tuple[str, Severity]] = {
    "key": ("what documents are told apart by", "breaking"),
    "scope": ("whom documents are shown to", "risky"),
    "soft-delete": ("what marks a document as deleted", "breaking"),
    "live-until": ("how long a document exists", "risky"),
}
"""Each with what it says, and what it means that it is said no longer."""


def renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """The new name of each old collection: its own, or that of one that is the same."""
    before, after = _collections(old), _collections(new)
    names = {name: name for name in before if name in after}
    for name in before.keys() - after.keys():
        same = [
            other
            for other in after
            if other not in before and _bare(after[other]) == _bare(before[name])
        ]
        if len(same) == 1 and same[0] not in names.values():
            names[name] = same[0]
    return names


def changes(root: Pair) -> Iterator[Change]:
    """The changes of the collections that both documents have."""
    old, new = root.old.value, root.new.value
    for name, other in renamed(old, new).items():
        above = [node.down("x-understudy", "collections") for node in (root.old, root.new)]
        pair = replace(
            root.to(above[0].child(name), above[1].child(other), f"collection {name}", f"{name}"),
            direction="response",
        )
        yield from _members(pair)
        yield from _timers(pair)


def _collections(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document.get("x-understudy", {}).get("collections", {})
    return found


def _bare(collection: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in collection.items() if name != "basis"}


def _members(pair: Pair) -> Iterator[Change]:
    for name, (what, dropped) in _MEMBERS.items():
        old, new = pair.old.get(name), pair.new.get(name)
        here = pair.to(pair.old.child(name), pair.new.child(name), name)
        if old == new:
            continue
        if old is None:
            words = f"{pair.what} says {what} now: {shown(new)}"
            yield here.change(f"collection.{name}.added", "breaking", words, _CURE)
        elif new is None:
            words = f"{pair.what} no longer says {what}: it was {shown(old)}"
            yield here.change(f"collection.{name}.removed", dropped, words, _CURE)
        else:
            words = f"{what} in {pair.what} is {shown(new)} instead of {shown(old)}"
            yield here.change(f"collection.{name}.changed", "breaking", words, _CURE)


def _timers(pair: Pair) -> Iterator[Change]:
    """What happens by itself, sooner, later, otherwise, or not at all."""
    old, new = (node.child("timers").items() for node in (pair.old, pair.new))
    before = {canonical(_bare(timer.value)): timer for timer in old}
    after = {canonical(_bare(timer.value)): timer for timer in new}
    gone = [before[text] for text in before if text not in after]
    come = [after[text] for text in after if text not in before]
    for one in gone:
        two = next((timer for timer in come if _is_alike(one.value, timer.value)), None)
        at = one.get("at")
        if two is None:
            here = pair.to(one, pair.new, f"timer {at}")
            words = f"nothing happens to {pair.what} at {at} any more"
            yield here.change("collection.timer.removed", "breaking", words, _CURE)
            continue
        come.remove(two)
        here = pair.to(
            one, two, f"timer {at if at == two.get('at') else canonical(one.get('set'))}"
        )
        words = (
            f"{pair.what} change by themselves otherwise: {shown(_bare(two.value))} "
            f"instead of {shown(_bare(one.value))}"
        )
        yield here.change("collection.timer.changed", "breaking", words, _CURE)
    for two in come:
        at = two.get("at")
        here = pair.to(pair.old, two, f"timer {at}")
        words = f"{pair.what} change by themselves at {at}"
        yield here.change("collection.timer.added", "breaking", words, _CURE)


def _is_alike(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """Whether two timers do the same at another moment, or something else at the same one."""
    return bool(one["set"] == two["set"] or one["at"] == two["at"])
