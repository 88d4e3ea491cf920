"""The journal in a database is bounded as that in memory is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from understudy.server.journal import Asked, Journal
from understudy.server.shared.journal import SharedJournal
from understudy.server.store.postgres.database import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.lists(st.integers(0, 4_000), max_size=8), st.integers(1, 5), st.integers(3_000, 12_000))
def test_the_same_entries_go(
    opened: Database, sizes: Sequence[int], most: int, most_bytes: int
) -> None:
    """The oldest, whichever bound is met, one that is too long among them; and they are counted."""
    plain = Journal(most, most_bytes)
    shared = SharedJournal(opened, "journal", {}, most, most_bytes)
    with opened.transaction("write") as transaction:
        name = {"name": "journal"}
        transaction.change("DELETE FROM understudy_sandboxes WHERE name = %(name)s", name)
        transaction.change(
            "INSERT INTO understudy_sandboxes (name, own) VALUES (%(name)s, '{}')", name
        )
        for size in sizes:
            event = Asked(None, None, "GET", "/", (), b"", 200, (), b"x" * size, 1.0, (), (), ())
            for journal in (plain, shared):
                journal.write(event, NOW, NOW)
        kept = [[entry.number for entry in journal.entries()] for journal in (plain, shared)]
        assert kept[0] == kept[1]
        assert (len(shared), shared.dropped) == (len(plain), plain.dropped)
