"""`Lock`: what is held by whoever writes; of one contract in one sandbox, or of a whole sandbox."""

from dataclasses import dataclass
from hashlib import blake2b

_ALONE = "SELECT pg_advisory_xact_lock(%(number)s)"
_SHARED = "SELECT pg_advisory_xact_lock_shared(%(number)s)"


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

    @property
    def sql(self) -> str:
        """What takes the lock of a `number`, to be held until the transaction ends."""
        return _SHARED if self.is_shared else _ALONE


def to_write(sandbox: str, contract: str) -> tuple[Lock, ...]:
    """One contract of a sandbox at a time, while others may write to others of it."""
    return Lock.of(sandbox, is_shared=True), Lock.of(sandbox, contract)


def to_own(sandbox: str) -> tuple[Lock, ...]:
    """A sandbox as a whole."""
    return (Lock.of(sandbox),)
