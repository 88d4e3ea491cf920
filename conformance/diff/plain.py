"""What changed between two schemas without alternatives, keyword by keyword."""

from collections.abc import Iterator
from dataclasses import replace

from . import members
from .change import Change
from .facets import Facet, scalar_facets, type_facet, value_facets
from .pair import severity_of
from .shape import KINDS, Shape
from .walk import Walk


def plain(walk: Walk, old: Shape, new: Shape) -> Iterator[Change]:
    """What changed between two shapes without alternatives."""
    changed = type_facet(old, new)
    if changed:
        yield _facet(walk, changed)
    common = (old.kinds & new.kinds) - {"null"}
    if not common:
        return
    for facet in value_facets(old, new):
        yield _facet(walk, facet)
    if old.values is not None or new.values is not None:
        return
    for kind in KINDS:
        if kind in common:
            for facet in scalar_facets(old, new, kind):
                yield _facet(walk, facet)
    if "array" in common:
        yield from walk.schemata.walk(walk.down(old.items, new.items, "/*"))
    if "object" in common:
        yield from members.changes(walk, old, new)


def _facet(walk: Walk, facet: Facet) -> Change:
    pair = walk.pair
    if facet.mark:
        walk = replace(walk, pair=replace(pair, place=f"{pair.place} {facet.mark}"))
    decided = facet.forth if walk.is_sent else facet.back
    if decided is not None:
        severity = severity_of(decided)
    elif facet.effect == "changed":
        severity = "breaking"
    else:
        severity = pair.shrunk() if facet.effect == "narrowed" else pair.grown()
    return walk.say(facet.rule, severity, facet.words)
