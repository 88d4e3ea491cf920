"""The journal in a database is bounded as that in memory is."""

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import orjson
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.server.journal import Asked, Diary, Journal
from understudy.server.shared import statements
from understudy.server.shared.events import to_json
from understudy.server.shared.journal import Addition, Bounds, SharedJournal
from understudy.server.shared.lots import Line, packed, unpacked
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.schema import VERSIONS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SANDBOX = "journal"


def asked(size: int) -> Asked:
    """A request whose answer is so long."""
    return Asked(None, None, "GET", "/", (), b"", 200, (), b"x" * size, 1.0, (), (), ())


def written(event: Asked) -> Line:
    """What is written down of it."""
    return Line(SANDBOX, NOW, NOW, event.size, to_json(event))


def _plain(lines: Sequence[Line]) -> bytes:
    """What is in a row, not packed."""
    return orjson.dumps(
        [(line.at, line.clock, line.size, orjson.Fragment(line.event)) for line in lines]
    )


@given(
    st.lists(st.lists(st.integers(0, 4_000), min_size=1, max_size=4), max_size=6),
    st.integers(0, 6),
    st.integers(1, 5),
    st.integers(3_000, 12_000),
)
def test_the_same_entries_go(
    opened: Database, lots: Sequence[Sequence[int]], cleared: int, most: int, most_bytes: int
) -> None:
    """The oldest, whichever bound is met, one that is too long among them; and they are counted.

    So it is where several are written down together, and where all are forgotten in between.
    """
    plain = Journal(most, most_bytes)
    shared = SharedJournal(opened, SANDBOX, {}, most, most_bytes)
    with opened.transaction("write") as transaction:
        name = {"name": SANDBOX}
        transaction.change("DELETE FROM understudy_sandboxes WHERE name = %(name)s", name)
        transaction.change(
            "INSERT INTO understudy_sandboxes (name, own) VALUES (%(name)s, '{}')", name
        )
        for number, lot in enumerate(lots):
            if number == cleared:
                plain.clear()
                shared.clear()
            events = [asked(size) for size in lot]
            for event in events:
                plain.write(event, NOW, NOW)
            if len(events) == 1:
                shared.write(events[0], NOW, NOW)
            else:
                addition = Addition([written(each) for each in events], Bounds(most, most_bytes))
                addition.trim(transaction, transaction.rows(statements.ADD, addition.parameters))
        assert _told(shared) == _told(plain)
        assert (len(shared), shared.dropped) == (len(plain), plain.dropped)


def test_what_has_no_room_does_not_stay_for_long(opened: Database) -> None:
    """Now and then it is removed, and not only left out."""
    shared = SharedJournal(opened, SANDBOX, {}, most=10)
    with opened.transaction("write") as transaction:
        transaction.change(
            "INSERT INTO understudy_sandboxes (name, own) VALUES (%(name)s, '{}')"
            " ON CONFLICT DO NOTHING",
            {"name": SANDBOX},
        )
        for _ in range(50):
            shared.write(asked(1), NOW, NOW)
        ((there,),) = transaction.rows("SELECT count(*) FROM understudy_lots")
    assert 10 <= there <= 11


def test_the_entries_of_an_older_schema_are_kept(database: str) -> None:
    """With their numbers, and how many had made room for others; what comes then comes last."""
    events = [asked(size) for size in (1, 2)]
    with psycopg.connect(database) as connection:
        for step in VERSIONS[:5]:
            connection.execute(step)
        connection.execute("CREATE TABLE understudy_schema (version integer NOT NULL)")
        connection.execute("INSERT INTO understudy_schema VALUES (5)")
        connection.execute(
            "INSERT INTO understudy_sandboxes (name, own) VALUES (%s, '{}')", [SANDBOX]
        )
        until = sum(event.size for event in events)
        connection.execute(
            "INSERT INTO understudy_journals (sandbox, last, written, dropped)"
            " VALUES (%s, 9, %s, 4)",
            [SANDBOX, until],
        )
        for number, event in enumerate(events, 8):
            connection.execute(
                "INSERT INTO understudy_entries VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    *(SANDBOX, number, NOW, NOW, event.size),
                    until - (events[1].size if number == 8 else 0),
                    to_json(event).decode(),
                ],
            )
    opened = Database(database)
    opened.open()
    shared = SharedJournal(opened, SANDBOX, {})
    shared.write(asked(3), NOW, NOW)
    assert (len(shared), shared.dropped) == (3, 4)
    found = list(shared.entries())
    assert [entry.number for entry in found] == [8, 9, 10]
    assert [entry.event.size for entry in found] == [asked(size).size for size in (1, 2, 3)]
    assert {(entry.at, entry.clock) for entry in found} == {(NOW, NOW)}
    opened.close()


@pytest.mark.parametrize("pack", [packed, lambda lines: zlib.compress(_plain(lines)), _plain])
def test_what_an_earlier_version_packed_is_read(pack: Callable[[Sequence[Line]], bytes]) -> None:
    """As what this one packs."""
    lines = [written(asked(size)) for size in (1, 70_000, 70_000)]
    found = list(unpacked(pack(lines), 9, 200_000))
    assert [(each.number, each.at, each.clock) for each in found] == [
        (n, NOW, NOW) for n in (7, 8, 9)
    ]
    assert [each.until - each.size for each in found][1:] == [each.until for each in found][:-1]
    assert [orjson.dumps(each.event) for each in found] == [line.event for line in lines]


def _told(journal: Diary) -> Sequence[object]:
    """What it tells of each entry."""
    return [
        (entry.number, entry.at, entry.clock, entry.size, to_json(entry.event))
        for entry in journal.entries()
    ]
