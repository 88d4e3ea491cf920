"""What reads without a transaction, or from memory, sees one moment all the same."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.fixtures import fixture
from understudy.server.sandbox import Reach, Sandbox
from understudy.server.shared.world import CONNECTIONS, SharedWorld
from understudy.server.store.postgres.database import Database
from understudy.server.store.query import Condition, Query, SortKey
from understudy.specs.contract import load

T = TypeVar("T")
NEXUDUS = load("nexudus")
SESSIONS = "basket_sessions"
ALL = (Condition(("Id",), "isnull", value=False),)


WRITES = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["put", "delete", "load", "undo", "anew"]),
        st.sampled_from([SESSIONS, "users", "_counters"]),
        st.integers(1, 2),
    ),
    max_size=8,
)
"""Who writes, what is done, in which collection, under which key."""


@contextmanager
def _opened(database: str) -> Iterator[SharedWorld]:
    opened = Database(database, connections=CONNECTIONS)
    opened.open([(NEXUDUS, {})])
    made = SharedWorld(opened, {"nexudus": NEXUDUS})
    yield made
    made.close()


@pytest.fixture
def world(database: str) -> Iterator[SharedWorld]:
    with _opened(database) as made:
        yield made


@pytest.fixture
def worlds(database: str) -> Iterator[Sequence[SharedWorld]]:
    """Two machines."""
    with ExitStack() as stack:
        yield [stack.enter_context(_opened(database)) for _ in range(2)]


async def _write(world: SharedWorld) -> None:
    """Begin with a fixture that is empty, and add a session."""

    def add(sandbox: Sandbox) -> None:
        sandbox.begin(NEXUDUS, fixture.read(NEXUDUS, "empty"))
        number = sandbox.store("nexudus").count(SESSIONS) + 1
        sandbox.store("nexudus").put(SESSIONS, number, {"Id": number})

    async with world.visit("glanced") as sandbox:
        await sandbox.run(lambda: add(sandbox), "write", "nexudus")


@pytest.mark.parametrize(("writes", "seen"), [(False, [(1, 1)]), (True, [(1, 2), (2, 2)])])
def test_who_is_overtaken_by_a_writer_reads_again(
    world: SharedWorld, writes: bool, seen: list[tuple[int, int]]
) -> None:
    """And only then."""
    read: list[tuple[int, int]] = []

    def look(sandbox: Sandbox) -> tuple[int, int]:
        store = sandbox.store("nexudus")
        store.dump()  # this takes the database: what is known already is asked for without it
        first = store.count(SESSIONS)
        if writes and not read:
            asyncio.run(_write(world))
        read.append((first, len(store.dump()[SESSIONS])))
        return read[-1]

    async def glance() -> tuple[int, int]:
        async with world.visit("glanced") as sandbox:
            return await sandbox.run(lambda: look(sandbox), "read", "nexudus")

    asyncio.run(_write(world))
    assert asyncio.run(glance()) == seen[-1]
    assert read == seen


def test_a_look_sees_what_was_there_when_the_request_came(world: SharedWorld) -> None:
    """Also where one before it has looked: what changed since is looked at anew."""

    async def look() -> object:
        async with world.visit("glanced") as sandbox:
            await sandbox.arrive()
            store = sandbox.store("nexudus")
            return await sandbox.run(lambda: store.get(SESSIONS, 2), "look", "nexudus")

    asyncio.run(_write(world))
    assert [asyncio.run(look()) for _ in range(2)] == [None, None]
    asyncio.run(_write(world))
    assert [asyncio.run(look()) for _ in range(2)] == [{"Id": 2}] * 2


def _shown(sandbox: Sandbox) -> tuple[int, Sequence[int], Sequence[int], bool]:
    """How many sessions there are, a page, a filter's count, and whether the database told so."""
    store = sandbox.store("nexudus")
    page = store.find(Query(SESSIONS, (), (SortKey(("Id",), "number"),), limit=25))
    counted = store.count(SESSIONS, ALL)
    is_elsewhere = threading.current_thread() is not threading.main_thread()
    return store.count(SESSIONS), [row["Id"] for row in page], [counted], is_elsewhere


def test_a_page_that_was_read_is_known_until_something_is_written(world: SharedWorld) -> None:
    """What it shows is what there is, with the database and without it."""

    async def read() -> object:
        async with world.visit("glanced") as sandbox:
            await sandbox.arrive()
            return await sandbox.run(lambda: _shown(sandbox), "read", "nexudus")

    for number in (1, 2):
        asyncio.run(_write(world))
        ids = list(range(1, number + 1))
        assert asyncio.run(read()) == (number, ids, [number], True)
        assert asyncio.run(read()) == (number, ids, [number], False)


