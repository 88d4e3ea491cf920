"""`Sandbox`: a partition of everything that changes: documents, clock, journal, faults, chance."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeVar

from ..fixtures.fixture import Fixture
from ..specs.contract import Contract
from .api import Timespec
from .chance import Chance
from .clock import Clock, system_time
from .faults.placed import Faults, Find
from .happening import Happening, expiries, in_order
from .journal import Asked, Diary, Journal, Passed
from .state import COUNTERS, State
from .store.store import Dump, Key, Store
from .timers import Ahead, Timers

T = TypeVar("T")
Around = Callable[[Store], Store]
Reach = Literal["look", "read", "write", "own"]
"""What work needs of a sandbox: single looks, a picture of one contract, to change one, or all."""


def _itself(store: Store) -> Store:
    return store


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one contract has in a sandbox at one moment; `drawn` is how much of its chance."""

    documents: Dump
    drawn: int


Snapshots = MutableMapping[str, Sequence[tuple[Contract, Snapshot]]]
"""What was saved, by the names that it was saved under."""


class Part(NamedTuple):
    """What a sandbox remembers of a contract that has begun, beside its documents."""

    drawn: int
    is_read: bool
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a sandbox remembers beside documents, journal and snapshots; `own` is JSON data."""

    own: Mapping[str, Any]
    parts: Mapping[str, Part]


@dataclass(slots=True)
class Course:
    """How far the contracts are that have begun, by name: what is random in them, and due."""

    begun: dict[str, Contract] = field(default_factory=dict)
    chances: dict[str, Chance] = field(default_factory=dict)
    timers: dict[str, Timers] = field(default_factory=dict)


class Sandbox:
    """One world: contracts are told apart by name.

    `anchor` stands for it as long as this process knows it, for what is remembered in it alone.
    Where it `is_shared`, others may change what is in it at any time, else only while one waits.
    """

    is_shared = False

    def __init__(
        self,
        name: str,
        open_store: Callable[[str], Store],
        clock: Clock,
        seed: int = 0,
        journal: Diary | None = None,
        snapshots: Snapshots | None = None,
    ) -> None:
        self.name = name
        self.clock = clock
        self.seed = seed
        self.journal: Diary = Journal() if journal is None else journal
        self.faults = Faults(seed)
        self.snapshots: Snapshots = {} if snapshots is None else snapshots
        self.anchor: object = self
        self._open_store = open_store
        self.course = Course()
        self._stores: dict[str, Store] = {}

    async def arrive(self) -> None:
        """Know what there is to know before a request is let in."""

    async def run(self, work: Callable[[], T], reach: Reach, contract: str | None = None) -> T:
        """Do what reads or changes the sandbox; elsewhere, where that makes others wait."""
        return work()

    async def write_down(self, event: Asked) -> None:
        """Add what was asked to the journal."""
        self.journal.write(event, system_time(), self.clock.now())

    def memory(self) -> Memory:
        """What is remembered beside documents, journal and snapshots."""
        own = {
            "seed": self.seed,
            "clock": self.clock.to_data(),
            "faults": self.faults.to_data(),
        }
        return Memory(own, {name: self._part(name) for name in self.course.begun})

    def recall(self, memory: Memory, contracts: Mapping[str, Contract], find: Find) -> None:
        """Remember this, and nothing else; of the contracts only those that are served here."""
        self.seed = memory.own["seed"]
        self.clock.recall(memory.own["clock"])
        self.faults = Faults(self.seed)
        self.faults.recall(memory.own["faults"], find)
        begun = {name: contracts[name] for name in memory.parts if name in contracts}
        self.course = Course(begun)
        for name, contract in begun.items():
            part = memory.parts[name]
            self.course.chances[name] = Chance(self.seed, name, drawn=part.drawn)
            self.course.timers[name] = Timers(contract, Ahead(part.is_read, part.next))

    def join(self, other: "Sandbox") -> None:
        """Go on where `other` is, which stands for the same sandbox: what changes is one for both.

        Until one of them remembers something else.
        """
        self.seed = other.seed
        self.clock.recall(other.clock.to_data())
        self.faults = other.faults
        self.course = other.course

    def store(self, contract: str) -> Store:
        """The documents of one contract."""
        store = self._stores.get(contract)
        if store is None:
            store = self._stores[contract] = self._open_store(contract)
        return store

    def state(
        self,
        contract: Contract,
        timespec: Timespec = "seconds",
        around: Around = _itself,
        now: datetime | None = None,
    ) -> State:
        """The contract's documents as they are now, seen through what is `around` the store."""
        name = contract.name
        store = around(self._stores.get(name) or self.store(name))
        chance = self.course.chances.get(name) or self._chance(name)
        note = self._timers_of(contract).note
        return State(contract, store, now or self.clock.now(), chance, timespec, note)

    def begin(self, contract: Contract, fixture: Fixture) -> None:
        """At the first request to a contract: go on with what the store has, else the fixture."""
        if self.course.begun.get(contract.name) is contract:
            return
        if contract.name not in self.course.begun and not self.store(contract.name).dump():
            self.load(contract, fixture)
        self.course.begun[contract.name] = contract

    def tick(self, contract: Contract) -> datetime:
        """Let happen what the contract's timers say is due; the time up to which it has."""
        now = self.clock.now()
        timers = self._timers_of(contract)
        if timers.are_quiet(now):
            return now
        happenings = timers.fire(self.store(contract.name), now)
        if happenings:
            self.journal.write(Passed(contract, happenings), system_time(), now)
        return now

    def advance(self, by: timedelta) -> Sequence[tuple[Contract, Happening]]:
        """Move the clock forward; what happened to the contracts that have begun, in order.

        ValueError for a span that the clock does not go.
        """
        return self.set_clock(self.clock.now() + by)

    def set_clock(self, at: datetime) -> Sequence[tuple[Contract, Happening]]:
        """Put the clock to a moment; what happened meanwhile, as with `advance`.

        What the clock is put back before has happened all the same.
        """
        since = self.clock.now()
        self.clock.set(at)
        found: list[tuple[Contract, Happening]] = []
        for contract in self.course.begun.values():
            store = self.store(contract.name)
            fired = self._timers_of(contract).fire(store, at)
            happenings = in_order([*fired, *expiries(contract, store, since, at)])
            if happenings:
                self.journal.write(Passed(contract, happenings), system_time(), at)
            found += [(contract, each) for each in happenings]
        return sorted(found, key=lambda each: each[1].at)

    def load(self, contract: Contract, fixture: Fixture) -> None:
        """Put the fixture's documents in place of all that the contract has."""
        self.restore(contract, fixture.documents(self.clock.now()))
        self.course.chances.pop(contract.name, None)

    def restore(
        self, contract: Contract, documents: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        """Put `documents` in place of all that the contract has."""
        self.course.begun[contract.name] = contract
        state = self.state(contract)
        rows: dict[str, list[tuple[Key, Mapping[str, Any]]]] = {}
        counters = {row["name"]: row for row in documents.get(COUNTERS, ())}
        for name in documents:
            if name == COUNTERS:
                continue
            rows[name] = [(state.key(name, row), row) for row in documents[name]]
            numbers = [key for key, _ in rows[name] if isinstance(key, int)]
            if numbers and max(numbers) > counters.get(name, {"last": 0})["last"]:
                counters[name] = {"name": name, "last": max(numbers)}
        rows[COUNTERS] = list(counters.items())
        state.store.load(rows)
        self.course.timers.pop(contract.name, None)

    def snapshot(self) -> Sequence[tuple[Contract, Snapshot]]:
        """What the contracts that have begun have; documents are shared, not copied."""
        return [
            (contract, Snapshot(self.store(name).dump(), self._chance(name).drawn))
            for name, contract in self.course.begun.items()
        ]

    def rewind(self, saved: Sequence[tuple[Contract, Snapshot]]) -> None:
        """Put back what a snapshot holds; what came after is gone, also what was random in it."""
        for contract, snapshot in saved:
            # It may have been read again since.
            self._put_back(self.course.begun[contract.name], snapshot)

    def _put_back(self, contract: Contract, snapshot: Snapshot) -> None:
        self.restore(contract, snapshot.documents)
        self._chance(contract.name).drawn = snapshot.drawn

    def become(self, other: "Sandbox") -> None:
        """Have what `other` has: documents, which are shared, clock and chance."""
        self.seed = other.seed
        self.clock.follow(other.clock)
        for contract, snapshot in other.snapshot():
            self._put_back(contract, snapshot)

    def reseed(self, seed: int) -> None:
        """Begin chance anew with another seed."""
        self.seed = seed
        self.faults.reseed(seed)
        self.course.chances.clear()

    def discard(self) -> None:
        """Remove all there is."""
        for store in self._stores.values():
            store.clear()

    def close(self) -> None:
        """Write what is not yet written."""
        for store in self._stores.values():
            store.close()

    def _part(self, contract: str) -> Part:
        ahead = self._timers_of(self.course.begun[contract]).ahead
        return Part(self._chance(contract).drawn, ahead.is_read, ahead.next)

    def _chance(self, contract: str) -> Chance:
        chance = self.course.chances.get(contract)
        if chance is None:
            chance = self.course.chances[contract] = Chance(self.seed, contract)
        return chance

    def _timers_of(self, contract: Contract) -> Timers:
        timers = self.course.timers.get(contract.name)
        if timers is None or timers.contract is not contract:
            timers = self.course.timers[contract.name] = Timers(contract)
        return timers
