"""What reads without a transaction sees one moment all the same."""

import asyncio
from collections.abc import Iterator

import pytest

from understudy.fixtures import fixture
from understudy.server.sandbox import Sandbox
from understudy.server.shared.world import CONNECTIONS, SharedWorld
from understudy.server.store.postgres.database import Database
from understudy.server.store.query import Condition
from understudy.specs.contract import load

pytestmark = pytest.mark.xdist_group("shared")

NEXUDUS = load("nexudus")
SESSIONS = "basket_sessions"
ALL = (Condition(("Id",), "isnull", value=False),)


@pytest.fixture
def world(database: str) -> Iterator[SharedWorld]:
    opened = Database(database, connections=CONNECTIONS)
    opened.open([NEXUDUS])
    made = SharedWorld(opened, {"nexudus": NEXUDUS})
    yield made
    made.close()


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
