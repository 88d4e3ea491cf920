"""`Sandbox`: a partition of everything that changes: documents, clock, journal, faults, chance."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..fixtures.fixture import Fixture
from ..specs.contract import Contract
from .api import Timespec
from .clock import Clock, system_time
from .faults.placed import Faults
from .happening import Happening, expiries, in_order
from .journal import Journal, Passed
from .state import COUNTERS, State
from .store.store import Dump, Key, Store
from .timers import Timers

Around = Callable[[Store], Store]


def _itself(store: Store) -> Store:
    return store


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one contract has in a sandbox at one moment; `chance` is its generator."""

    documents: Dump
    chance: Any


class Sandbox:
    """One world: contracts are told apart by name."""

    def __init__(
        self,
        name: str,
        open_store: Callable[[str], Store],
        clock: Clock,
        seed: int = 0,
        journal: Journal | None = None,
    ) -> None:
        self.name = name
        self.clock = clock
        self.seed = seed
        self.journal = journal or Journal()
        self.faults = Faults(seed)
        self.snapshots: dict[str, Sequence[tuple[Contract, Snapshot]]] = {}
        self._open_store = open_store
        self._randoms: dict[str, random.Random] = {}
        self._stores: dict[str, Store] = {}
        self._timers: dict[str, Timers] = {}
        self._begun: dict[str, Contract] = {}

    def store(self, contract: str) -> Store:
        """The documents of one contract."""
        if contract not in self._stores:
            self._stores[contract] = self._open_store(contract)
        return self._stores[contract]

    def state(
        self, contract: Contract, timespec: Timespec = "seconds", around: Around = _itself
    ) -> State:
        """The contract's documents as they are now, seen through what is `around` the store."""
        store, note = around(self.store(contract.name)), self._timers_of(contract).note
        return State(contract, store, self.clock.now(), self._random(contract.name), timespec, note)

    def begin(self, contract: Contract, fixture: Fixture) -> None:
        """At the first request to a contract: go on with what the store has, else the fixture."""
        is_new = contract.name not in self._begun
        self._begun[contract.name] = contract
        if is_new and not self.store(contract.name).dump():
            self.load(contract, fixture)

    def tick(self, contract: Contract) -> None:
        """Let happen what the contract's timers say is due."""
        now = self.clock.now()
        happenings = self._timers_of(contract).fire(self.store(contract.name), now)
        if happenings:
            self.journal.write(Passed(contract, happenings), system_time(), now)

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
        for contract in self._begun.values():
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
        self._randoms.pop(contract.name, None)

    def restore(
        self, contract: Contract, documents: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        """Put `documents` in place of all that the contract has."""
        self._begun[contract.name] = contract
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
        self._timers.pop(contract.name, None)

    def snapshot(self) -> Sequence[tuple[Contract, Snapshot]]:
        """What the contracts that have begun have; documents are shared, not copied."""
        return [
            (contract, Snapshot(self.store(name).dump(), self._random(name).getstate()))
            for name, contract in self._begun.items()
        ]

    def rewind(self, saved: Sequence[tuple[Contract, Snapshot]]) -> None:
        """Put back what a snapshot holds; what came after is gone, also what was random in it."""
        for contract, snapshot in saved:
            # It may have been read again since.
            self._put_back(self._begun[contract.name], snapshot)

    def _put_back(self, contract: Contract, snapshot: Snapshot) -> None:
        self.restore(contract, snapshot.documents)
        self._random(contract.name).setstate(snapshot.chance)

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
        self._randoms.clear()

    def discard(self) -> None:
        """Remove all there is."""
        for store in self._stores.values():
            store.clear()

    def close(self) -> None:
        """Write what is not yet written."""
        for store in self._stores.values():
            store.close()

    def _random(self, contract: str) -> random.Random:
        randomness = self._randoms.get(contract)
        if randomness is None:
            randomness = self._randoms[contract] = random.Random(self.seed)
        return randomness

    def _timers_of(self, contract: Contract) -> Timers:
        timers = self._timers.get(contract.name)
        if timers is None or timers.contract is not contract:
            timers = self._timers[contract.name] = Timers(contract)
        return timers
