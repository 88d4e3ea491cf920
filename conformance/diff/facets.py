"""`Facet`: one keyword in which two plain schemas differ, and whether more or less is allowed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from ...specs.explain import shown
from .answer import Answer
from .scalars import format_answer, text_answer
from .shape import Bound, Kind, Shape, Span, canonical

Effect = Literal["narrowed", "widened", "changed"]
"""Less is allowed, more is, or neither set is within the other."""


@dataclass(frozen=True, slots=True)
class Facet:
    """`forth` says whether what the old one allows the new one does, `back` the reverse.

    Without them the effect says it. `mark` tells facets of one keyword apart.
    """

    keyword: str
    effect: Effect
    words: str
    mark: str = ""
    forth: Answer | None = None
    back: Answer | None = None

    @property
    def rule(self) -> str:
        """The name of the change."""
        return f"{self.keyword}.{self.effect}"


def kinds(shape: Shape) -> frozenset[str]:
    """The types by their names in OpenAPI, null left out."""
    names: set[str] = set(shape.kinds - {"null"})
    if "number" in names and shape.is_whole:
        names = (names - {"number"}) | {"integer"}
    return frozenset(names)


def type_facet(old: Shape, new: Shape) -> Facet | None:
    """The types in which the two differ."""
    before, after = kinds(old), kinds(new)
    lost = {kind for kind in before - after if not (kind == "integer" and "number" in after)}
    gained = {kind for kind in after - before if not (kind == "integer" and "number" in before)}
    effect = _effect(is_less=bool(lost), is_more=bool(gained))
    return effect and Facet("type", effect, f"was {_types(before)} and is {_types(after)}")


def _types(names: frozenset[str]) -> str:
    everything = {"boolean", "number", "string", "array", "object"}
    return "anything" if names >= everything else " or ".join(sorted(names)) or "nothing"


def _effect(*, is_less: bool, is_more: bool) -> Effect | None:
    if is_less and is_more:
        return "changed"
    return "narrowed" if is_less else "widened" if is_more else None


def value_facets(old: Shape, new: Shape) -> Iterator[Facet]:
    """The values that may be named no longer, or newly; null is looked at elsewhere."""
    if old.values is None and new.values is None:
        return
    before, after = _named(old.values), _named(new.values)
    if before is None:
        words = f"is now one of {_list(new.values)}"
        yield Facet("enum", "narrowed", words)
    elif after is None:
        yield Facet("enum", "widened", f"is no longer only one of {_list(old.values)}")
    else:
        for value in before - after:
            yield Facet("enum", "narrowed", f"may no longer be {value}", mark=value)
        for value in after - before:
            yield Facet("enum", "widened", f"may now be {value}", mark=value)


def _named(values: tuple[Any, ...] | None) -> set[str] | None:
    if values is None:
        return None
    return {canonical(value) for value in values if value is not None}


def _list(values: Iterable[Any] | None) -> str:
    return ", ".join(shown(value) for value in values or () if value is not None)


def scalar_facets(old: Shape, new: Shape, kind: Kind) -> Iterator[Facet]:
    """The keywords of one kind in which the two differ; members and items are not looked at."""
    if kind == "number":
        yield from _bounds("minimum", old.lower, new.lower, is_lower=True)
        yield from _bounds("maximum", old.upper, new.upper, is_lower=False)
        yield from _steps(old, new)
        yield from _formats(old, new, format_answer(old, new), format_answer(new, old))
    elif kind == "string":
        yield from _counts("Length", old.length, new.length)
        yield from _texts(old, new)
    elif kind == "array":
        yield from _counts("Items", old.size, new.size)
        if old.is_unique != new.is_unique:
            effect: Effect = "narrowed" if new.is_unique else "widened"
            words = "may no longer" if new.is_unique else "may now"
            yield Facet("uniqueItems", effect, f"{words} hold the same item twice")
    elif kind == "object":
        yield from _counts("Properties", old.count, new.count)


def _bounds(
    keyword: str, old: Bound | None, new: Bound | None, *, is_lower: bool
) -> Iterator[Facet]:
    if old == new:
        return
    if old is None or new is None:
        is_narrower = old is None
    else:
        is_narrower = not new.lets(old.value, is_lower=is_lower) and not (
            old.value == new.value and old.is_open
        )
    words = f"has the {keyword} {_bound(new)}; it was {_bound(old)}"
    yield Facet(keyword, "narrowed" if is_narrower else "widened", words)


def _bound(bound: Bound | None) -> str:
    if bound is None:
        return "none"
    value = bound.value
    text = str(value) if value.denominator == 1 else str(float(value))
    return f"{text}, itself excluded" if bound.is_open else text


def _steps(old: Shape, new: Shape) -> Iterator[Facet]:
    before, after = old.steps - {Fraction(1)}, new.steps - {Fraction(1)}
    if before == after:
        return
    is_less = not all(any(own % step == 0 for own in old.steps) for step in after)
    is_more = not all(any(own % step == 0 for own in new.steps) for step in before)
    effect = _effect(is_less=is_less, is_more=is_more)
    if effect:
        words = f"has the multipleOf {_numbers(after)}; it was {_numbers(before)}"
        yield Facet("multipleOf", effect, words)


def _numbers(steps: Iterable[Fraction]) -> str:
    return ", ".join(_bound(Bound(step, False)) for step in sorted(steps)) or "none"


def _counts(noun: str, old: Span, new: Span) -> Iterator[Facet]:
    if old.least != new.least:
        effect: Effect = "narrowed" if new.least > old.least else "widened"
        yield Facet(f"min{noun}", effect, f"has the min{noun} {new.least}; it was {old.least}")
    if old.most != new.most:
        is_less = new.most is not None and (old.most is None or new.most < old.most)
        words = f"has the max{noun} {_most(new)}; it was {_most(old)}"
        yield Facet(f"max{noun}", "narrowed" if is_less else "widened", words)


def _most(span: Span) -> str:
    return "none" if span.most is None else str(span.most)


def _texts(old: Shape, new: Shape) -> Iterator[Facet]:
    # The lengths are told by themselves, and must not decide about the rest.
    bare = [Shape(patterns=s.patterns) for s in (old, new)]
    if old.patterns != new.patterns:
        words = f"has the pattern {_set(new.patterns)}; it was {_set(old.patterns)}"
        yield Facet(
            "pattern",
            _inclusion(old.patterns, new.patterns),
            words,
            forth=text_answer(*bare),
            back=text_answer(*bare[::-1]),
        )
    bare = [
        replace(one, patterns=frozenset(), formats=s.formats)
        for one, s in zip(bare, (old, new), strict=True)
    ]
    yield from _formats(old, new, text_answer(*bare), text_answer(*bare[::-1]))


def _formats(old: Shape, new: Shape, forth: Answer, back: Answer) -> Iterator[Facet]:
    if old.formats != new.formats:
        words = f"has the format {_set(new.formats)}; it was {_set(old.formats)}"
        effect = _inclusion(old.formats, new.formats)
        yield Facet("format", effect, words, forth=forth, back=back)


def _inclusion(old: frozenset[str], new: frozenset[str]) -> Effect:
    """What more keywords of a sort mean: each of them narrows."""
    return "narrowed" if old < new else "widened" if new < old else "changed"


def _set(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"
