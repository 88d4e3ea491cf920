"""`SharedWorld`: the sandboxes of many workers and machines."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import orjson
import psycopg

from ...specs.contract import Contract
from ...specs.errors import UsageError
from ..faults.catalogue import find
from ..faults.fault import Behaviour
from ..faults.transport import Transport
from ..sandbox import Reach, Sandbox
from ..store.postgres.database import Database
from ..store.postgres.lock import Lock, to_own, to_write
from ..store.postgres.transaction import Mode, NeededError, Transaction, WritesError
from ..store.store import Unwritable
from ..world import DEFAULT, IDLE, check_new, full
from . import statements
from .lots import Line
from .sandbox import SharedSandbox
from .scribe import Scribe
from .session import Session
from .turns import Asked, Turns, Way

T = TypeVar("T")

THREADS = 8
"""So many requests of a worker are in the database at once; each has a connection."""
CONNECTIONS = THREADS + 2
"""One more writes the journal, and one makes indexes."""
_MAKING = Lock.of("", "sandboxes")
"""Whoever makes a sandbox holds it; no sandbox has this name."""
Work = tuple[Callable[[], T], SharedSandbox | None]
"""What is to be done, and where."""


class _ApartError(Exception):
    """Work that asks for no contract needs the database after all; alone, it is no transaction."""

    def __init__(self, *, is_alone: bool = False) -> None:
        super().__init__()
        self.is_alone = is_alone


class _Anchor:
    """Stands for a sandbox in this process, which sees it as a new one with each request."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """What work was left by; what it had done before stays."""

    error: Exception


class SharedWorld:
    """Sandboxes in a database. Of one contract in one sandbox one changes what is in it at a time.

    Who waits for that goes in with all others that do here, in one transaction (`Turns`); and who
    comes is told of the sandbox with all others that come. Who reads sees it as it was at one
    moment, and waits for nobody.
    """

    def __init__(
        self,
        database: Database,
        contracts: Mapping[str, Contract],
        *,
        most: int = 1000,
        is_open: bool = True,
        time_of: Callable[[datetime], datetime] = lambda at: at,
    ) -> None:
        self._time_of = time_of
        self._database = database
        self._contracts = contracts
        self._most = most
        self._is_open = is_open
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(
            THREADS, "understudy-store", partial(setattr, self._local, "is_elsewhere", True)
        )
        self._scribe = Scribe(database)
        self._turns: Turns[Work[Any]] = Turns(self._together)
        self._arrivals: Turns[Work[str | None]] = Turns(self._arrive)
        self._faults: dict[str, Behaviour | None] = {}
        self._anchors: dict[str, tuple[int, object]] = {}

    @property
    def default(self) -> Sandbox:
        """The sandbox of requests that name none."""
        return self.find(DEFAULT) or self.declare(DEFAULT)

    def find(self, name: str) -> Sandbox | None:
        """The sandbox of that name, if there is one; nobody else is in it while it may change."""
        session = self._session
        if name in session.sandboxes:
            return session.sandboxes[name]
        if session.transaction.may_write:
            session.transaction.lock(to_own(name))
        return self._adopted(session, name)

    def declare(self, name: str) -> Sandbox:
        """A new sandbox; Refusal(503) when there is no room."""
        session, transaction = self._session, self._session.transaction
        transaction.must_write()
        transaction.lock([_MAKING])
        ((count,),) = transaction.rows(statements.COUNT)
        if count >= self._most:
            idle = transaction.rows(statements.IDLE, {"name": DEFAULT, "idle": IDLE})
            if not idle:
                raise full(self._most)
            self.delete(idle[0][0])
        own = orjson.dumps(self._new(name).memory().own).decode()
        transaction.change(statements.MAKE, {"name": name, "own": own})
        made = self._adopted(session, name)
        if made is None:
            raise RuntimeError(f'the sandbox "{name}" was made and is not there')
        return made

    def delete(self, name: str) -> None:
        """Let go of a sandbox and all that is in it."""
        session = self._session
        session.sandboxes.pop(name, None)
        for statement in (statements.DOCUMENTS, statements.DISCARD):
            session.transaction.change(statement, {"name": name})

    def all(self) -> Sequence[Sandbox]:
        """The sandboxes that there are."""
        session = self._session
        names = [name for (name,) in session.transaction.rows(statements.NAMES)]
        found = (session.sandboxes.get(name) or self._adopted(session, name) for name in names)
        return [sandbox for sandbox in found if sandbox is not None]

    def visit(self, name: str) -> "_Visit":
        """The sandbox of that name for a request, made if need be."""
        check_new(name, is_open=True)
        return _Visit(self._new(name))

    def is_reachable(self) -> bool:
        """Whether the database answers."""
        if not getattr(self._local, "is_elsewhere", False):
            raise _ApartError(is_alone=True)
        try:
            self._database.run(lambda transaction: transaction.rows("SELECT"), "look")
        except Unwritable:
            return False
        return True

    def at_once(self, work: Callable[[], T]) -> T:
        """Do work in one transaction, and wait for it."""
        return self._done(work, "begin", (), None)

    def settle(self) -> None:
        """Let go of the connections: a process that is forked off must not share them."""
        self._database.close()

    def close(self) -> None:
        """Let those under way end, and let go of the database."""
        self._threads.shutdown()
        self._scribe.close()
        self._database.close()

    async def arrive(self, sandbox: SharedSandbox) -> None:
        """Have the sandbox know what there is to know; it is made where it is not."""
        _given(await self._arrivals.take(sandbox.name, (sandbox.unused, sandbox)))

    async def perform(
        self, sandbox: SharedSandbox, work: Callable[[], T], reach: Reach, contract: str | None
    ) -> T:
        """Do work in one transaction; work that asks for no contract may need none."""
        if contract is None and reach != "own":
            try:
                return work()
            except _ApartError as apart:
                if apart.is_alone:
                    return await self._elsewhere(work)
                mode: Mode = "read" if reach == "read" else "write"
                return await self._elsewhere(partial(self._done, work, mode, (), None))
        if reach in ("look", "read") and sandbox.known is not None:
            with suppress(NeededError, WritesError):
                # What was asked last time is known, unless something was written since.
                return _given(self._database.without(partial(self._attempt, work, sandbox)))
        if reach == "write" and contract is not None:
            where = sandbox.name, contract
            found: T | _Raised = await self._turns.take(where, (work, sandbox))
            return _given(found)
        mode = reach if reach in ("look", "read") else "write"
        if mode == "read" and sandbox.known is not None:
            mode = "glance"  # two statements less, and seldom has anybody written since it came
        locks = to_own(sandbox.name) if contract is None else to_write((sandbox.name, contract))
        return await self._elsewhere(partial(self._done, work, mode, locks, sandbox))

    async def write_down(self, line: Line) -> None:
        """Add an entry to a journal."""
        await self._scribe.write(line)

    @property
    def _session(self) -> Session:
        found: Session | None = getattr(self._local, "session", None)
        if found is None:
            raise _ApartError
        return found

    async def _elsewhere(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _done(
        self,
        work: Callable[[], T],
        mode: Mode,
        locks: Sequence[Lock],
        sandbox: SharedSandbox | None,
    ) -> T:
        """What work gives or is left by, in a transaction that is kept in either case."""
        return _given(self._database.run(partial(self._attempt, work, sandbox), mode, locks))

    def _attempt(
        self, work: Callable[[], T], sandbox: SharedSandbox | None, transaction: Transaction
    ) -> T | _Raised:
        return self._attempts(lambda: [(work, sandbox)], transaction)[0]

    def _attempts(
        self,
        asked: Asked[Work[T]],
        transaction: Transaction,
        places: Sequence[tuple[str, str]] = (),
    ) -> Sequence[T | _Raised]:
        """What comes of each in one transaction, one after the other.

        Where all write to contracts of sandboxes, they are asked for when nobody else does.
        """
        session = self._local.session = Session(transaction, self._fault)
        found = []
        try:
            if places:
                session.read_ahead({name for name, _ in places}, places)
            come = asked()
            if not places:
                session.read_ahead({s.name for _, s in come if s is not None and s.known is None})
            for work, sandbox in come:
                found.append(_left(partial(self._inside, session, work, sandbox)))
            session.save()
            session.learn()
            return found
        finally:
            self._local.session = None

    async def _arrive(
        self, _: Sequence[str], asked: Asked[Work[str | None]], way: Way
    ) -> Sequence[str | _Raised | None]:
        """Which of the sandboxes that they come to was unused until now; each is read once."""

        def arrive() -> Sequence[str | _Raised | None]:
            run = self._database.run if way == "apart" else self._database.run_once
            found = run(partial(self._attempts, asked), "look")
            names = sorted({name for name in found if isinstance(name, str)})
            if names:
                use = partial(Transaction.change, sql=statements.USED, parameters={"names": names})
                self._database.run(use, "write")
            return found

        return await self._elsewhere(arrive)

    async def _together(
        self, places: Sequence[tuple[str, str]], asked: Asked[Work[Any]], way: Way
    ) -> Sequence[Any]:
        """What comes of each that changes contracts of sandboxes, in one transaction for all."""
        work, locks = partial(self._attempts, asked, places=places), to_write(*places)
        if way == "apart":
            return await self._elsewhere(partial(self._database.run, work, "write", locks))
        return await self._elsewhere(partial(self._database.run_once, work, "turn", locks))

    def _inside(self, session: Session, work: Callable[[], T], sandbox: SharedSandbox | None) -> T:
        """Work that is done in its sandbox."""
        if sandbox is not None:
            self._let_in(session, sandbox)
        return work()

    def _let_in(self, session: Session, sandbox: SharedSandbox) -> None:
        """Have a request's sandbox be as it is now; a look and a glance take what it was."""
        if sandbox.known is not None and session.transaction.mode in ("look", "glance"):
            session.enter(sandbox, sandbox.known)
        elif sandbox.name in session.sandboxes:
            session.follow(sandbox)
        elif not session.adopt(sandbox):
            check_new(sandbox.name, is_open=self._is_open or sandbox.name == DEFAULT)
            self.declare(sandbox.name)
            session.adopt(sandbox)
        if sandbox.known is not None:
            sandbox.anchor = self._anchor(sandbox.name, sandbox.known.generation)

    def _adopted(self, session: Session, name: str) -> SharedSandbox | None:
        sandbox = self._new(name)
        return sandbox if session.adopt(sandbox) else None

    def _new(self, name: str) -> SharedSandbox:
        return SharedSandbox(name, self._database, self._contracts, self, self._time_of)

    def _anchor(self, name: str, generation: int) -> object:
        """What stands for a sandbox in this process; of one made anew it is another."""
        known = self._anchors.get(name)
        if known is None or known[0] != generation:
            if len(self._anchors) >= self._most:
                del self._anchors[next(iter(self._anchors))]
            known = self._anchors[name] = generation, _Anchor()
        return known[1]

    def _fault(self, name: str) -> Behaviour | None:
        """The fault of behaviour of that name; it is looked for once."""
        if name not in self._faults:
            try:
                found = find(name, self._contracts)
            except UsageError:
                self._faults[name] = None
            else:
                self._faults[name] = None if isinstance(found, Transport) else found
        return self._faults[name]


def _left(work: Callable[[], T]) -> T | _Raised:
    """What work gives or is left by."""
    try:
        return work()
    except (NeededError, WritesError, psycopg.Error):
        raise
    except Exception as error:  # a refusal, or whatever else: it is raised after the commit
        return _Raised(error)


def _given(found: "T | _Raised") -> T:
    """What work gave; what it was left by is raised."""
    if isinstance(found, _Raised):
        raise found.error
    return found


class _Visit:
    """A request in a sandbox, which exists when it is let in, unless the database is away.

    Then it will be told so where there are the words for it.
    """

    def __init__(self, sandbox: SharedSandbox) -> None:
        self._sandbox = sandbox

    async def __aenter__(self) -> Sandbox:
        if self._sandbox.name != DEFAULT:
            with suppress(Unwritable):
                await self._sandbox.arrive()
        return self._sandbox

    async def __aexit__(self, *_: object) -> None:
        """Nothing is left to do."""
