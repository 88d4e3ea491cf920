"""`Indexer`: makes the indexes that queries ask for, of collections that have grown."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg

from ..query import Query
from ..store import Unwritable
from .indexes import Index, Listed, asked_by
from .transaction import Mode, Transaction

_log = logging.getLogger("understudy.store")

Run = Callable[[Callable[[Transaction], bool], Mode], bool]
"""Gives what work gives in a transaction of its own; Unwritable, or what PostgreSQL says."""
MANY = 1000
"""Of so many documents a page is found in some milliseconds without."""
_PAUSE = 10.0
"""Seconds until it is tried again what did not succeed, or what another was making."""
LOCK = 0x756E6478
"""Whoever makes indexes holds it: two that do so beside requests would wait for each other."""
_BEGIN = f"SELECT pg_try_advisory_lock({LOCK})"
_END = f"SELECT pg_advisory_unlock({LOCK})"
_IS_WHOLE = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%(name)s)"


class Indexer:
    """Has an index made for the first query that it helps, beside all requests.

    Each is one more that every write looks at, and most are never asked for.
    """

    def __init__(self, run: Run, *, pause: float = _PAUSE) -> None:
        self._run = run
        self._pause = pause
        self._rests_until = 0.0
        self._is_busy = False
        self._missing: dict[Listed, Index] = {}
        self._thread = _thread()

    def know(self, missing: Mapping[Listed, Index]) -> None:
        """These may be asked for, and are not there as far as is known."""
        self._missing.update(missing)

    def help(self, contract: str, query: Query, size: int | None) -> None:
        """Have made what is missing for a query of a collection of that size, where it is known.

        Where others are being made, whoever asks next has it made.
        """
        if size is None or size < MANY or self._is_busy:
            return
        asked = (self._missing.get(listed) for listed in asked_by(contract, query))
        wanted = {index for index in asked if index is not None}
        if wanted and time.monotonic() >= self._rests_until:
            self._is_busy = True
            self._thread.submit(self._make, wanted)

    def settle(self) -> None:
        """Wait for what is being made."""
        self._thread.shutdown()
        self._thread = _thread()

    def _make(self, wanted: Collection[Index]) -> None:
        is_made = False
        try:
            is_made = self._run(partial(_made, indexes=wanted), "look")
        except (Unwritable, psycopg.Error) as error:
            _log.warning("an index could not be made: %s", " ".join(str(error).split()))
        finally:
            if is_made:
                left = self._missing.items()
                self._missing = {listed: index for listed, index in left if index not in wanted}
            else:
                self._rests_until = time.monotonic() + self._pause
            self._is_busy = False


def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "understudy-indexer")


def _made(transaction: Transaction, indexes: Collection[Index]) -> bool:
    """Make these, where they are not there; false where somebody else is making others."""
    ((is_alone,),) = transaction.rows(_BEGIN)
    if not is_alone:
        return False
    try:
        grown = set()
        for index in indexes:
            found = transaction.rows(_IS_WHOLE, {"name": index.name})
            if found == [(False,)]:  # whoever was making it was ended
                transaction.rows(f"DROP INDEX CONCURRENTLY {index.name}")
            if found != [(True,)]:
                made = f"{index.name} ON {index.part} {index.what}"
                transaction.rows(f"CREATE INDEX CONCURRENTLY {made}")
                grown.add(index.part)
        for part in grown:
            transaction.rows(f"ANALYZE {part}")  # else PostgreSQL knows nothing of what is in them
        return True
    finally:
        transaction.rows(_END)
