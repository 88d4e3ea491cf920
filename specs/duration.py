"""Durations as ISO 8601 writes them: weeks, days, hours, minutes and seconds, as one span."""

import re
from datetime import timedelta

# Years and months are left out: how long they are depends on when they begin.
_FORM = re.compile(
    r"P(?:(\d{1,8})W)?(?:(\d{1,8})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
FARTHEST = timedelta(days=36525)
"""The longest that is taken: a hundred years."""


def duration(text: str) -> timedelta:
    """The span that `text` (`P3DT2H`) names; ValueError when it names none, or one too long."""
    match = _FORM.fullmatch(text)
    if match is None or len(text) < 3 or text.endswith("T"):
        raise ValueError(f'"{text}" is no ISO 8601 duration such as P3DT2H')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if span > FARTHEST:
        raise ValueError(f"{text} is longer than {FARTHEST.days} days")
    return span
