"""Those that come to one sandbox at once, or wait to write to it, are let in together."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from bench.postgres import Postgres
from understudy.fixtures import fixture
from understudy.server.sandbox import Sandbox
from understudy.server.shared.world import SharedWorld
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.lock import Lock, taken
from understudy.server.store.store import Store, Unreachable
from understudy.specs.contract import load

NEXUDUS = load("nexudus")
SESSIONS = "basket_sessions"
Work = Callable[[Store], object]


@pytest.fixture
def world(database: str) -> Iterator[SharedWorld]:
    """One machine, whose sandbox has begun with nothing in it."""
    opened = Database(database)
    opened.open([(NEXUDUS, {})])
    made = SharedWorld(opened, {"nexudus": NEXUDUS})
    made.at_once(lambda: made.declare("turns").load(NEXUDUS, fixture.read(NEXUDUS, "empty")))
    yield made
    made.close()


def _at_once(world: SharedWorld, *works: Work) -> Sequence[Any]:
    """What each gives or is left by; all are there before the first begins."""

    def act(sandbox: Sandbox, work: Work) -> object:
        with sandbox.store("nexudus").unit():
            return work(sandbox.store("nexudus"))

    async def run() -> Sequence[Any]:
        acts = []
        for work in works:
            async with world.visit("turns") as sandbox:
                acts.append(sandbox.run(partial(act, sandbox, work), "write", "nexudus"))
        return await asyncio.gather(*acts, return_exceptions=True)

    return asyncio.run(run())


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


def test_those_that_come_while_one_waits_go_in_with_it(world: SharedWorld, database: str) -> None:
    """Who goes in is decided when nobody else is in there any more."""
    lock = Lock.of("turns", "nexudus")
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    async def add() -> object:
        async with world.visit("turns") as sandbox:
            work = partial(_add, sandbox.store("nexudus"))
            return await sandbox.run(work, "write", "nexudus")

    async def run() -> Sequence[object]:
        first = asyncio.create_task(add())
        while (await asyncio.to_thread(watch.execute, waiting)).fetchone() == (0,):
            assert not first.done()
        others = [asyncio.create_task(add()) for _ in range(3)]
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


def test_more_than_go_together_all_get_in(world: SharedWorld) -> None:
    """One lot after the other."""
    assert _at_once(world, *[_add] * 40) == list(range(1, 41))


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


async def _come(world: SharedWorld, name: str, count: int) -> Sequence[Any]:
    """The sandbox of that name as so many see it that come at once."""

    async def come() -> Sandbox:
        async with world.visit(name) as sandbox:
            return sandbox

    return await asyncio.gather(*(come() for _ in range(count)))
