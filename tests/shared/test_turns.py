"""Those that come at once, or wait to write, are let in together, and harm nobody beside them."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from bench.postgres import Postgres
from understudy.fixtures import fixture
from understudy.server.refusal import Refusal
from understudy.server.sandbox import Sandbox
from understudy.server.shared.world import SharedWorld
from understudy.server.state import COUNTERS
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.lock import Lock, taken
from understudy.server.store.store import Store, Unreachable
from understudy.specs.contract import load

NEXUDUS = load("nexudus")
SESSIONS = "basket_sessions"
Work = Callable[[Store], object]


@pytest.fixture
def world(database: str) -> Iterator[SharedWorld]:
    """One machine, whose two sandboxes have begun with nothing in them."""
    opened = Database(database)
    opened.open([(NEXUDUS, {})])
    made = SharedWorld(opened, {"nexudus": NEXUDUS})
    for name in ("turns", "beside"):
        made.at_once(partial(_begin, made, name))
    yield made
    made.close()


def _begin(world: SharedWorld, name: str) -> None:
    world.declare(name).load(NEXUDUS, fixture.read(NEXUDUS, "empty"))


def _at_once(world: SharedWorld, *works: Work) -> Sequence[Any]:
    """What each gives or is left by; all are there before the first begins."""
    return _beside(world, *(("turns", work) for work in works))


def _beside(world: SharedWorld, *works: tuple[str, Work]) -> Sequence[Any]:
    """The same, of what is done in several sandboxes."""

    async def run() -> Sequence[Any]:
        acts = []
        for name, work in works:
            async with world.visit(name) as sandbox:
                acts.append(_done(sandbox, work))
        return await asyncio.gather(*acts, return_exceptions=True)

    return asyncio.run(run())


async def _done(sandbox: Sandbox, work: Work) -> object:
    """What work that writes gives, in a unit of its own."""

    def act() -> object:
        with sandbox.store("nexudus").unit():
            return work(sandbox.store("nexudus"))

    return await sandbox.run(act, "write", "nexudus")


def _kept(world: SharedWorld) -> list[int]:
    """The sessions that there are."""
    (found,) = _at_once(world, lambda store: store.dump().get(SESSIONS, []))
    return [document["Id"] for document in found]


def _add(store: Store) -> int:
    """One more, told by how many there were."""
    number = store.count(SESSIONS) + 1
    store.put(SESSIONS, number, {"Id": number})
    return number


def _refused(store: Store) -> None:
    """One more, which is not allowed."""
    _add(store)
    raise InterruptedError


def _unsendable(store: Store) -> None:
    """One that no database can hold."""
    store.put(SESSIONS, "torn", {"Id": "\ud800"})


def test_those_that_wait_are_kept_together(world: SharedWorld, database: str) -> None:
    """Each sees what those before it wrote, and all of them are one change."""
    with psycopg.connect(database, autocommit=True) as connection:

        def changes() -> int:
            ((last,),) = connection.execute("SELECT last_value FROM understudy_revisions")
            return int(last)

        before = changes()
        assert _at_once(world, *[_add] * 5) == [1, 2, 3, 4, 5]
        assert changes() == before + 1
    assert _kept(world) == [1, 2, 3, 4, 5]


def test_what_is_said_to_be_new_and_is_not_replaces_what_is_there(world: SharedWorld) -> None:
    """And harms none of those that it goes in with."""

    def put(store: Store) -> None:
        store.put(SESSIONS, 1, {"Id": 1, "IsNew": True}, is_new=True)

    assert _at_once(world, _add) == [1]
    _, second, third = _at_once(world, put, _add, _add)
    assert third == second + 1
    (found,) = _at_once(world, lambda store: store.get(SESSIONS, 1))
    assert found == {"Id": 1, "IsNew": True}
    assert _kept(world) == [1, second, third]


def test_those_that_come_while_one_waits_go_in_with_it(world: SharedWorld, database: str) -> None:
    """Who goes in is decided when nobody else is in there any more."""
    lock = Lock.of("turns", "nexudus")
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    async def run() -> Sequence[object]:
        first = asyncio.create_task(_added(world, "turns"))
        while (await asyncio.to_thread(watch.execute, waiting)).fetchone() == (0,):
            assert not first.done()
        others = [asyncio.create_task(_added(world, "turns")) for _ in range(3)]
        await _come(world, "turns", 1)  # they have come before
        other.commit()
        return await asyncio.gather(first, *others)

    with psycopg.connect(database) as other, psycopg.connect(database, autocommit=True) as watch:
        changes = "SELECT last_value FROM understudy_revisions"
        ((before,),) = watch.execute(changes)
        other.execute(*taken([lock])[:2])
        assert asyncio.run(run()) == [1, 2, 3, 4]
        ((after,),) = watch.execute(changes)
    assert after == before + 1


def test_those_in_several_sandboxes_are_kept_together(world: SharedWorld, database: str) -> None:
    """Each sees its own alone, and all of them are one transaction."""
    found = _beside(world, *[("turns", _add), ("beside", _add)] * 3)
    assert found == [1, 1, 2, 2, 3, 3]
    with psycopg.connect(database) as connection:
        kept = connection.execute("SELECT sandbox, xmin::text FROM understudy_parts").fetchall()
    assert sorted(name for name, _ in kept) == ["beside", "turns"]
    assert len({by for _, by in kept}) == 1


def test_nobody_waits_for_a_sandbox_that_another_holds(world: SharedWorld, database: str) -> None:
    """Also who was to go in together with who waits for it."""

    async def run() -> Sequence[object]:
        held, free = (asyncio.create_task(_added(world, name)) for name in ("turns", "beside"))
        found = [await free, await _added(world, "beside")]
        assert not held.done()
        other.commit()
        return [*found, await held]

    with psycopg.connect(database) as other:
        other.execute(*taken([Lock.of("turns", "nexudus")])[:2])
        assert asyncio.run(run()) == [1, 2, 1]


def test_more_than_go_together_all_get_in(world: SharedWorld) -> None:
    """One lot after the other, whoever they are for."""
    assert _at_once(world, *[_add] * 160) == list(range(1, 161))
    names = [f"more-{number}" for number in range(40)]
    for name in names:
        world.at_once(partial(_begin, world, name))
    assert _beside(world, *((name, _add) for name in names * 2)) == [1] * 40 + [2] * 40


def test_what_one_is_refused_is_undone_alone(world: SharedWorld) -> None:
    """What those beside it wrote stays."""
    found = _at_once(world, _add, _refused, _add)
    assert [str(each) for each in found] == ["1", "", "2"]
    assert _kept(world) == [1, 2]


def test_what_cannot_be_kept_harms_nobody_beside_it(world: SharedWorld) -> None:
    """It fails by itself, and the others are done without it."""
    first, torn, last = _at_once(world, _add, _unsendable, _add)
    assert (first, last) == (1, 2)
    assert isinstance(torn, Exception)
    assert _kept(world) == [1, 2]


def test_what_cannot_be_kept_harms_nobody_in_another_sandbox(world: SharedWorld) -> None:
    """Nor who is beside it in its own."""
    works = [("turns", _add), ("beside", _add), ("turns", _unsendable), ("turns", _add)]
    *found, torn, last = _beside(world, *works)
    assert (*found, last) == (1, 1, 2)
    assert isinstance(torn, Exception)
    assert _kept(world) == [1, 2]


def test_who_is_not_let_in_keeps_nobody_else_out(world: SharedWorld, database: str) -> None:
    """Where sandboxes are declared, and one of those that come at once is not."""
    closed = SharedWorld(Database(database), {"nexudus": NEXUDUS}, is_open=False)

    async def come(name: str) -> object:
        async with closed.visit(name) as sandbox:
            return sandbox.name

    async def run() -> Sequence[object]:
        names = ("turns", "nowhere", "beside")
        return await asyncio.gather(*map(come, names), return_exceptions=True)

    try:
        first, refused, last = asyncio.run(run())
    finally:
        closed.close()
    assert (first, last) == ("turns", "beside")
    assert isinstance(refused, Refusal)


def test_nobody_waits_for_a_database_that_is_away(world: SharedWorld, postgres: Postgres) -> None:
    """Each is told so, and works again when it is back."""
    postgres.kill()
    try:
        found = _at_once(world, *[_add] * 3)
        assert [type(each) for each in found] == [Unreachable] * 3
    finally:
        postgres.start()
    assert _at_once(world, _add, _add) == [1, 2]


def test_those_that_come_at_once_make_a_sandbox_once(world: SharedWorld, database: str) -> None:
    """More of them than are let in together; all of them know the same one."""
    found = asyncio.run(_come(world, "new", 40))

    with psycopg.connect(database) as connection:
        made = connection.execute("SELECT generation FROM understudy_sandboxes WHERE name = 'new'")
        assert {(sandbox.known.generation,) for sandbox in found} == set(made.fetchall())


def test_who_comes_after_a_change_sees_it(world: SharedWorld) -> None:
    """Also where others keep coming, and who comes is let in with those that wait."""

    async def run() -> list[bool]:
        is_over = False
        seen = []

        async def crowd() -> None:
            while not is_over:
                await _come(world, "turns", 8)

        crowds = [asyncio.create_task(crowd()) for _ in range(3)]
        for _ in range(20):
            (one,) = await _come(world, "turns", 1)
            before = one.clock.now()
            await one.run(partial(one.clock.advance, timedelta(hours=1)), "own")
            (other,) = await _come(world, "turns", 1)
            seen.append(other.clock.now() - before >= timedelta(hours=1))
        is_over = True
        await asyncio.gather(*crowds)
        return seen

    assert asyncio.run(run()) == [True] * 20


def test_the_numbers_that_are_read_ahead_are_those_that_there_are(world: SharedWorld) -> None:
    """Also after all was put in place of others, or was not after all."""

    def last(store: Store) -> object:
        found = store.get(COUNTERS, SESSIONS)
        return None if found is None else found["last"]

    def load(number: int, store: Store) -> None:
        store.load({COUNTERS: [(SESSIONS, {"name": SESSIONS, "last": number})]})

    def refuse(store: Store) -> None:
        load(7, store)
        raise InterruptedError

    assert _at_once(world, last, partial(load, 3)) == [None, None]
    found = _at_once(
        world, last, refuse, last, partial(load, 5), last, lambda store: store.clear(), last
    )
    assert [found[0], *found[2:]] == [3, 3, None, 5, None, None]


async def _added(world: SharedWorld, name: str) -> object:
    """One more, in the sandbox of that name."""
    async with world.visit(name) as sandbox:
        return await _done(sandbox, _add)


async def _come(world: SharedWorld, name: str, count: int) -> Sequence[Any]:
    """The sandbox of that name as so many see it that come at once."""

    async def come() -> Sandbox:
        async with world.visit(name) as sandbox:
            return sandbox

    return await asyncio.gather(*(come() for _ in range(count)))
