"""`SharedJournal`: the journal of one sandbox, and `Scribe`, who writes down what is asked."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from ...specs.contract import Contract
from ..journal import MOST, MOST_BYTES, Entry, Event
from ..store.postgres.database import Database
from ..store.postgres.transaction import Transaction
from ..store.store import Unwritable
from . import events, statements

_log = logging.getLogger("understudy.store")


class Line(NamedTuple):
    """What is to be an entry; it has no number yet."""

    sandbox: str
    at: datetime
    clock: datetime
    size: int
    text: str


class Bounds(NamedTuple):
    """So many entries of a sandbox, and so many bytes, are kept at most."""

    most: int = MOST
    most_bytes: int = MOST_BYTES

    def is_passed(self, last: int, count: int, written: int, size: int) -> bool:
        """Whether the last so many entries, of that size, have passed a tenth of what is kept."""
        number, part = max(1, self.most // 10), max(1, self.most_bytes // 10)
        return (
            last // number > (last - count) // number or written // part > (written - size) // part
        )


class SharedJournal:
    """Entries in the database, which belong to the transaction that asks for them."""

    def __init__(
        self,
        database: Database,
        sandbox: str,
        contracts: Mapping[str, Contract],
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._bounds = Bounds(most, most_bytes)
        self._database = database
        self._sandbox = sandbox
        self._contracts = contracts

    @property
    def dropped(self) -> int:
        """How many entries made room for others since it was cleared."""
        return self._held()[1]

    def __len__(self) -> int:
        return self._held()[0]

    def write(self, event: Event, at: datetime, clock: datetime) -> None:
        """Add an entry."""
        line = Line(self._sandbox, at, clock, event.size, events.to_text(event))
        with self._database.transaction("write") as transaction:
            _add(transaction, statements.ADD, [line], self._bounds)

    def entries(self, wanted: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
        """Those that are wanted, the oldest first."""
        with self._database.transaction("look") as transaction:
            rows = transaction.rows(statements.ENTRIES, self._asked)
        for number, at, clock, size, text in rows:
            event = events.from_text(text, self._contracts)
            if event is not None:
                entry = Entry(number, at, clock, event, size)
                if wanted(entry):
                    yield entry

    def clear(self) -> None:
        """Forget all; numbers go on."""
        with self._database.transaction("write") as transaction:
            transaction.change(statements.FORGET, {"sandbox": self._sandbox})

    @property
    def _asked(self) -> Mapping[str, Any]:
        return {"sandbox": self._sandbox, **self._bounds._asdict()}

    def _held(self) -> tuple[int, int]:
        with self._database.transaction("look") as transaction:
            ((entries, dropped),) = transaction.rows(statements.HELD, self._asked)
        return entries, dropped


class Scribe:
    """Writes lines of all sandboxes, as many at once as came while it wrote the ones before."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, "understudy-scribe")
        self._waiting: list[tuple[Line, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, line: Line) -> None:
        """Add an entry, and wait until others can read it; or until it is given up."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((line, written))
        if self._task is None:
            self._task = asyncio.create_task(self._write())
        await written

    def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            lot, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(self._thread, self._add, [line for line, _ in lot])
            except Unwritable as error:
                _log.warning("%d entries of journals are lost: %s", len(lot), error)
            finally:
                for _, written in lot:
                    if not written.done():
                        written.set_result(None)
        self._task = None

    def _add(self, lines: Sequence[Line]) -> None:
        """Add lines; in one order of sandboxes, so that nobody waits for each other."""
        in_order = sorted(lines, key=lambda line: line.sandbox)

        def add(transaction: Transaction) -> None:
            for _, own in groupby(in_order, key=lambda line: line.sandbox):
                _add(transaction, statements.NOTE, list(own), Bounds())

        self._database.run(add, "note")


def _add(transaction: Transaction, statement: str, lines: Sequence[Line], bounds: Bounds) -> None:
    """Add lines to the journal of one sandbox; now and then, let go of what has no room."""
    transaction.must_write()
    sandbox, count, size = lines[0].sandbox, len(lines), sum(line.size for line in lines)
    rows = transaction.rows(
        statement,
        {
            "sandbox": sandbox,
            "count": count,
            "size": size,
            "at": [line.at for line in lines],
            "clock": [line.clock for line in lines],
            "sizes": [line.size for line in lines],
            "events": [line.text for line in lines],
        },
    )
    for last, written in rows:
        if bounds.is_passed(last, count, written, size):
            now = {"sandbox": sandbox, "last": last, "written": written}
            transaction.change(statements.TRIM, {**now, **bounds._asdict()})
