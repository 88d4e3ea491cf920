"""`Journal`: what was asked of a sandbox and what came of it, bounded by count and by bytes."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import NamedTuple, Protocol

from ..specs.contract import Contract
from .happening import Happening
from .store.store import Change
from .violation import Violation

Headers = Sequence[tuple[bytes, bytes]]

MOST, MOST_BYTES = 1000, 16 * 1024 * 1024
"""So many entries a sandbox has, of so many bytes together."""
_BESIDE = 1024
"""Bytes that an entry is taken to need beside its bodies and headers; so has each change."""


class Asked(NamedTuple):  # made at every request, in half the time of a frozen dataclass
    """One request and its answer; `contract` is None where its path is none of any contract's.

    The answer is told also where a fault lost it; `status` is 0 where none was made. `ms` are
    milliseconds; `struck` are the faults that it met. Nothing is masked in here.
    """

    contract: Contract | None
    operation: str | None
    method: str
    path: str
    headers: Headers
    body: bytes
    status: int
    answer_headers: Headers
    answer_body: bytes
    ms: float
    violations: Sequence[Violation]
    changes: Sequence[Change]
    struck: Sequence[str]

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        lines = chain.from_iterable((*self.headers, *self.answer_headers))
        bodies = len(self.path) + len(self.body) + len(self.answer_body)
        # To join them is quicker than to add up their lengths.
        return len(b"".join(lines)) + bodies + _BESIDE * (1 + len(self.changes))


@dataclass(frozen=True, slots=True)
class Passed:
    """What the clock did to one contract's documents, in order."""

    contract: Contract
    happenings: Sequence[Happening]

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        return _BESIDE * (1 + len(self.happenings))


Event = Asked | Passed


class Entry(NamedTuple):
    """One line of a journal: `at` by the machine's clock, `clock` by the sandbox's.

    `size` is about how many bytes it holds.
    """

    number: int
    at: datetime
    clock: datetime
    event: Event
    size: int


class Diary(Protocol):
    """A journal, wherever it is kept."""

    @property
    def dropped(self) -> int:
        """How many entries made room for others since it was cleared."""

    def __len__(self) -> int: ...

    def write(self, event: Event, at: datetime, clock: datetime) -> None:
        """Add an entry."""

    def entries(self, wanted: Callable[[Entry], bool] = ...) -> Iterator[Entry]:
        """Those that are wanted, the oldest first."""

    def clear(self) -> None:
        """Forget all; numbers go on."""


class Journal:
    """The latest entries, oldest first; the oldest go when there are too many or too much."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._numbers = count(1)
        self.dropped = 0
        """How many entries made room for others since it was cleared."""

    def __len__(self) -> int:
        return len(self._entries)

    def write(self, event: Event, at: datetime, clock: datetime) -> None:
        """Add an entry."""
        size = event.size
        self._entries.append(Entry(next(self._numbers), at, clock, event, size))
        self._bytes += size
        while len(self._entries) > self._most or self._bytes > self._most_bytes:
            self._bytes -= self._entries.popleft().size
            self.dropped += 1

    def entries(self, wanted: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
        """Those that are wanted, the oldest first."""
        return filter(wanted, self._entries)

    def clear(self) -> None:
        """Forget all; numbers go on."""
        self._entries.clear()
        self._bytes = self.dropped = 0
