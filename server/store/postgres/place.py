"""`Place`: where a document is."""

import json
from hashlib import blake2b
from typing import NamedTuple

import orjson

from ..store import Key

_LONGEST = 500
"""Bytes that a key may have to stand as it is: an index takes in no long ones."""


class Digest(str):
    """What a long key is stored as, where no more of it is known."""

    __slots__ = ()


class Place(NamedTuple):
    """A document's sandbox, contract, collection and key."""

    sandbox: str
    contract: str
    collection: str
    key: Key


def spelt(key: Key) -> str:
    """A key as text, a number and the same as text apart, a long one by its digest."""
    if isinstance(key, int | Digest):
        return str(key)
    text = orjson.dumps(key)
    if len(text) <= _LONGEST:
        return text.decode()
    return f"#{blake2b(text, digest_size=32).hexdigest()}"


def named(text: str) -> Key:
    """The key that `spelt` gave this text."""
    return Digest(text) if text.startswith("#") else json.loads(text)
