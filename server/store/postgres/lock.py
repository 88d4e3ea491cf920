"""`Lock`: what is held by whoever writes; of one contract in one sandbox, or of a whole sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from .wire import Statement

_TAKE = """
SELECT CASE WHEN is_shared
    THEN pg_advisory_xact_lock_shared(number) ELSE pg_advisory_xact_lock(number) END
FROM unnest(%(numbers)s::bigint[], %(are_shared)s::boolean[]) AS lock (number, is_shared)
"""
_PLACES = 1024
"""Of so many it is known which locks they take."""


@dataclass(frozen=True, slots=True, order=True)
class Lock:
    """An advisory lock by its number; many may hold one that is shared, none beside another."""

    number: int
    is_shared: bool = False

    @classmethod
    def of(cls, *names: str, is_shared: bool = False) -> "Lock":
        """The lock of what has these names."""
        digest = blake2b("\0".join(names).encode(), digest_size=8).digest()
        return cls(int.from_bytes(digest, signed=True), is_shared)


def taken(locks: Sequence[Lock]) -> Statement:
    """What takes these one after the other, to be held until the transaction ends."""
    numbers, are_shared = [each.number for each in locks], [each.is_shared for each in locks]
    return Statement(_TAKE, {"numbers": numbers, "are_shared": are_shared})


@lru_cache(_PLACES)
def to_write(*places: tuple[str, str]) -> tuple[Lock, ...]:
    """One contract of a sandbox at a time, while others may write to others of it.

    In one order, so that nobody waits for each other.
    """
    shared = {Lock.of(sandbox, is_shared=True) for sandbox, _ in places}
    alone = {Lock.of(*place) for place in places}
    return *sorted(shared), *sorted(alone)


def to_own(sandbox: str) -> tuple[Lock, ...]:
    """A sandbox as a whole."""
    return (Lock.of(sandbox),)
