"""What is written down together, packed into one row of the database, and read again."""

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import zstandard

_QUICKLY = 1
"""Answers of a kind have much in common, which is found at once, also where it is far before."""


class Line(NamedTuple):
    """What is to be an entry of a sandbox's journal; it has no number yet."""

    sandbox: str
    at: datetime
    clock: datetime
    size: int
    event: bytes


class Written(NamedTuple):
    """What an entry was made of; `until` are the bytes of it and of all before it."""

    number: int
    at: datetime
    clock: datetime
    size: int
    event: dict[str, Any]
    until: int


def packed(lines: Sequence[Line]) -> bytes:
    """Lines of one sandbox."""
    rows = [(line.at, line.clock, line.size, orjson.Fragment(line.event)) for line in lines]
    return zstandard.compress(orjson.dumps(rows), _QUICKLY)


def unpacked(lot: bytes, last: int, written: int) -> Iterator[Written]:
    """What is in a lot whose last entry has that number, `written` bytes with all before it."""
    rows = orjson.loads(_plain(lot))
    until = written - sum(size for _, _, size, _ in rows)
    for number, (at, clock, size, event) in enumerate(rows, last - len(rows) + 1):
        until += size
        times = datetime.fromisoformat(at), datetime.fromisoformat(clock)
        yield Written(number, *times, size, event, until)


def _plain(lot: bytes) -> bytes:
    """What was packed, by this version or an earlier one, which did so by zlib or not at all."""
    if lot.startswith(zstandard.FRAME_HEADER):
        return zstandard.decompress(lot)
    return lot if lot.startswith(b"[") else zlib.decompress(lot)
