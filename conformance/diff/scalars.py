"""Numbers and texts: candidates for instances, and whether one range of them covers another."""

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import jsonschema_rs
import rstr

from ...specs.schema import FORMATS
from .answer import UNKNOWN, YES, Answer, all_of, no
from .shape import Shape, Span
from .side import exact, is_multiple, numeric

_NUMERIC = ("int32", "int64", "float", "double")
_WIDER = {("int32", "int64"), ("float", "double"), ("int32", "double")}
_TEXTS = (
    "",
    "a",
    "A b-1",
    "0",
    "7.5",
    "true",
    "2026-01-15",
    "2026-01-15T12:00:00Z",
    "2026-01-15T12:00",
    "12:00:00Z",
    "7d9f1c1e-8b52-4c1f-9a53-0d2f6a1b2c3d",
    "ada@shop.example",
    "https://shop.example/",
    "shop.example",
    "192.0.2.1",
    "2001:db8::1",
    "~ no format has this ~",
)
_TRIES = 12
_PRINTABLE = "".join(chr(code) for code in range(32, 127))
_LONGEST = 10_000


class _Pattern(rstr.Rstr):
    """Short texts that match a pattern, the same in every process."""

    def _handle_repeat(self, start_range: int, end_range: int, value: Any) -> str:
        return str(super()._handle_repeat(start_range, min(end_range, start_range + 3), value))

    def _handle_in(self, value: Any) -> str:
        # rstr draws from a set, whose order differs from one process to the next.
        drawn = [character for state in value for character in self._handle_state(state)]
        if drawn[0] is False:
            drawn = [character for character in _PRINTABLE if character not in drawn]
        return str(self._random.choice(drawn))


def numbers(shape: Shape) -> Iterator[int | float]:
    """Numbers of the shape: at its bounds, beside them, and between its steps."""
    step = next(iter(sorted(shape.steps, reverse=True)), Fraction(1))
    starts = [bound.value for bound in (shape.lower, shape.upper) if bound is not None]
    seen: set[Fraction] = set()
    for start in [*starts, Fraction(0), Fraction(10**9), Fraction(-(10**9))]:
        rounded = start // step * step
        for base in (start, rounded):
            for offset in _offsets(step):
                number = base + offset
                if number not in seen and numeric(shape, number):
                    seen.add(number)
                    yield int(number) if number.denominator == 1 else float(number)


def _offsets(step: Fraction) -> Iterator[Fraction]:
    """How far beside a number it is interesting; most often the first is enough."""
    yield Fraction(0)
    yield step
    yield -step
    yield step / 2
    yield -step / 2
    yield step / 3
    yield Fraction(1, 2)


def texts(shape: Shape) -> Iterator[str]:
    """Texts of the shape: the shortest, the longest, and some of each format."""
    accepts = _check(shape.patterns, shape.formats)
    seen: set[str] = set()
    for text in _drawn(shape):
        if text not in seen and shape.length.lets(len(text)) and accepts.is_valid(text):
            seen.add(text)
            yield text


def _drawn(shape: Shape) -> Iterator[str]:
    span: Span = shape.length
    for count in (span.least, span.least + 1, span.most):
        if count is not None and count <= _LONGEST:
            yield "a" * count
    yield from _TEXTS
    for pattern in sorted(shape.patterns):
        for turn in range(_TRIES):
            try:
                yield str(_Pattern(random.Random(turn)).xeger(pattern))
            except (re.error, KeyError, IndexError, ValueError):
                break  # what rstr cannot read is left to the other texts


@cache
def _check(patterns: frozenset[str], formats: frozenset[str]) -> jsonschema_rs.Draft202012Validator:
    schema = {"allOf": [{"pattern": p} for p in patterns] + [{"format": f} for f in formats]}
    whole = schema if schema["allOf"] else {}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=dict(FORMATS))


def number_answer(sub: Shape, sup: Shape) -> Answer:
    """Whether every number of `sub` is one of `sup`."""
    refuting = next((n for n in numbers(sub) if not numeric(sup, exact(n))), None)
    if refuting is not None:
        return no(refuting)
    is_within = (
        all(any(is_multiple(own, step) for own in sub.steps) for step in sup.steps)
        and (sup.lower is None or _reaches(sub, sup, is_lower=True))
        and (sup.upper is None or _reaches(sub, sup, is_lower=False))
    )
    return all_of((YES if is_within else UNKNOWN, format_answer(sub, sup)))


def _reaches(sub: Shape, sup: Shape, *, is_lower: bool) -> bool:
    """Whether the bound of `sub` is within that of `sup`."""
    own, wide = (sub.lower, sup.lower) if is_lower else (sub.upper, sup.upper)
    if own is None or wide is None:
        return wide is None
    return (
        wide.lets(own.value, is_lower=is_lower)
        or own == wide
        or (own.is_open and own.value == wide.value)
    )


def format_answer(sub: Shape, sup: Shape) -> Answer:
    """Whether the formats of numbers fit, which no validator looks at."""
    own = sub.formats & set(_NUMERIC)
    asked = sup.formats & set(_NUMERIC)
    fits = all(any(f == g or (f, g) in _WIDER for f in own) for g in asked)
    return YES if fits else UNKNOWN


def text_answer(sub: Shape, sup: Shape) -> Answer:
    """Whether every text of `sub` is one of `sup`."""
    accepts = _check(sup.patterns, sup.formats)
    for text in texts(sub):
        if not (sup.length.lets(len(text)) and accepts.is_valid(text)):
            return no(text)
    span, wide = sub.length, sup.length
    fits = span.least >= wide.least and (
        wide.most is None or (span.most is not None and span.most <= wide.most)
    )
    same = sup.patterns <= sub.patterns and sup.formats <= sub.formats
    return YES if fits and same else UNKNOWN
