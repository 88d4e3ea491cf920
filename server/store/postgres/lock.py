"""`Lock`: what is held by whoever writes; of one contract in one sandbox, or of a whole sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from .wire import Statement


@dataclass(frozen=True, slots=True)
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
    calls = [
        f"pg_advisory_xact_lock{'_shared' if each.is_shared else ''}(%(lock{place})s)"
        for place, each in enumerate(locks)
    ]
    numbers = {f"lock{place}": each.number for place, each in enumerate(locks)}
    return Statement(f"SELECT {', '.join(calls)}", numbers)


def to_write(sandbox: str, contract: str) -> tuple[Lock, ...]:
    """One contract of a sandbox at a time, while others may write to others of it."""
    return Lock.of(sandbox, is_shared=True), Lock.of(sandbox, contract)


def to_own(sandbox: str) -> tuple[Lock, ...]:
    """A sandbox as a whole."""
    return (Lock.of(sandbox),)
