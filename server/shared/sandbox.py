"""`SharedSandbox`: one sandbox as one request sees it, or one piece of work of the control API."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from ...specs.contract import Contract
from ..clock import Clock, system_time
from ..faults.placed import Find
from ..journal import Asked
from ..sandbox import Memory, Reach, Sandbox
from ..store.postgres.database import Database
from ..store.postgres.store import PostgresStore
from ..store.postgres.transaction import Marks, Sizes
from ..store.store import Store
from ..store.tiny import TinyStore, in_memory
from .events import to_json
from .journal import SharedJournal
from .lots import Line
from .snapshots import SharedSnapshots

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What the database said of a sandbox; `revisions` are those of its contracts' documents.

    `sizes` are how many of them collections have, and `marks` say which they are, by the contract's
    name. It was `at` that time for the database when it was `heard` (`time.monotonic`).
    """

    generation: int
    memory: Memory
    at: datetime
    is_idle: bool
    revisions: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[str, Sizes] = field(default_factory=dict)
    marks: Mapping[str, Marks] = field(default_factory=dict)
    heard: float = field(default_factory=time.monotonic)

    @property
    def state(self) -> tuple[object, ...]:
        """What is the same as long as nothing has changed."""
        return self.generation, self.memory, self.revisions


class Desk(Protocol):
    """Where the work in a sandbox is done."""

    async def arrive(self, sandbox: "SharedSandbox") -> None:
        """Have the sandbox know what there is to know."""

    async def perform(
        self, sandbox: "SharedSandbox", work: Callable[[], T], reach: Reach, contract: str | None
    ) -> T:
        """Do work in one transaction."""

    async def write_down(self, line: Line) -> None:
        """Add an entry to a journal."""


class SharedSandbox(Sandbox):
    """A sandbox whose parts are all in the database.

    So is its time, of which `time_of` makes that which its clock begins with.
    """

    is_shared = True

    def __init__(
        self,
        name: str,
        database: Database,
        contracts: Mapping[str, Contract],
        desk: Desk,
        time_of: Callable[[datetime], datetime],
    ) -> None:
        super().__init__(
            name,
            self._opened,
            Clock(self._time),
            journal=SharedJournal(database, name, contracts),
            snapshots=SharedSnapshots(database, name, contracts),
        )
        self.known: Known | None = None
        self._database = database
        self._contracts = contracts
        self._desk = desk
        self._time_of = time_of

    def learn(self, known: Known, find: Find) -> None:
        """Remember what the database said."""
        self.known = known
        self.recall(known.memory, self._contracts, find)

    def follow(self, other: "SharedSandbox") -> None:
        """Know what `other` does, which was in the same sandbox before in this transaction."""
        self.known = other.known
        self.join(other)

    def unused(self) -> str | None:
        """Its name, where it was not used of late as far as is known."""
        return self.name if self.known is not None and self.known.is_idle else None

    async def arrive(self) -> None:
        """Know what there is to know before a request is let in."""
        if self.known is None:
            await self._desk.arrive(self)

    async def run(self, work: Callable[[], T], reach: Reach, contract: str | None = None) -> T:
        """Do what reads or changes the sandbox, in a thread and in one transaction."""
        return await self._desk.perform(self, work, reach, contract)

    async def write_down(self, event: Asked) -> None:
        """Add what was asked to the journal."""
        now = system_time(), self.clock.now()
        await self._desk.write_down(Line(self.name, *now, event.size, to_json(event)))

    def _opened(self, contract: str) -> Store:
        """The documents of a contract; those of our own, which has none, are nobody else's."""
        if contract not in self._contracts:
            return TinyStore(in_memory())
        return PostgresStore(self._database, self.name, contract)

    def _time(self) -> datetime:
        return self._time_of(self._now())

    def _now(self) -> datetime:
        if self.known is None:
            return system_time()
        return self.known.at + timedelta(seconds=time.monotonic() - self.known.heard)
