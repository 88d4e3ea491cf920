"""What was asked is written down, whatever becomes of the sandboxes meanwhile."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from understudy.server.journal import Asked
from understudy.server.shared.events import to_json
from understudy.server.shared.journal import SharedJournal
from understudy.server.shared.lots import Line
from understudy.server.shared.scribe import Scribe
from understudy.server.store.postgres.database import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVENT = Asked(None, None, "GET", "/", (), b"", 200, (), b"", 1.0, (), (), ())


@pytest.fixture
def opened(database: str) -> Iterator[Database]:
    """A database of the test's own, with two sandboxes and nothing in their journals."""
    made = Database(database)
    made.open()
    with made.transaction("write") as transaction:
        transaction.change(
            "INSERT INTO understudy_sandboxes (name, own) VALUES ('one', '{}'), ('two', '{}')"
        )
    yield made
    made.close()


def _write(database: Database, *names: str) -> None:
    """Write a line for each at once, and wait for all of them."""

    async def write() -> None:
        lines = [Line(name, NOW, NOW, EVENT.size, to_json(EVENT)) for name in names]
        await asyncio.wait_for(asyncio.gather(*map(scribe.write, lines)), 20)

    scribe = Scribe(database)
    asyncio.run(write())
    scribe.close()


def _kept(database: Database, *names: str) -> list[int]:
    return [len(SharedJournal(database, name, {})) for name in names]


def test_lines_of_many_sandboxes_are_written_at_once(opened: Database) -> None:
    """Each into its own journal; what is for none that there is goes nowhere."""
    _write(opened, "one", "two", "three", "one")
    assert _kept(opened, "one", "two", "three") == [2, 1, 0]


def test_a_sandbox_that_is_deleted_meanwhile_takes_no_other_line_with_it(
    opened: Database, database: str
) -> None:
    """Who writes down finds that it is there, waits for who deletes it, and finds it gone."""
    _write(opened, "one", "two")
    writer = threading.Thread(target=_write, args=(opened, "one", "two"))
    with psycopg.connect(database) as other, psycopg.connect(database, autocommit=True) as watch:
        other.execute("DELETE FROM understudy_sandboxes WHERE name = 'one'")
        writer.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while watch.execute(waiting).fetchone() == (0,):
            assert writer.is_alive()
        other.commit()
    writer.join()
    assert _kept(opened, "one", "two") == [0, 2]


def test_what_cannot_be_written_down_keeps_nobody_waiting(
    opened: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """It is lost, which the log tells, and what comes then is written."""
    with caplog.at_level(logging.WARNING, "understudy.store"):
        _write(opened, "no\0name")
    assert "1 entries of journals are lost" in caplog.text
    _write(opened, "one")
    assert _kept(opened, "one") == [1]
