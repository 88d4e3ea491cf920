"""`Schemata`: what changed between two schemas, keyword by keyword and member by member."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...specs.document import Document
from ...specs.explain import shown
from ...specs.pointer import MISSING
from . import alternatives
from .change import SEVERITIES, Change, Direction
from .facets import kinds
from .pair import Pair, severity_of
from .plain import plain
from .side import Message, Nodes, Side, key_of
from .subset import Relation
from .unchanged import Unchanged
from .walk import PLACES, Walk


class Schemata:
    """The schemas of both documents, compared as often as they are used."""

    def __init__(self, old: Document, new: Document, unchanged: Unchanged) -> None:
        self._unchanged = unchanged
        self._sides: Mapping[Message, tuple[Side, Side]] = {
            "request": (Side(old, "request"), Side(new, "request")),
            "answer": (Side(old, "answer"), Side(new, "answer")),
        }
        self._relations: dict[tuple[Message, Direction], Relation] = {}

    def sides(self, message: Message) -> tuple[Side, Side]:
        """The old and the new side, as to one kind of message."""
        return self._sides[message]

    def relation(self, message: Message, direction: Direction) -> Relation:
        """The client sends by the old document, and receives by the new one."""
        key = message, direction
        if key not in self._relations:
            old, new = self._sides[message]
            ends = (old, new) if direction == "request" else (new, old)
            self._relations[key] = Relation(*ends, self._unchanged)
        return self._relations[key]

    def are_unchanged(self, old: Nodes, new: Nodes) -> bool:
        """Whether these schemas are equal, with all that they refer to."""
        return self._unchanged.are(old, new)

    def compare(self, pair: Pair) -> list[Change]:
        """The changes between the two schemas of `pair`, either of which may be missing."""
        old = (pair.old,) if pair.old.exists else ()
        new = (pair.new,) if pair.new.exists else ()
        return self.between(pair, old, new)

    def between(self, pair: Pair, old: Nodes, new: Nodes) -> list[Change]:
        """The same of several schemas that hold at once."""
        walk = Walk(self, pair, old, new)
        found = list(self.walk(walk))
        if self._unchanged.are(old, new):
            return found
        worst = min((c.severity for c in found), key=SEVERITIES.index, default="safe")
        answer = walk.answer()
        # What no rule has words for must not pass as safe.
        if (answer.is_no and worst != "breaking") or (not answer.is_yes and worst == "safe"):
            example = "" if answer.witness is MISSING else f": for example {shown(answer.witness)}"
            whose = "is refused" if walk.is_sent else "was not promised"
            words = f"differs in what is allowed, and something {whose}{example}"
            if not answer.is_no:
                words = "differs in a way that cannot be decided"
            found.append(walk.say("schema.changed", severity_of(answer), words))
        return found

    def walk(self, walk: Walk) -> Iterator[Change]:
        """What changed here and below."""
        if self._unchanged.are(walk.old, walk.new):
            return
        ends = key_of(walk.old), key_of(walk.new)
        if ends in walk.path or walk.visits[*ends, walk.limit] >= PLACES:
            return
        walk.visits[*ends, walk.limit] += 1
        before, after = walk.sides()
        old, new = before.shape(walk.old), after.shape(walk.new)
        answer = walk.answer()
        limit = walk.limit
        if answer.is_yes:
            limit = "safe"
        elif not answer.is_no:
            limit = max(limit, "risky", key=SEVERITIES.index)
        here = replace(walk, limit=limit, path=walk.path | {ends})
        yield from _annotations(here)
        yield from _null(here, before, after)
        if old.is_composed or new.is_composed:
            yield from alternatives.changes(here, old, new)
        else:
            yield from plain(here, old, new)


def _null(walk: Walk, before: Side, after: Side) -> Iterator[Change]:
    old, new = _takes_null(before, walk.old), _takes_null(after, walk.new)
    if old and not new and kinds(before.shape(walk.old)):
        yield walk.say("nullable.narrowed", walk.pair.shrunk(), "may no longer be null")
    elif new and not old and kinds(after.shape(walk.new)):
        yield walk.say("nullable.widened", walk.pair.grown(), "may now be null")


def _takes_null(side: Side, nodes: Nodes) -> bool:
    shape = side.shape(nodes)
    return side.holds(nodes, None) if shape.is_composed else "null" in shape.kinds


def _annotations(walk: Walk) -> Iterator[Change]:
    """What validates nothing, and means something all the same."""
    old, new = _said(walk.old, "default"), _said(walk.new, "default")
    if walk.is_sent and old != new:
        yield _default(walk, old, new)
    was, is_ = _said(walk.old, "deprecated") is True, _said(walk.new, "deprecated") is True
    if was != is_:
        rule = "deprecated.added" if is_ else "deprecated.removed"
        yield walk.say(rule, "safe", "is deprecated" if is_ else "is no longer deprecated")


def _default(walk: Walk, old: Any, new: Any) -> Change:
    cure = "keep the old default: who leaves it out counts on it"
    free = replace(walk, limit="breaking")  # no question of which values are allowed
    if old is MISSING:
        return free.say("default.added", "risky", f"has the default {shown(new)} now", cure)
    if new is MISSING:
        words = f"has no default any more; it was {shown(old)}"
        return free.say("default.removed", "risky", words, cure)
    words = f"has the default {shown(new)} instead of {shown(old)}"
    return free.say("default.changed", "breaking", words, cure)


def _said(nodes: Nodes, name: str) -> Any:
    """A member of any of the schemas, or of what they are made of."""
    for node in nodes:
        if node.get(name, MISSING) is not MISSING:
            return node.get(name)
        parts = tuple(node.child("allOf").items()) if node.get("allOf") else ()
        found = _said(parts, name)
        if found is not MISSING:
            return found
    return MISSING
