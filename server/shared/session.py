"""`Session`: the sandboxes that a transaction works in, read at its begin, saved at its end."""

import orjson

from ..faults.placed import Find
from ..sandbox import Memory, Part
from ..state import COUNTERS
from ..store.postgres.transaction import MovedError, Transaction
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

    def read_ahead(self, name: str, contract: str | None = None) -> None:
        """Read now what the sandbox of that name is to know when it is adopted.

        Where a contract is to be written to, its counters come along: each new number needs one.
        """
        if contract is not None:
            self.transaction.read_ahead(name, contract, COUNTERS)
        self._ahead[name] = read(self.transaction, name)

    def adopt(self, sandbox: SharedSandbox) -> bool:
        """Have the sandbox know what the database knows of it; false where that is nothing."""
        if sandbox.name not in self._ahead:
            self.read_ahead(sandbox.name)
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
        sandbox.learn(self.sandboxes[sandbox.name].left(), self._find)
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
        now = [(read(self.transaction, name), self._known[name]) for name in self.sandboxes]
        return all(found is not None and found.state == known.state for found, known in now)

    def save(self) -> None:
        """Keep what has changed, besides what stores, journals and snapshots have written."""
        for sandbox in self.sandboxes.values():
            known, memory = self._known[sandbox.name], sandbox.memory()
            before = known.memory
            if memory.own != before.own:
                own = {"name": sandbox.name, "own": orjson.dumps(memory.own).decode()}
                self.transaction.change(statements.OWN, own)
            for contract, part in memory.parts.items():
                is_written = (sandbox.name, contract) in self.transaction.written
                if is_written or part != before.parts.get(contract):
                    where = {"sandbox": sandbox.name, "contract": contract}
                    sizes = self.transaction.sizes.get((sandbox.name, contract))
                    new = _new_mark(known, contract)
                    marks = self.transaction.marked(sandbox.name, contract, new)
                    told = {
                        **where,
                        **part._asdict(),
                        "is_written": is_written,
                        "sizes": None if sizes is None else orjson.dumps(sizes).decode(),
                        "marks": orjson.dumps(marks).decode(),
                    }
                    self.transaction.change(statements.PART, told)


def _new_mark(known: Known, contract: str) -> int:
    """A number that no collection of the contract in the sandbox was marked with.

    No revision comes back, and nobody else writes meanwhile. Where there is none yet it is made of
    the generation: none of those comes back either.
    """
    return known.revisions.get(contract, -known.generation)


def read(transaction: Transaction, name: str) -> Known | None:
    """What the database knows of the sandbox of that name."""
    rows = transaction.rows(statements.SANDBOX, {"name": name})
    if not rows:
        return None
    generation, own, at, is_idle = rows[0][:4]
    parts = {row[4]: Part(*row[5:8]) for row in rows if row[4] is not None}
    revisions = {row[4]: row[8] for row in rows if row[4] is not None}
    sizes = {row[4]: orjson.loads(row[9]) for row in rows if row[9] is not None}
    marks = {row[4]: orjson.loads(row[10]) for row in rows if row[4] is not None}
    return Known(generation, Memory(orjson.loads(own), parts), at, is_idle, revisions, sizes, marks)
