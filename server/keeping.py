"""Where all that changes is kept: in memory, in a file, or in a database that many share."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinydb import TinyDB

from ..specs.errors import UsageError
from .clock import Clock
from .mount import Mount
from .sandbox import Sandbox
from .store.store import Store
from .store.tiny import TinyStore, in_file, in_memory
from .world import DEFAULT, Sandboxes, World

_SCHEMES = ("postgresql://", "postgres://")


def is_shared(store: str) -> bool:
    """Whether several processes can serve from `store`."""
    return store.startswith(_SCHEMES)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What `--store` says, and how sandboxes are made; `prepare` is done to each."""

    store: str
    prepare: Callable[[Sandbox], None]
    most: int
    is_open: bool

    def world(self, mounts: Sequence[Mount]) -> Sandboxes:
        """All sandboxes; UsageError where the store cannot be used."""
        if is_shared(self.store):
            return self._shared(mounts)
        return World(self._maker(), most=self.most, is_open=self.is_open)

    def _shared(self, mounts: Sequence[Mount]) -> Sandboxes:
        try:
            from .shared.world import CONNECTIONS, SharedWorld
            from .store.postgres.database import Database
        except ModuleNotFoundError as error:
            raise UsageError(
                f"--store postgresql://... needs {error.name}, which is not installed:"
                ' pip install "understudy[postgres]"'
            ) from None
        database = Database(self.store, connections=CONNECTIONS)
        database.open((mount.contract, mount.api.found_by) for mount in mounts)
        contracts = {mount.contract.name: mount.contract for mount in mounts}
        return SharedWorld(database, contracts, most=self.most, is_open=self.is_open)

    def _maker(self) -> Callable[[str], Sandbox]:
        """What makes a sandbox: in memory each has a database of its own, in a file tables."""
        file = None if self.store == "memory" else _file(self.store)
        # A file outlives the process, so what is random must not begin anew.
        seed = 0 if file is None else random.SystemRandom().getrandbits(64)

        def make(name: str) -> Sandbox:
            database = in_memory() if file is None else file
            prefix = "" if name == DEFAULT else f"{name}/"

            def open_store(contract: str) -> Store:
                return TinyStore(database, f"{prefix}{contract}.")

            sandbox = Sandbox(name, open_store, Clock(), seed)
            self.prepare(sandbox)
            return sandbox

        return make


def _file(store: str) -> TinyDB:
    path = Path(store)
    if path.suffix != ".json":
        raise UsageError(
            '--store takes "memory", a file that ends in .json, or postgresql://USER@HOST/DATABASE,'
            f' not "{store}"'
        )
    if not path.parent.is_dir():
        raise UsageError(f"--store {store}: there is no folder {path.parent}")
    try:
        return in_file(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"--store {store} cannot be used: {error}") from None
