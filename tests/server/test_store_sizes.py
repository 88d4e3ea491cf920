"""How many documents there are is known without a count, and is what a count would give."""

from collections.abc import Sequence
from contextlib import suppress

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.schema import VERSIONS
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.query import Condition

PLACES = st.tuples(st.sampled_from(["goods", "orders"]), st.integers(0, 3))
ACTS = st.lists(st.tuples(st.sampled_from(["put", "delete", "load"]), PLACES), max_size=6)
UNITS = st.lists(st.tuples(st.booleans(), ACTS), max_size=4)
Acts = Sequence[tuple[str, tuple[str, int]]]
ALL = (Condition(("id",), "isnull", value=False),)
"""What every document meets, so that they must be counted."""


def _do(store: PostgresStore, acts: Acts) -> None:
    for what, (collection, key) in acts:
        if what == "put":
            store.put(collection, key, {"id": key})
        elif what == "delete":
            store.delete(collection, key)
        else:
            store.load({collection: [(number, {"id": number}) for number in range(key)]})


@given(UNITS)
def test_sizes_are_what_a_count_gives(opened: Database, units: Sequence[tuple[bool, Acts]]) -> None:
    """Whatever is put, deleted and loaded, and whichever of it is undone."""
    store = PostgresStore(opened, "sizes", "shop")
    with opened.transaction("write") as transaction:
        store.clear()
        for is_undone, acts in units:
            with suppress(InterruptedError), store.unit():
                _do(store, acts)
                if is_undone:
                    raise InterruptedError
            for name in ("goods", "orders"):
                assert transaction.size("sizes", "shop", name) == store.count(name, ALL)


def test_a_database_of_the_version_before_is_counted_once(database: str) -> None:
    """When it is migrated."""
    with psycopg.connect(database) as connection:
        for step in VERSIONS[:2]:
            connection.execute(step)
        connection.execute("CREATE TABLE understudy_schema (version integer NOT NULL)")
        connection.execute("INSERT INTO understudy_schema VALUES (2)")
        connection.execute("INSERT INTO understudy_sandboxes (name, own) VALUES ('one', '{}')")
        for contract in ("shop", "none"):
            connection.execute(
                "INSERT INTO understudy_parts VALUES ('one', %s, 0, false, NULL, 1)", [contract]
            )
        connection.execute(
            "INSERT INTO understudy_documents"
            " (sandbox, contract, collection, key, document, moments, source)"
            " SELECT 'one', 'shop', 'goods', n::text, '{}', '{}', '{}' FROM generate_series(1, 3) n"
        )
    opened = Database(database)
    opened.open()
    with opened.transaction("look") as transaction:
        rows = transaction.rows("SELECT contract, sizes FROM understudy_parts ORDER BY contract")
    assert rows == [("none", {}), ("shop", {"goods": 3})]
    opened.close()
