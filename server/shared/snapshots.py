"""`SharedSnapshots`: what was saved of one sandbox, by name."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence

import orjson

from ...specs.contract import Contract
from ..sandbox import Snapshot
from ..store.postgres.database import Database
from . import statements

Saved = Sequence[tuple[Contract, Snapshot]]


class SharedSnapshots(MutableMapping[str, Saved]):
    """A mapping in the database; of contracts that are not served here nothing is told."""

    def __init__(self, database: Database, sandbox: str, contracts: Mapping[str, Contract]) -> None:
        self._database = database
        self._sandbox = sandbox
        self._contracts = contracts

    def __getitem__(self, name: str) -> Saved:
        with self._database.transaction("look") as transaction:
            rows = transaction.rows(statements.SAVED, self._key(name))
        if not rows:
            raise KeyError(name)
        return [
            (self._contracts[contract], Snapshot(documents, drawn))
            for contract, documents, drawn in orjson.loads(rows[0][0])
            if contract in self._contracts
        ]

    def __setitem__(self, name: str, saved: Saved) -> None:
        parts = [(contract.name, each.documents, each.drawn) for contract, each in saved]
        told = {**self._key(name), "parts": orjson.dumps(parts).decode()}
        with self._database.transaction("write") as transaction:
            transaction.change(statements.SAVE, told)

    def __delitem__(self, name: str) -> None:
        with self._database.transaction("write") as transaction:
            transaction.change(statements.UNSAVE, self._key(name))

    def __iter__(self) -> Iterator[str]:
        with self._database.transaction("look") as transaction:
            rows = transaction.rows(statements.SAVED_NAMES, {"sandbox": self._sandbox})
        return (name for (name,) in rows)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _key(self, name: str) -> dict[str, str]:
        return {"sandbox": self._sandbox, "name": name}
