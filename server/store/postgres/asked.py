"""What PostgreSQL is asked: documents and operands as JSONB holds them, which is less than JSON.

What is given back is the document's own text, which stands beside it.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

import orjson

from ...values import comparable
from ..query import Kind

_ESCAPED = {
    code: "\x01" + "".join(two)
    for code, two in zip(range(5), product("\x02\x03\x04", repeat=2), strict=False)
}
"""NUL, which JSONB does not hold, and the four that stand in for it.

What is equal, what is less and what is part of what stays as it is: each is written in three, of
which the first begins nothing else, and the others stand nowhere else.
"""
_UNHELD = re.compile(rb"\\u000[0-4]")
_LARGE = re.compile(rb"[0-9]e\+[0-9]")
_NINES = bytes(ord("9") if chr(code).isdecimal() else code for code in range(256))
_LONG = b"9" * 16
"""So many digits has every number that may be too large, where it is written without exponent."""
_DATE_TIME = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d"
_DATED = re.compile(_DATE_TIME, re.ASCII)
_MAY_BE_DATED = re.compile(f'"{_DATE_TIME}'.encode())
_EXACT = 2**53
"""From here on the shortest decimal of a number is not always that number."""


def asked(text: bytes) -> bytes | None:
    """The JSON to ask a document by, made of its own; None where the two are the same."""
    return as_json(orjson.loads(text)).encode() if _is_doubtful(text) else None


def _is_doubtful(text: bytes) -> bool:
    """Whether it has what is in the text of all that must be changed, and of little else."""
    # A pattern for the digits would be tried at each character.
    return bool(
        _LONG in text.translate(_NINES)
        or (b"e+" in text and _LARGE.search(text))
        or _UNHELD.search(text)
    )


def moments(document: Mapping[str, Any], text: bytes) -> str:
    """The date-times in a document, each at its place, in microseconds; indexes are names here.

    `text` is its JSON: most have none, and that is soon seen there.
    """
    found = _moments(document) if _MAY_BE_DATED.search(text) else None
    if found is None:
        return "{}"
    told = orjson.dumps(found)
    return as_json(found) if _UNHELD.search(told) else told.decode()


def _moments(value: Any) -> Any:
    """Those in a value; None where there is none."""
    if isinstance(value, str):
        return _moment(value) if _DATED.match(value) else None
    if isinstance(value, list):
        value = {str(number): each for number, each in enumerate(value)}
    if isinstance(value, dict):
        found = {n: at for n, each in value.items() if (at := _moments(each)) is not None}
        return found or None
    return None


def _moment(text: str) -> int | None:
    try:
        found: int = comparable(text, "instant")
    except ValueError:
        return None
    return found


def as_json(value: Any) -> str:
    """`value` as JSON that is compared with what documents hold."""
    return json.dumps(_changed(value))


def escaped(text: str) -> str:
    """`text` as it is asked."""
    return text.translate(_ESCAPED)


def operand(value: Any, kind: Kind) -> Any:
    """What fields of that kind are compared with; None where none can be equal to `value`."""
    if kind == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return _number(value) if is_number else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if not isinstance(value, str):
        return None
    return comparable(value, kind) if kind == "instant" else escaped(value)


def _number(value: float) -> Decimal:
    return Decimal(int(value)) if abs(value) >= _EXACT else Decimal(repr(value))


def _changed(value: Any) -> Any:
    if isinstance(value, dict):
        return {escaped(name): _changed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_changed(each) for each in value]
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, float) and abs(value) >= _EXACT:
        return int(value)
    return value
