"""`Sandbox`: a partition of everything that changes: documents, clock, randomness."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..fixtures.fixture import Fixture
from ..specs.contract import Contract
from .api import Timespec
from .clock import Clock
from .state import State
from .store.store import Store
from .timers import Timers


class Sandbox:
    """One world: a store, a clock and a seed for each; contracts are told apart by name."""

    def __init__(
        self, name: str, open_store: Callable[[str], Store], clock: Clock, seed: int = 0
    ) -> None:
        self.name = name
        self.clock = clock
        self._open_store = open_store
        self._seed = seed
        self._randoms: dict[str, random.Random] = {}
        self._stores: dict[str, Store] = {}
        self._timers: dict[str, Timers] = {}
        self._begun: set[str] = set()

    def store(self, contract: str) -> Store:
        """The documents of one contract."""
        if contract not in self._stores:
            self._stores[contract] = self._open_store(contract)
        return self._stores[contract]

    def state(self, contract: Contract, timespec: Timespec = "seconds") -> State:
        """The contract's documents as they are now."""
        randomness = self._randoms.get(contract.name)
        if randomness is None:
            randomness = self._randoms[contract.name] = random.Random(self._seed)
        store, note = self.store(contract.name), self._timers_of(contract).note
        return State(contract, store, self.clock.now(), randomness, timespec, note)

    def begin(self, contract: Contract, fixture: Fixture) -> None:
        """At the first request to a contract: go on with what the store has, else the fixture."""
        if contract.name not in self._begun:
            self._begun.add(contract.name)
            if not self.store(contract.name).dump():
                self.load(contract, fixture)

    def tick(self, contract: Contract) -> None:
        """Let happen what the contract's timers say is due."""
        self._timers_of(contract).fire(self.store(contract.name), self.clock.now())

    def _timers_of(self, contract: Contract) -> Timers:
        timers = self._timers.get(contract.name)
        if timers is None or timers.contract is not contract:
            timers = self._timers[contract.name] = Timers(contract)
        return timers

    def load(self, contract: Contract, fixture: Fixture) -> None:
        """Put the fixture's documents in place of all that the contract has."""
        self.restore(contract, fixture.documents(self.clock.now()))
        self._randoms.pop(contract.name, None)

    def restore(
        self, contract: Contract, documents: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        """Put `documents` in place of all that the contract has."""
        state = self.state(contract)
        with state.store.unit():
            state.store.clear()
            for collection, rows in documents.items():
                for row in rows:
                    state.insert(collection, row)
        self._timers.pop(contract.name, None)

    def discard(self) -> None:
        """Remove all there is."""
        for store in self._stores.values():
            store.clear()

    def close(self) -> None:
        """Write what is not yet written."""
        for store in self._stores.values():
            store.close()
