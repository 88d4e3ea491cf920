"""The members of an object that came, went, or must be there now or no longer."""

from collections.abc import Iterator
from dataclasses import replace

from ...specs import pointer
from .change import Change, Severity
from .pair import severity_of
from .shape import Shape
from .side import Nodes, Side
from .walk import Walk

_KEEP = "keep the member"


def changes(walk: Walk, old: Shape, new: Shape) -> Iterator[Change]:
    """What changed in the members of two objects, declared ones and others."""
    before, after = walk.sides()
    needed_before, needed_after = before.needed(old), after.needed(new)
    names = dict.fromkeys((*old.declared, *new.declared, *sorted(old.required | new.required)))
    for name in names:
        ours, theirs = _declared(old, name), _declared(new, name)
        full = before.member(old, name), after.member(new, name)
        needed = (name in needed_before, name in needed_after)
        if ours and theirs and needed[0] == needed[1] and _are_unchanged(walk, full):
            continue
        step = pointer.join((name,))
        down = walk.down(ours or walk.old, theirs or walk.new, step)
        shown = (_shows(before, ours), _shows(after, theirs))
        if not any(shown):
            continue
        if ours and theirs and all(shown):
            yield from walk.schemata.walk(replace(down, old=full[0] or ours, new=full[1] or theirs))
            yield from _necessity(down, *needed)
        elif ours and theirs:
            yield _turned(down, is_shown=shown[1], needed=needed)
        elif ours:
            yield _removed(down, needed[0], is_refused=after.member(new, name) is None)
        elif theirs:
            yield _added(down, needed[1], before, old, name, theirs)
        else:
            yield from _necessity(down, *needed)
    yield from _others(walk, before, after, old, new)


def _are_unchanged(walk: Walk, full: tuple[Nodes | None, Nodes | None]) -> bool:
    old, new = full
    return old is not None and new is not None and walk.schemata.are_unchanged(old, new)


def _declared(shape: Shape, name: str) -> Nodes:
    return tuple(part.declared[name] for part in shape.parts if name in part.declared)


def _shows(side: Side, nodes: Nodes) -> bool:
    return not any(side.hides(node) for node in nodes)


def _necessity(down: Walk, was: bool, is_: bool) -> Iterator[Change]:
    if is_ and not was:
        cure = "leave it optional"
        yield down.say("member.required", down.pair.shrunk(), "is required now", cure)
    elif was and not is_:
        words = "is required no longer"
        yield down.say("member.optional", down.pair.grown(), words, "go on answering it always")


def _removed(down: Walk, was_needed: bool, *, is_refused: bool) -> Change:
    severity: Severity = "risky"
    if down.is_sent and is_refused:
        severity, words = "breaking", "is gone, and refused where it is sent"
    elif down.is_sent:
        words = "is gone: what is sent there may be ignored"
    else:
        severity = "breaking" if was_needed else "risky"
        words = "is gone, and was always there" if was_needed else "is gone"
    # Who reads or sends it loses it, though the schema may allow that.
    free = replace(down, limit="breaking" if severity == "risky" else down.limit)
    return free.say("member.removed", severity, words, _KEEP)


def _added(
    down: Walk, is_needed: bool, before: Side, old: Shape, name: str, nodes: Nodes
) -> Change:
    if down.is_sent:
        severity: Severity = "breaking" if is_needed else "safe"
        words = "is new, and required" if is_needed else "is new"
        beside = before.sent_beside(old)
        if beside is not None and not is_needed:
            severity = severity_of(down.relation.schemas(beside, nodes))
            # A free object may hold anything there; few do.
            severity = "risky" if severity == "breaking" and not beside else severity
        return down.say("member.added", severity, words, "make it optional")
    allowed = before.member(old, name)
    if allowed is None:
        words = "is new, and the old contract allows no other members"
        return down.say("member.added", "breaking", words, "do not close what is to grow")
    severity = severity_of(down.relation.schemas(nodes, allowed))
    return down.say("member.added", severity, "is new")


def _turned(down: Walk, *, is_shown: bool, needed: tuple[bool, bool]) -> Change:
    """A member that is read-only or write-only no longer, or has become so."""
    how = "readOnly" if down.pair.message == "request" else "writeOnly"
    if is_shown:
        severity: Severity = "breaking" if down.is_sent and needed[1] else "safe"
        words = f"is no longer {how}" + (", and required" if needed[1] else "")
        return down.say("member.shown", severity, words, "leave it optional")
    severity = "breaking" if not down.is_sent and needed[0] else "risky"
    free = replace(down, limit="breaking" if severity == "risky" else down.limit)
    return free.say("member.hidden", severity, f"is {how} now", _KEEP)


def _others(walk: Walk, before: Side, after: Side, old: Shape, new: Shape) -> Iterator[Change]:
    """Whether there may be members that nobody declared, and which."""
    if old.is_closed != new.is_closed:
        if new.is_closed:
            severity: Severity = walk.pair.shrunk()
            words = "takes no undeclared members any more"
            is_told = before.sent_beside(old) is not None
        else:
            severity = walk.pair.grown()
            words = "may hold undeclared members now"
            is_told = after.sent_beside(new) is not None
        # Who says nothing of other members sends none; who wrote a strict reader may differ.
        severity = "risky" if severity == "breaking" and not is_told else severity
        rule = "additionalProperties." + ("narrowed" if new.is_closed else "widened")
        free = replace(walk, limit="breaking" if severity == "risky" else walk.limit)
        yield free.say(rule, severity, words, "leave the object open")
        return
    sides = [tuple(part.additional for part in s.parts if part.additional) for s in (old, new)]
    if any(sides) and not old.is_closed:
        yield from walk.schemata.walk(walk.down(sides[0], sides[1], "/<other>"))
