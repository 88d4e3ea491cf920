"""PostgreSQL as a store: made by itself, shared by many, gone for a while."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count

import psycopg
import pytest

from bench.postgres import Postgres
from understudy.fixtures.fixture import Fixture
from understudy.server import app
from understudy.server.store.postgres import lock, query
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.lock import Lock
from understudy.server.store.postgres.schema import VERSIONS
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.postgres.transaction import Mode, Transaction
from understudy.server.store.query import Condition, Query
from understudy.server.store.store import Unreachable, Unwritable
from understudy.server.values import kind_of
from understudy.specs.contract import NAMES, load
from understudy.specs.errors import UsageError

SOME = (Condition(("id",), "isnull", value=False),)


@pytest.fixture
def opened(database: str) -> Iterator[Database]:
    """A database of the test's own."""
    made = Database(database)
    made.open()
    yield made
    made.close()


@pytest.fixture
def shop(opened: Database) -> PostgresStore:
    return PostgresStore(opened, "default", "shop")


def _message(url: str) -> str:
    with pytest.raises(UsageError) as refused:
        Database(url).open()
    return str(refused.value)


def _at_once(count: int, act: Callable[[int], object]) -> None:
    """Do something so many times, all begun at once."""
    gate = threading.Barrier(count)

    def begin(number: int) -> None:
        gate.wait()
        act(number)

    with ThreadPoolExecutor(count) as threads:
        list(threads.map(begin, range(count)))


def test_what_is_kept_is_there_for_the_next(database: str) -> None:
    """Opening a database that has its schema changes nothing."""
    for number in range(2):
        opened = Database(database)
        opened.open()
        store = PostgresStore(opened, "default", "shop")
        assert store.count("goods") == number
        store.put("goods", number, {"id": number})
        opened.close()


def test_many_that_begin_at_once_make_one_schema(database: str) -> None:
    """One makes it, the others wait and find it."""

    def begin(number: int) -> None:
        opened = Database(database)
        opened.open()
        PostgresStore(opened, "default", "shop").put("goods", number, {"id": number})
        opened.close()

    _at_once(4, begin)
    opened = Database(database)
    assert PostgresStore(opened, "default", "shop").count("goods") == 4
    opened.close()


def test_the_documents_of_an_older_schema_are_kept(database: str) -> None:
    """In their order, also those that get a place of their own; what comes then comes last."""
    goods = ("shop", "goods")
    sessions = ("nexudus", "basket_sessions")
    with psycopg.connect(database) as connection:
        for step in VERSIONS[:4]:
            connection.execute(step)
        connection.execute("CREATE TABLE understudy_schema (version integer NOT NULL)")
        connection.execute("INSERT INTO understudy_schema VALUES (4)")
        for number in (3, 1, 2):
            for contract, collection in (goods, sessions):
                connection.execute(
                    "INSERT INTO understudy_documents"
                    " (sandbox, contract, collection, key, document, moments, source)"
                    " VALUES ('default', %s, %s, %s, '{}', '{}', %s)",
                    [contract, collection, str(number), f'{{"Id":{number}}}'],
                )
    for _ in range(2):
        opened = Database(database)
        opened.open([(load("nexudus"), {})])
        for contract, collection in (goods, sessions):
            store = PostgresStore(opened, "default", contract)
            store.put(collection, 4, {"Id": 4})
            assert store.dump() == {collection: [{"Id": number} for number in (3, 1, 2, 4)]}
            assert store.get(collection, 1) == {"Id": 1}
        opened.close()


def test_what_is_asked_elsewhere_changes_nothing(shop: PostgresStore) -> None:
    """Of what a unit has written it finds all, in its order; and undone it is whatever was sent."""
    shop.put("goods", 1, {"id": 1})
    with suppress(InterruptedError), shop.unit():
        shop.put("goods", 2, {"id": 2})
        assert shop.find(Query("orders")) == []
        shop.put("goods", 1, {"id": 1, "is": "new"})
        assert shop.count("orders", SOME) == 0
        shop.put("orders", 3, {"id": 3})
        assert shop.find(Query("goods")) == [{"id": 1, "is": "new"}, {"id": 2}]
        assert shop.find(Query("orders")) == [{"id": 3}]
        raise InterruptedError
    assert shop.dump() == {"goods": [{"id": 1}]}


