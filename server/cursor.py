"""Cursors: a place in a listing, sealed so that only the server that wrote one can read it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from .octets import json_of

_SEAL = 8
"""Octets of the seal. It tells a damaged or foreign cursor; it keeps no secret."""


class Cursor(NamedTuple):
    """The page before or after the place with these values; `inclusive` takes in what is there."""

    values: tuple[Any, ...]
    is_back: bool
    inclusive: bool


def bound_to(*what: Any) -> bytes:
    """What a cursor can be bound to: JSON data."""
    return json_of(what)


def write(cursor: Cursor, bound: bytes) -> str:
    """The cursor as opaque text, good only together with `bound`."""
    data = orjson.dumps([list(cursor.values), cursor.is_back, cursor.inclusive])
    return _spelt(_seal(data, bound) + data)


def read(text: str, bound: bytes) -> Cursor | None:
    """What `write` was given; None for any other text, or one bound to something else."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return None
    data = raw[_SEAL:]
    if raw[:_SEAL] != _seal(data, bound) or _spelt(raw) != text:
        return None
    values, is_back, inclusive = orjson.loads(data)
    return Cursor(tuple(values), is_back, inclusive)


def _spelt(raw: bytes) -> str:
    """The one spelling of these octets; base64 decoders take several."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _seal(data: bytes, bound: bytes) -> bytes:
    return blake2b(data + b"\0" + bound, digest_size=_SEAL, key=b"understudy").digest()
