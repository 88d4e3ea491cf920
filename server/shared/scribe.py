"""`Scribe`: writes down what was asked, for all sandboxes of a worker."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ..store.postgres.database import Database
from ..store.postgres.transaction import Transaction
from . import statements
from .journal import Addition, Bounds
from .lots import Line

_log = logging.getLogger("understudy.store")


class Scribe:
    """Writes as many lines at once as came while it wrote the ones before."""

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
            except Exception as error:  # whatever it is, else who waits would wait for ever
                _log.warning("%d entries of journals are lost: %s", len(lot), error)
            finally:
                for _, written in lot:
                    if not written.done():
                        written.set_result(None)
        self._task = None

    def _add(self, lines: Sequence[Line]) -> None:
        addition = Addition(lines, Bounds())

        def add(transaction: Transaction) -> None:
            heads = transaction.rows(statements.NOTE, addition.parameters)
            addition.trim(transaction, heads)

        self._database.run(add, "note")