def _found() -> Iterator[tuple[str, str, str]]:
    """What handlers find documents by: contract, collection, member."""
    for name in NAMES:
        api = app.mount(load(name), Fixture(name, "-", None, {}), "").api
        for collection, member in api.found_by.items():
            yield name, collection, member


@pytest.mark.parametrize(("name", "collection", "member"), list(_found()))
def test_what_handlers_find_is_read_along_an_index(
    database: str, name: str, collection: str, member: str
) -> None:
    """However many others there are, PostgreSQL does not look at them."""
    contract, opened = load(name), Database(database)
    opened.open([(contract, {collection: member})])
    kind = kind_of(contract.field_schema(collection, (member,)))
    values = [number if kind == "number" else str(number) for number in range(2000)]
    store = PostgresStore(opened, "default", name)
    store.load({collection: [(value, {member: value}) for value in values]})
    wanted = Query(collection, (Condition((member,), "eq", values[7], kind),))
    assert store.find(wanted) == [{member: values[7]}]
    opened.close()

    sql, parameters, _ = query.find(name, wanted)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE understudy_documents")
        rows = connection.execute(f"EXPLAIN {sql}", {**parameters, "sandbox": "default"})
        assert "using understudy_of_" in "".join(line for (line,) in rows)


def test_a_newer_schema_is_refused(database: str, opened: Database) -> None:
    """In a line that says what to do."""
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE understudy_schema SET version = 99")
    assert _message(database) == (
        f"{opened.where} has schema 99, this Understudy knows up to {len(VERSIONS)}:"
        " upgrade it, or give it another database"
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://postgres:secret@/none?host={folder}", 'database "none" does not exist'),
        ("postgresql://me:secret@127.0.0.1:1/none", "Connection refused"),
        ("postgresql://me:secret@/none?host=/nowhere", "No such file or directory"),
        ("postgresql:/me:secret", "this is no such URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(postgres: Postgres, url: str, told: str) -> None:
    """In a line, and without its password."""
    host = postgres.url.partition("host=")[2]
    said = _message(url.replace("{folder}", host))
    assert told in said
    assert "secret" not in said
    assert "\n" not in said


def test_a_database_of_another_encoding_is_refused(postgres: Postgres) -> None:
    """It could not hold what JSON can."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0")
    assert "is encoded in SQL_ASCII" in _message(postgres.url.replace("/postgres?", "/plain?"))


def test_units_at_once_go_one_after_the_other(shop: PostgresStore) -> None:
    """What each reads is what the one before it wrote: nothing is lost."""
    shop.put("goods", 1, {"count": 0})

    def count_up(_: int) -> None:
        for _ in range(10):
            with shop.unit():
                found = shop.get("goods", 1)
                assert found is not None
                shop.put("goods", 1, {"count": found["count"] + 1})

    _at_once(6, count_up)
    assert shop.get("goods", 1) == {"count": 60}


def test_who_reads_sees_one_moment(opened: Database, shop: PostgresStore) -> None:
    """Whatever is written meanwhile; and waits for nobody."""
    shop.put("goods", 1, {"id": 1})

    with ThreadPoolExecutor(1) as other:

        def write_beside(_: Transaction) -> tuple[int, int]:
            first = shop.count("goods")
            other.submit(shop.put, "goods", 2, {"id": 2}).result()
            return first, shop.count("goods")

        assert opened.run(write_beside, "read") == (1, 1)
    assert shop.count("goods") == 2


def test_what_reads_and_writes_after_all_is_done_again(
    opened: Database, shop: PostgresStore
) -> None:
    """From the begin, alone this time."""
    asked = []

    def work(_: Transaction) -> int:
        asked.append(shop.count("goods"))
        shop.put("goods", len(asked), {"id": len(asked)})
        return len(asked)

    assert opened.run(work, "read") == 2
    assert shop.dump() == {"goods": [{"id": 2}]}


@pytest.mark.parametrize("mode", ["write", "turn"])
@pytest.mark.parametrize("looks", [(), ("before",), ("within",), ("before", "within")])
def test_a_unit_undoes_only_what_is_its_own(
    opened: Database, shop: PostgresStore, looks: Sequence[str], mode: Mode
) -> None:
    """What the transaction wrote before stays, whether it was sent by then or not."""

    def look(when: str) -> None:
        if when in looks:
            shop.count("goods", SOME)

    def work(_: Transaction) -> None:
        for number in (1, 2, 3):
            shop.put("goods", number, {"id": number})
        shop.delete("goods", 3)
        look("before")
        with suppress(InterruptedError), shop.unit():
            shop.put("goods", 1, {"id": "other"})
            shop.delete("goods", 2)
            with shop.unit():
                shop.put("goods", 3, {"id": 3})
                look("within")
            shop.put("goods", 4, {"id": 4})
            raise InterruptedError
        assert shop.get("goods", 1) == {"id": 1}
        with shop.unit():
            shop.put("goods", 5, {"id": 5})

    opened.run_once(work, mode)
    assert shop.dump() == {"goods": [{"id": 1}, {"id": 2}, {"id": 5}]}


def test_who_waits_for_each_other_is_set_right(opened: Database, shop: PostgresStore) -> None:
    """PostgreSQL breaks off one of the two, which is done again: each was there once."""
    shop.put("goods", 1, {"count": 0})
    locks = [Lock.of("one"), Lock.of("other")]
    gate = threading.Barrier(2)
    begun = []

    def add(number: int) -> None:
        first, second = locks if number else locks[::-1]

        def work(transaction: Transaction) -> None:
            begun.append(number)
            transaction.lock([first])
            transaction.rows("SELECT")
            if len(begun) <= 2:
                gate.wait(5)
            transaction.lock([second])
            found = shop.get("goods", 1)
            assert found is not None
            shop.put("goods", 1, {"count": found["count"] + 1})

        opened.run(work, "write")

    _at_once(2, add)
    assert len(begun) == 3
    assert shop.get("goods", 1) == {"count": 2}


def test_a_database_that_went_away_is_waited_for_by_nobody(
    postgres: Postgres, shop: PostgresStore
) -> None:
    """While it is gone each call says so; when it is back each call works again."""
    shop.put("goods", 1, {"id": 1})
    postgres.kill()
    try:
        with pytest.raises(Unreachable, match="cannot be reached"):
            shop.get("goods", 1)
        with pytest.raises(Unreachable, match="cannot be reached"):
            shop.put("goods", 2, {})
    finally:
        postgres.start()
    assert shop.get("goods", 1) == {"id": 1}
    shop.put("goods", 2, {"id": 2})
    assert shop.count("goods") == 2


def test_a_unit_that_the_database_went_away_from_leaves_no_trace(
    postgres: Postgres, opened: Database, shop: PostgresStore
) -> None:
    """It is done again as a whole, when the database is back."""
    attempts = []

    def work(_: Transaction) -> None:
        attempts.append(shop.count("goods"))
        shop.put("goods", len(attempts), {"id": len(attempts)})
        assert shop.count("goods") == 1
        if len(attempts) == 1:
            postgres.kill()
            postgres.start()
        shop.count("goods")

    opened.run(work, "write")
    assert attempts == [0, 0]
    assert shop.dump() == {"goods": [{"id": 2}]}


def test_what_may_have_been_kept_is_not_done_again(
    postgres: Postgres, opened: Database, shop: PostgresStore
) -> None:
    """Where the database went away at the very end, whoever asked must look."""

    def work(_: Transaction) -> None:
        shop.put("goods", 1, {"id": 1})
        assert shop.count("goods") == 1
        postgres.kill()
        postgres.start()

    with pytest.raises(Unwritable, match="look whether it did"):
        opened.run(work, "write")
    assert shop.count("goods") == 0


def _added(database: Database, shop: PostgresStore, key: int) -> str:
    """One more, as those who wait for a turn add it; where the log of changes then was."""

    def work(transaction: Transaction) -> str:
        shop.put("goods", key, {"id": key})
        ((at,),) = transaction.rows("SELECT pg_current_wal_insert_lsn()::text")
        return str(at)

    return database.run_once(work, "turn", lock.to_write(("default", "shop")))


def test_who_is_told_of_a_change_waits_for_the_disk(
    database: str, opened: Database, shop: PostgresStore
) -> None:
    """When it was said to be kept, it is written beyond where its documents are."""
    with psycopg.connect(database) as watch:
        for key in range(20):
            at = _added(opened, shop, key)
            found = watch.execute("SELECT pg_current_wal_flush_lsn() > %s::pg_lsn", [at])
            assert found.fetchone() == (True,)


def test_who_comes_after_a_change_need_not_wait_for_the_disk(
    database: str, opened: Database, shop: PostgresStore
) -> None:
    """Here all who are told would wait for a second database, which never comes."""
    keys = count()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

    def add(threads: ThreadPoolExecutor) -> "Future[str]":
        return threads.submit(_added, opened, shop, next(keys))

    def come(threads: ThreadPoolExecutor, some: int) -> "list[Future[str]]":
        """So many that wait; those before them met the settings as they had been."""
        begun: list[Future[str]] = []
        while watch.execute(waiting).fetchone() != (some,):
            if sum(not each.done() for each in begun) < some:
                begun.append(add(threads))
            assert len(begun) < 1000
        return begun

    with psycopg.connect(database, autocommit=True) as watch, ThreadPoolExecutor(4) as threads:
        watch.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try:
            watch.execute("SELECT pg_reload_conf()")
            first, second = [each for each in come(threads, 2) if not each.done()]
            assert shop.count("goods") == next(keys)
            assert not first.done()
            assert not second.done()
        finally:
            watch.execute("ALTER SYSTEM RESET synchronous_standby_names")
            watch.execute("SELECT pg_reload_conf()")
    assert first.result() != second.result()


def test_a_change_that_may_not_last_is_not_done_again(
    database: str, opened: Database, shop: PostgresStore
) -> None:
    """What goes wrong after it was kept, and before it is on the disk, is for whoever asked."""
    told = "pg_logical_emit_message(boolean, text, text, boolean)"
    with psycopg.connect(database, autocommit=True) as connection:
        ((schema,),) = connection.execute("SELECT current_schema()").fetchall()
        connection.execute(
            f"""
            CREATE ROLE limited LOGIN;
            GRANT ALL ON SCHEMA {schema} TO limited;
            GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO limited;
            GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO limited;
            REVOKE EXECUTE ON FUNCTION {told} FROM PUBLIC
            """
        )
        other = Database(database.replace("postgres@", "limited@"))
        try:
            with pytest.raises(Unwritable, match="look whether it did"):
                _added(other, PostgresStore(other, "default", "shop"), 1)
            with pytest.raises(UsageError, match="pg_logical_emit_message"):
                other.open()
        finally:
            other.close()
            connection.execute(
                f"""
                GRANT EXECUTE ON FUNCTION {told} TO PUBLIC;
                DROP OWNED BY limited;
                DROP ROLE limited
                """
            )
    assert shop.dump() == {"goods": [{"id": 1}]}


def test_a_standby_takes_no_changes(database: str, shop: PostgresStore) -> None:
    """What can only be read is read, and says so when it is written to."""
    with psycopg.connect(database, autocommit=True) as connection:
        ((role,),) = connection.execute("SELECT current_user").fetchall()
        connection.execute(f"ALTER ROLE {role} SET default_transaction_read_only = on")
        try:
            other = Database(database)
            store = PostgresStore(other, "default", "shop")
            assert store.count("goods") == 0
            with pytest.raises(Unwritable, match="read-only"):
                store.put("goods", 1, {"id": 1})
            other.close()
        finally:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER ROLE {role} RESET default_transaction_read_only")


def test_a_document_is_looked_into_as_it_is(opened: Database, shop: PostgresStore) -> None:
    """One of some kilobytes is not packed, since each look at a field would unpack it."""
    shop.put("goods", 1, {"id": 1, "text": "long " * 500})
    with opened.transaction("look") as transaction:
        rows = transaction.rows("SELECT pg_column_compression(document) FROM understudy_documents")
    assert rows == [(None,)]
