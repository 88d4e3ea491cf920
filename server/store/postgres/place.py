"""`Place`: where a document is."""

import json
from hashlib import blake2b
from typing import NamedTuple

import orjson

from ..store import Key

_LONGEST = 500
"""Bytes that a key may have to stand as it is: an index takes in no long ones."""


class Place(NamedTuple):
    """A document's sandbox, contract, collection and key, the last as `spelt` has it."""

    sandbox: str
    contract: str
    collection: str
    key: str


def spelt(key: Key) -> str:
    """A key as text, a number and the same as text apart, a long one by its digest."""
    if isinstance(key, int):
        return str(key)
    text = orjson.dumps(key)
    if len(text) <= _LONGEST:
        return text.decode()
    return f"#{blake2b(text, digest_size=32).hexdigest()}"


def named(text: str) -> Key:
    """The key that `spelt` gave this text; a long one keeps its digest."""
    return text if text.startswith("#") else json.loads(text)
