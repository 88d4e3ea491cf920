"""Alternatives that came, went or changed: `anyOf` and `oneOf`, compared by meaning."""

from collections.abc import Iterator
from dataclasses import replace

from ...specs.explain import shown
from ...specs.pointer import MISSING
from .change import Change, Severity
from .facets import kinds
from .node import Node
from .pair import severity_of
from .plain import plain
from .shape import Shape
from .side import Side
from .walk import Walk

_CURE = "keep the old alternatives as they are, and add none where a client has to tell them apart"


def changes(walk: Walk, old: Shape, new: Shape) -> Iterator[Change]:
    """What changed where at least one of the two has alternatives or bans."""
    before, after = walk.sides()
    ours, theirs = _apart(before, old), _apart(after, new)
    if ours is None or theirs is None:
        yield _undecided(walk)
        return
    pairs, gone, come = _matched(walk, ours, theirs)
    is_same = walk.answer().is_yes and _back(walk)
    if is_same and (gone or come):
        return
    for one, two in pairs:
        yield from _pair(walk, one, two)
    for one in gone:
        severity = _loss(walk, one, new) if walk.is_sent else _gain(walk)
        words = f"may no longer be {_named(one)}"
        yield _at(walk, one, ours).say("alternative.removed", severity, words, _CURE)
    for one in come:
        severity = _gain(walk) if walk.is_sent else _loss(walk, one, old)
        words = f"may now be {_named(one)}"
        yield _at(walk, one, theirs).say("alternative.added", severity, words, _CURE)
    if not is_same and _bans(old) != _bans(new):
        words = "excludes something else by `not`"
        yield walk.say("not.changed", severity_of(walk.answer()), words + _example(walk), _CURE)


def _apart(side: Side, shape: Shape) -> list[Shape] | None:
    """The alternatives, null left out: it is told by itself."""
    found = side.alternatives(shape)
    if found is None:
        return None
    bare = [replace(one, kinds=one.kinds - {"null"}) for one in found]
    return [one for one in bare if one.kinds]


def _matched(
    walk: Walk, old: list[Shape], new: list[Shape]
) -> tuple[list[tuple[Shape, Shape]], list[Shape], list[Shape]]:
    """Alternatives that stand for each other: the same, of one name, or the only ones alike."""
    pairs: list[tuple[Shape, Shape]] = []
    gone, come = list(old), list(new)

    def same(one: Shape, two: Shape) -> bool:
        return walk.schemata.are_unchanged(one.nodes[-1:], two.nodes[-1:])

    def named(one: Shape, two: Shape) -> bool:
        return _name(one) == _name(two) != ""

    def alike(one: Shape, two: Shape) -> bool:
        return kinds(one) == kinds(two) and _are_alone(one, two, gone, come)

    for test in (same, named, alike):
        for one in list(gone):
            match = next((two for two in come if test(one, two)), None)
            if match is not None:
                pairs.append((one, match))
                gone.remove(one)
                come.remove(match)
    return pairs, gone, come


def _are_alone(one: Shape, two: Shape, gone: list[Shape], come: list[Shape]) -> bool:
    return (
        sum(kinds(s) == kinds(one) for s in gone) == 1 == sum(kinds(s) == kinds(two) for s in come)
    )


def _pair(walk: Walk, old: Shape, new: Shape) -> Iterator[Change]:
    name = _name(old) if _name(old) == _name(new) else ""
    step = f"({name or '|'.join(sorted(kinds(old)))})"
    if not (old.loose or new.loose or name):
        step = ""
    pair = walk.pair.into(_last(old), _last(new), step)
    yield from plain(replace(walk, pair=pair), old, new)


def _at(walk: Walk, one: Shape, among: list[Shape]) -> Walk:
    """The walk with the alternative in its place, so that each has an id of its own."""
    name = _name(one) or "|".join(sorted(kinds(one)))
    alike = [other for other in among if (_name(other) or "|".join(sorted(kinds(other)))) == name]
    mark = f"{name}{alike.index(one) + 1}" if len(alike) > 1 else name
    return replace(walk, pair=replace(walk.pair, place=f"{walk.pair.place} ({mark})"))


def _loss(walk: Walk, one: Shape, rest: Shape) -> Severity:
    """What it means that the sender may send this alternative and the other side lost it."""
    return severity_of(walk.within(one, rest))


def _gain(walk: Walk) -> Severity:
    """More for the receiver to allow, or less to be sent: safe, unless `oneOf` counts against."""
    return severity_of(walk.answer()) if _is_exclusive(walk) else "safe"


def _is_exclusive(walk: Walk) -> bool:
    shapes = [
        side.shape(nodes) for side, nodes in zip(walk.sides(), (walk.old, walk.new), strict=True)
    ]
    return any(group.word == "oneOf" for shape in shapes for group in shape.groups)


def _back(walk: Walk) -> bool:
    sub, sup = (walk.new, walk.old) if walk.is_sent else (walk.old, walk.new)
    return walk.reverse.schemas(sub, sup).is_yes


def _undecided(walk: Walk) -> Change:
    words = "has too many alternatives to be compared, and differs"
    return walk.say("alternatives.changed", severity_of(walk.answer()), words, _CURE)


def _bans(shape: Shape) -> list[object]:
    return [ban.node.value for ban in shape.bans]


def _example(walk: Walk) -> str:
    witness = walk.answer().witness
    return "" if witness is MISSING else f": for example {shown(witness)}"


def _last(shape: Shape) -> Node | None:
    return shape.nodes[-1] if shape.nodes else None


def _name(shape: Shape) -> str:
    """The name of a schema in components; empty for one that stands where it is used."""
    node = _last(shape)
    tokens = node.path if node else ()
    return tokens[2] if len(tokens) == 3 and tokens[0] == "components" else ""


def _named(shape: Shape) -> str:
    return _name(shape) or " or ".join(sorted(kinds(shape)))
