"""`Session`: the sandboxes that a transaction works in, read at its begin, saved at its end."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

from ..faults.placed import Find
from ..sandbox import Memory, Part
from ..state import COUNTERS
from ..store.postgres.transaction import MovedError, Transaction
from ..store.postgres.wire import Rows
from . import statements
from .sandbox import Known, SharedSandbox


class Session:
    """What of a sandbox has changed is saved, unless nothing may be written: WritesError."""

    def __init__(self, transaction: Transaction, find: Find) -> None:
        self.transaction = transaction
        self.sandboxes: dict[str, SharedSandbox] = {}
        self._find = find
        self._known: dict[str, Known] = {}
        self._ahead: dict[str, Known | None] = {}

    def read_ahead(self, names: Collection[str], places: Sequence[tuple[str, str]] = ()) -> None:
        """Read now what the sandboxes of these names are to know when they are adopted.

        Where contracts are to be written to, their counters come along: a new number needs one.
        """
        for contract in {contract for _, contract in places}:
            sandboxes = [name for name, of in places if of == contract]
            self.transaction.read_ahead(sandboxes, contract, COUNTERS)
        if names:
            self._ahead |= read(self.transaction, names)

    def adopt(self, sandbox: SharedSandbox) -> bool:
        """Have the sandbox know what the database knows of it; false where that is nothing."""
        if sandbox.name not in self._ahead:
            self.read_ahead([sandbox.name])
        known = self._ahead.pop(sandbox.name)
        if known is None:
            return False
        sandbox.learn(known, self._find)
        self.enter(sandbox, known)
        return True

    def enter(self, sandbox: SharedSandbox, known: Known) -> None:
        """Work in the sandbox as it is known."""
        self.sandboxes[sandbox.name] = sandbox
        self._known[sandbox.name] = known
        for contract, marks in known.marks.items():
            self.transaction.marks[sandbox.name, contract] = marks
        for contract, sizes in known.sizes.items():
            self.transaction.sizes[sandbox.name, contract] = sizes

    def follow(self, sandbox: SharedSandbox) -> None:
        """Work on in the sandbox as the one before has left it."""
        sandbox.follow(self.sandboxes[sandbox.name])
        self.sandboxes[sandbox.name] = sandbox

    def learn(self) -> None:
        """Have known what was found, if it is of one moment; MovedError for a glance at two."""
        transaction = self.transaction
        if transaction.mode == "glance" and not self._is_still():
            raise MovedError
        if transaction.has_found_out and (transaction.mode != "look" or self._is_still()):
            transaction.learn()

    def _is_still(self) -> bool:
        """Whether the sandboxes are as they were when they were read."""
        now = read(self.transaction, self.sandboxes)
        found = ((now[name], self._known[name]) for name in self.sandboxes)
        return all(now is not None and now.state == known.state for now, known in found)

    def save(self) -> None:
        """Keep what has changed, besides what stores, journals and snapshots have written."""
        told: dict[bool, list[Mapping[str, Any]]] = {True: [], False: []}
        for sandbox in self.sandboxes.values():
            before, memory = self._known[sandbox.name].memory, sandbox.memory()
            if memory.own != before.own:
                own = {"name": sandbox.name, "own": orjson.dumps(memory.own).decode()}
                self.transaction.change(statements.OWN, own)
            for contract, part in memory.parts.items():
                is_written = (sandbox.name, contract) in self.transaction.written
                if is_written or part != before.parts.get(contract):
                    told[is_written].append(self._told(sandbox.name, contract, part))
        for is_written, parts in told.items():
            if parts:
                columns = {name: [part[name] for part in parts] for name in parts[0]}
                self.transaction.change(statements.PARTS, {**columns, "is_written": is_written})

    def _told(self, name: str, contract: str, part: Part) -> Mapping[str, Any]:
        """What is kept of a part."""
        sizes = self.transaction.sizes.get((name, contract))
        marks = self.transaction.marked(name, contract, _new_mark(self._known[name], contract))
        return {
            "sandbox": name,
            "contract": contract,
            **part._asdict(),
            "sizes": None if sizes is None else orjson.dumps(sizes).decode(),
            "marks": orjson.dumps(marks).decode(),
        }


def _new_mark(known: Known, contract: str) -> int:
    """A number that no collection of the contract in the sandbox was marked with.

    No revision comes back, and nobody else writes meanwhile. Where there is none yet it is made of
    the generation: none of those comes back either.
    """
    return known.revisions.get(contract, -known.generation)


def read(transaction: Transaction, names: Collection[str]) -> Mapping[str, Known | None]:
    """What the database knows of the sandboxes of these names."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in names}
    for name, *row in transaction.rows(statements.SANDBOXES, {"names": list(names)}):
        rows[name].append(tuple(row))
    return {name: _known(found) for name, found in rows.items()}


def _known(rows: Rows) -> Known | None:
    """What is known of one sandbox; all rows have its own members."""
    if not rows:
        return None
    generation, own, at, is_idle = rows[0][:4]
    begun = [row[4:] for row in rows if row[4] is not None]
    return Known(
        generation,
        Memory(orjson.loads(own), {row[0]: Part(*row[1:4]) for row in begun}),
        at,
        is_idle,
        {row[0]: row[4] for row in begun},
        {row[0]: orjson.loads(row[5]) for row in begun if row[5] is not None},
        {row[0]: orjson.loads(row[6]) for row in begun},
    )
