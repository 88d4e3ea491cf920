"""`Database`: connections to PostgreSQL, and transactions on them."""

import logging
import selectors
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from ....specs.contract import Contract
from ....specs.errors import UsageError
from ...remembered import QUERIES
from ..store import Document, Unreachable, Unwritable
from . import indexes, schema
from .indexer import Indexer
from .kept import Kept
from .lock import Lock, to_write
from .read import Read
from .transaction import Mode, MovedError, Transaction, WritesError
from .wire import Wire

_log = logging.getLogger("understudy.store")

T = TypeVar("T")

CONNECTIONS = 8
"""So many at most for one process."""
_ATTEMPTS = 10
"""How often a transaction is tried that PostgreSQL breaks off."""
_AGAIN = ("40001", "40P01", "23503")
"""Two that came in no order, or waited for each other, or one took what the other builds on: one of
them is as if it had not been.
"""
_HELD = "55P03"
"""What is to be locked was held by others for too long."""
_CONNECT = {
    "connect_timeout": 3,
    "application_name": "understudy",
    "client_encoding": "utf8",
    "prepare_threshold": 1,  # to plan a listing takes longer than to find its page
}
_SETTINGS = """
SET lock_timeout = '10s';
SET idle_in_transaction_session_timeout = '20s';
SET jit = off;
SET max_parallel_workers_per_gather = 0
"""
"""Nobody waits long for one that hangs, and nothing is prepared for longer than it takes."""
_BEGIN: Mapping[Mode, Sequence[str]] = {
    "read": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "write": ("BEGIN",),
    "turn": ("BEGIN", "SET LOCAL lock_timeout = '250ms'", "SET LOCAL synchronous_commit = off"),
    "begin": ("BEGIN", "SET LOCAL lock_timeout = '5min'"),
}

_FLUSH = "SELECT pg_logical_emit_message(true, 'understudy', '')"
"""A transaction of its own, which waits until it is on the disk, and with it all before it."""
_END: Mapping[Mode, Sequence[str]] = {"turn": ("COMMIT", _FLUSH)}
"""Others need not wait for the disk before they go on; who is told that it is kept does."""

_WIRE = "wire"
"""What the pool keeps it under, beside its connection."""

# The best of them for many sockets takes three system calls to be made.
_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)


class _Here(threading.local):
    """What is of one thread."""

    transaction: Transaction | None = None