@pytest.mark.parametrize("reach", ["read", "look"])
def test_what_was_found_while_another_wrote_is_not_known(world: SharedWorld, reach: Reach) -> None:
    """Who came before that would be shown documents of two moments."""

    async def work() -> None:
        async with world.visit("glanced") as early, world.visit("glanced") as late:
            await early.arrive()
            await late.arrive()
            store = late.store("nexudus")
            has_written = False

            def overtaken() -> object:
                nonlocal has_written
                store.dump()  # this takes the database
                if not has_written:
                    has_written = True
                    asyncio.run(_write(world))
                return _shown(late)

            late_saw = await late.run(overtaken, reach, "nexudus")
            # What is looked at is of its own moment each; what is read is of one.
            assert late_saw == (2 if reach == "read" else 1, [1, 2], [2], True)
            number, ids, counted, _ = await early.run(lambda: _shown(early), "read", "nexudus")
            assert (ids, counted) == (list(range(1, number + 1)), [number])

    asyncio.run(_write(world))
    asyncio.run(work())


def test_a_page_that_is_long_is_not_known(world: SharedWorld) -> None:
    """It would take memory that many short ones share."""
    long = "x" * 200_000

    def read(sandbox: Sandbox) -> tuple[int, bool]:
        found = sandbox.store("nexudus").find(Query(SESSIONS, ALL))
        is_elsewhere = threading.current_thread() is not threading.main_thread()
        return len(found[0]["JsonContents"]), is_elsewhere

    async def work() -> None:
        async with world.visit("glanced") as sandbox:
            store = sandbox.store("nexudus")
            document = {"Id": 1, "JsonContents": long}
            await sandbox.run(lambda: store.put(SESSIONS, 1, document), "write", "nexudus")
        for _ in range(2):
            async with world.visit("glanced") as sandbox:
                await sandbox.arrive()
                found = await sandbox.run(partial(read, sandbox), "read", "nexudus")
                assert found == (len(long), True)

    asyncio.run(_write(world))
    asyncio.run(work())


class _Model:
    """What is written to two machines, and what both must show then."""

    def __init__(self, worlds: Sequence[SharedWorld]) -> None:
        self._worlds = worlds
        self._documents: dict[tuple[str, int], dict[str, int]] = {}
        self._count = 0
        self.begin()

    def begin(self) -> None:
        """Have the sandbox anew, and nothing in it."""

        def begin() -> None:
            if self._worlds[0].find("both") is not None:
                self._worlds[0].delete("both")
            self._worlds[0].declare("both").load(NEXUDUS, fixture.read(NEXUDUS, "empty"))

        self._worlds[0].at_once(begin)
        self._documents = {}

    def write(self, who: int, what: str, collection: str, key: int) -> None:
        """Do it, and know what it comes to."""
        self._count += 1
        document = {"Id": self._count}
        if what == "anew":
            self.begin()
            return

        def act(sandbox: Sandbox) -> None:
            store = sandbox.store("nexudus")
            if what == "load":
                store.load({collection: [(key, document)]})
            elif what == "delete":
                store.delete(collection, key)
            else:
                with store.unit():
                    store.put(collection, key, document)
                    if what == "undo":
                        raise InterruptedError

        with suppress(InterruptedError):
            self._run(who, act, "write")
        if what == "load":
            self._documents.clear()
        if what in ("put", "load"):
            self._documents[collection, key] = document
        if what == "delete":
            self._documents.pop((collection, key), None)

    def check(self, reach: Reach) -> None:
        """Whether both show it."""
        for who in range(2):
            for collection in (SESSIONS, "users", "_counters"):
                for key in (1, 2):
                    wanted = self._documents.get((collection, key))
                    assert self._run(who, _getting(collection, key), reach) == wanted
                shown = [self._documents.get((collection, key)) for key in (1, 2)]
                ids = sorted(document["Id"] for document in shown if document is not None)
                assert self._run(who, _listing(collection), reach) == (ids, len(ids))

    def _run(self, who: int, work: Callable[[Sandbox], T], reach: Reach) -> T:
        async def run() -> T:
            async with self._worlds[who].visit("both") as sandbox:
                await sandbox.arrive()
                return await sandbox.run(lambda: work(sandbox), reach, "nexudus")

        return asyncio.run(run())


def _getting(collection: str, key: int) -> Callable[[Sandbox], object]:
    return lambda sandbox: sandbox.store("nexudus").get(collection, key)


def _listing(collection: str) -> Callable[[Sandbox], object]:
    def listed(sandbox: Sandbox) -> object:
        store = sandbox.store("nexudus")
        found = store.find(Query(collection, ALL, (SortKey(("Id",), "number"),), limit=25))
        return [document["Id"] for document in found], store.count(collection, ALL)

    return listed


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=WRITES, reach=st.sampled_from(["look", "read", "write"]))
def test_what_one_machine_knows_is_what_another_has_written(
    worlds: Sequence[SharedWorld], writes: Sequence[tuple[int, str, str, int]], reach: Reach
) -> None:
    """Each remembers documents as long as their collection is the same, and no longer."""
    model = _Model(worlds)
    model.check(reach)
    for write in writes:
        model.write(*write)
        model.check(reach)
