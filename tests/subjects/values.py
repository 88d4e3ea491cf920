"""How the subjects read, compare, order and round values; the stand-in has its own way."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

Row = TypeVar("Row")

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadValueError(ValueError):
    """A query value or a body that is not what it must be."""


# ------------------------------------------------------------------------------------ JSON values


def is_integer(value: Any, low: float, high: float) -> bool:
    """Whether a JSON value is a whole number within the bounds; 1.0 is one, true is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value == int(value) and low <= value <= high


def is_number(value: Any, low: float, high: float) -> bool:
    """Whether a JSON value is a number within the bounds."""
    return not isinstance(value, bool) and isinstance(value, int | float) and low <= value <= high


def canonical(value: Any) -> str:
    """A text that is the same for equal JSON values: members sorted, no spaces, 1.0 as 1."""
    if isinstance(value, dict):
        members = (f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


# ----------------------------------------------------------------------------------- query values


def number(text: str) -> Decimal:
    """A number in JSON's grammar."""
    if not _NUMBER.fullmatch(text):
        raise BadValueError("value is not a valid number")
    try:
        return Decimal(text)
    except ArithmeticError as error:  # an exponent of twenty digits
        raise BadValueError("value is not a valid number") from error


def integer(text: str, low: int, high: int) -> int:
    """A whole number within the bounds."""
    value = number(text)
    # 1e999999999 is a valid number that no memory holds as an integer.
    if value.adjusted() > 30 or value != value.to_integral_value():
        raise BadValueError("value is not a valid integer")
    if not low <= value <= high:
        raise BadValueError(f"ensure this value is between {low} and {high}")
    return int(value)


def boolean(text: str) -> bool:
    """Exactly `true` or `false`."""
    if text not in ("true", "false"):
        raise BadValueError("value could not be parsed to a boolean")
    return text == "true"


def is_uuid(text: Any) -> bool:
    """Whether `text` has the form of a UUID."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


# ------------------------------------------------------------------------------------------ times


@lru_cache(4096)
def moment(text: str) -> Fraction:
    """An RFC 3339 date-time as exact seconds since 1970; without a zone it is UTC."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise BadValueError("invalid datetime format")
    *whole, fraction, _zulu, sign, zone_hours, zone_minutes = match.groups()
    year, month, day, hour, minute, second = (int(part) for part in whole)
    leap = second == 60
    try:
        time = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=UTC)
    except ValueError as error:
        raise BadValueError("invalid datetime format") from error
    offset = 0
    if sign:
        hours, minutes = int(zone_hours), int(zone_minutes)
        if hours > 23 or minutes > 59:
            raise BadValueError("invalid datetime format")
        offset = (hours * 60 + minutes) * (60 if sign == "+" else -60)
    seconds = Fraction(round((time - _EPOCH).total_seconds()) - offset + leap)
    if leap and seconds % 86400:
        raise BadValueError("a leap second ends a day in UTC")
    return seconds + (Fraction(int(fraction), 10 ** len(fraction)) if fraction else 0)


def in_utc(text: str) -> str:
    """The same moment written with `Z`."""
    try:
        return stamp(_EPOCH + timedelta(microseconds=int(moment(text) * 1_000_000)), "microseconds")
    except OverflowError as error:
        raise BadValueError("invalid datetime format") from error


def stamp(time: datetime, precision: str = "microseconds") -> str:
    """`time` as every answer writes it."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat("T", precision) + "Z"


# ------------------------------------------------------------------------------------------ order


def ordered(
    rows: Iterable[Row],
    value: Callable[[Row], Any],
    tie: Callable[[Row], Any],
    *,
    descending: bool,
    nulls_first: bool,
) -> list[Row]:
    """The rows by `value`; equal ones by `tie` ascending, whatever the direction."""
    by_tie = sorted(rows, key=tie)
    nulls = [row for row in by_tie if value(row) is None]
    # Sorting in reverse keeps equal rows in the order they had.
    rest = sorted((row for row in by_tie if value(row) is not None), key=value, reverse=descending)
    return [*nulls, *rest] if nulls_first else [*rest, *nulls]


def cents(amount: Decimal) -> Decimal:
    """The amount with two places, half-up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