class Database:
    """One PostgreSQL, as this process uses it; a thread is in one transaction at a time."""

    def __init__(self, url: str, *, connections: int = CONNECTIONS) -> None:
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            raise UsageError(
                "--store takes postgresql://USER:PASSWORD@HOST/DATABASE, and this is no such URL"
            ) from None
        self.where = parsed.set(query={}).render_as_string()
        self._engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=connections,
            max_overflow=0,
            pool_use_lifo=True,  # the one used last has most of its plans
            pool_reset_on_return=None,  # what ends badly is rolled back before
            connect_args=_CONNECT,
        )
        event.listen(self._engine, "connect", _set_up)
        self.counts: Kept[int] = Kept()
        self.pages: Kept[Sequence[Document]] = Kept(QUERIES)
        """What short queries found: what clients ask for again and again."""
        self.seen: Kept[Document | None] = Kept()
        """Documents of collections that seldom change: who asks, with each request."""
        self.read = Read()
        self.indexer = Indexer(self.run)
        self._here = _Here()
        self._is_lost = False

    @property
    def current(self) -> Transaction | None:
        """The transaction that this thread is in."""
        return self._here.transaction

    def open(self, contracts: Iterable[tuple[Contract, Mapping[str, str]]] = ()) -> None:
        """Make or migrate the schema, and the indexes of contracts; UsageError where it cannot.

        With each contract comes by which member documents of a collection are found.
        """
        try:
            with self._begun("begin", ()) as transaction:
                schema.bring(transaction, self.where)
                for contract, found_by in contracts:
                    self.indexer.know(indexes.bring(transaction, contract, found_by))
                transaction.rows(_FLUSH)  # whoever may not ask for it is told now
        except psycopg.Error as error:
            self.close()
            raise UsageError(f"{self.where} cannot be used: {_line(error)}") from None
        except UsageError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all connections."""
        self.indexer.settle()
        self._engine.dispose()

    def run(self, work: Callable[[Transaction], T], mode: Mode, locks: Sequence[Lock] = ()) -> T:
        """What `work` gives in one transaction; it is done again where that is broken off.

        So is what reads first and writes after all, and what came of two moments. Unreachable,
        Unwritable.
        """
        for _ in range(_ATTEMPTS):
            try:
                with self._begun(mode, locks if mode == "write" else ()) as transaction:
                    return work(transaction)
            except WritesError:
                mode = "write"
            except MovedError:
                mode = "read"
            except _GoneError as error:
                if mode == "note":  # it may have been kept, and must not be twice
                    raise self._told(error) from None
            except psycopg.Error as error:
                if error.sqlstate not in _AGAIN:
                    raise self._told(error) from None
        raise Unwritable(f"Others were in the way {_ATTEMPTS} times.")

    def run_once(
        self, work: Callable[[Transaction], T], mode: Mode, locks: Sequence[Lock] = ()
    ) -> T:
        """What `work` gives in one transaction that is tried once.

        What it is broken off for is raised as it is: with that it is undone. Unreachable,
        Unwritable where it may have been kept.
        """
        try:
            with self._begun(mode, locks) as transaction:
                return work(transaction)
        except psycopg.Error as error:
            if error.sqlstate in (*_AGAIN, _HELD):
                raise
            raise self._told(error) from None

    def without(self, work: Callable[[Transaction], T]) -> T:
        """What `work` gives by what is known already; NeededError where that is not enough."""
        self._here.transaction = transaction = Transaction(None, "look", self.seen)
        try:
            return work(transaction)
        finally:
            self._here.transaction = None

    def transaction(
        self, mode: Mode, place: tuple[str, str] | None = None
    ) -> AbstractContextManager[Transaction]:
        """The transaction that this thread is in; else one of its own, which is tried once.

        Who writes to a place, the contract of a sandbox, is alone there.
        """
        current = self.current
        return self._single(mode, place) if current is None else nullcontext(current)

    @contextmanager
    def _single(self, mode: Mode, place: tuple[str, str] | None) -> Iterator[Transaction]:
        locks = to_write(place) if mode == "write" and place is not None else ()
        try:
            with self._begun(mode, locks) as begun:
                yield begun
        except psycopg.Error as error:
            raise self._told(error) from None

    @contextmanager
    def _begun(self, mode: Mode, locks: Sequence[Lock]) -> Iterator[Transaction]:
        """A transaction that is kept when the block ends well."""
        lent, wire = self._lent()
        connection = wire.connection
        self._here.transaction = begun = Transaction(wire, mode, self.seen)
        try:
            for sql in _BEGIN.get(mode, ()):
                begun.later(sql)
            begun.lock(locks)
            yield begun
            if mode in _BEGIN:
                _keep(begun, connection)
            else:
                begun.end()
        except BaseException as error:
            if not connection.closed:
                connection.rollback()
            elif isinstance(error, psycopg.Error):
                raise _GoneError(_line(error)) from None
            raise
        finally:
            self._here.transaction = None
            if connection.closed:
                lent.invalidate()
                self._engine.dispose()  # the others are as old
            lent.close()
        if self._is_lost:
            self._is_lost = False
            _log.warning("%s is reached again", self.where)

    def _lent(self) -> tuple[PoolProxiedConnection, Wire]:
        """A connection that still stands, as far as this end can know."""
        while True:
            lent = self._engine.raw_connection()
            wire: Wire = lent.info[_WIRE]
            with _Selector() as selector:
                selector.register(wire.connection, selectors.EVENT_READ)
                if not selector.select(0):
                    return lent, wire
            lent.invalidate()  # the other end has said something unasked: its farewell
            self._engine.dispose()

    def _told(self, error: psycopg.Error) -> Exception:
        """What the error comes to; it is itself where it is a mistake of ours."""
        state = error.sqlstate or ""
        if state == _HELD:
            return Unwritable("Others have held what is to be changed for too long.")
        if state[:2] in ("25", "53"):  # a standby, a full disk
            return Unwritable(f"The database takes no changes: {_line(error)}")
        if not isinstance(error, psycopg.OperationalError):
            return error
        if not self._is_lost:
            self._is_lost = True
            _log.error("%s cannot be reached: %s", self.where, _line(error))
        return Unreachable("The database that keeps the state cannot be reached.")


class _GoneError(psycopg.OperationalError):
    """The connection ended before anything was kept."""


def _set_up(connection: psycopg.Connection, record: ConnectionPoolEntry) -> None:
    connection.autocommit = True
    connection.execute(_SETTINGS)
    record.info[_WIRE] = Wire(connection)


def _keep(transaction: Transaction, connection: psycopg.Connection) -> None:
    """Commit; Unwritable where it cannot be told whether that was done, or will last."""
    try:
        transaction.end(*_END.get(transaction.mode, ("COMMIT",)))
    except psycopg.Error:
        if not connection.closed and connection.info.transaction_status != TransactionStatus.IDLE:
            raise
        raise Unwritable(
            "The database went away while it kept this: look whether it did, before you repeat it."
        ) from None


def _line(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
