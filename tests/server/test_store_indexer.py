"""Indexes in PostgreSQL: those that listings may ask for are made when they do, of much."""

from collections.abc import Collection, Iterator, Mapping

import psycopg
import pytest

from understudy.server.store.postgres import indexes, query
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.indexer import LOCK, MANY, Indexer
from understudy.server.store.postgres.indexes import Index, Listed
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.query import Condition, Query, SortKey
from understudy.specs.contract import load

NEXUDUS = load("nexudus")
SESSIONS = "basket_sessions"
BY_DATE = (SortKey(("CreatedOn",), "instant"),)
PAGE = Query(SESSIONS, (), BY_DATE, limit=25)
AT_ONE = Query(SESSIONS, (Condition(("BusinessId",), "eq", 7, "number"),), BY_DATE, limit=25)
_THERE = """
SELECT pg_get_indexdef(indexrelid), indexrelid, indisvalid
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE starts_with(relname, 'understudy_of_')
    AND relnamespace = current_schema()::regnamespace
"""


@pytest.fixture
def opened(database: str) -> Iterator[Database]:
    """A database that serves the contract."""
    made = Database(database)
    made.open([(NEXUDUS, {})])
    yield made
    made.close()


def _missing(opened: Database) -> Mapping[Listed, Index]:
    """What is missing."""
    with opened.transaction("begin") as transaction:
        return indexes.bring(transaction, NEXUDUS, {})


def _indexer(opened: Database, pause: float = 0.0) -> Indexer:
    """One of the test's own, which knows what is missing."""
    made = Indexer(opened.run, pause=pause)
    made.know(_missing(opened))
    return made


def _helped(indexer: Indexer) -> None:
    """What becomes of a page of much."""
    indexer.help("nexudus", PAGE, MANY)
    indexer.settle()


def _there(opened: Database) -> Mapping[str, tuple[int, bool]]:
    """The indexes of parts by what they are of: which they are, and whether they are whole."""
    with opened.transaction("look") as transaction:
        rows = transaction.rows(_THERE)
    return {line.split("ARRAY['")[1].split("'")[0]: (each, whole) for line, each, whole in rows}


def _new(opened: Database, before: Collection[str]) -> Collection[str]:
    return set(_there(opened)) - set(before)


@pytest.mark.parametrize(
    ("count", "wanted", "made"),
    [
        (MANY - 1, AT_ONE, set()),
        (MANY, Query(SESSIONS, limit=25), set()),
        (MANY, PAGE, {"CreatedOn"}),
        (MANY, AT_ONE, {"CreatedOn", "BusinessId"}),
    ],
)
def test_what_a_query_of_much_asks_by_is_indexed(
    opened: Database, count: int, wanted: Query, made: Collection[str]
) -> None:
    """And nothing else, nor of little: whoever writes would pay for it."""
    before = _there(opened)
    store = PostgresStore(opened, "default", "nexudus")
    dated = {"CreatedOn": "2026-01-01T00:00:00Z", "BusinessId": 7}
    with opened.transaction("write"):
        store.load({SESSIONS: [(number, {"Id": number, **dated}) for number in range(count)]})
        assert len(store.find(wanted)) == 25
    opened.indexer.settle()
    assert _new(opened, before) == made


def test_a_page_is_read_along_the_index_that_was_made(opened: Database, database: str) -> None:
    """What is found is what was found without."""
    name = _missing(opened)["nexudus", SESSIONS, ("CreatedOn",)].name
    store = PostgresStore(opened, "default", "nexudus")
    dates = [f"2026-01-{day:02}T{hour:02}:00:00Z" for day in range(1, 29) for hour in range(24)] * 2
    store.load({SESSIONS: [(n, {"Id": n, "CreatedOn": at}) for n, at in enumerate(dates)]})
    found = store.find(PAGE)
    opened.indexer.help("nexudus", PAGE, len(dates))
    opened.indexer.settle()
    assert store.find(PAGE) == found
    sql, given, _ = query.find("nexudus", PAGE)
    with psycopg.connect(database) as connection:
        rows = connection.execute(f"EXPLAIN {sql}", {**given, "sandbox": "default"})
        assert f"using {name}" in "".join(line for (line,) in rows)


def test_what_is_there_is_not_made_again(opened: Database) -> None:
    """Another worker has made it meanwhile."""
    first, second = _indexer(opened), _indexer(opened)
    _helped(first)
    before = _there(opened)
    _helped(second)
    assert _there(opened) == before


@pytest.mark.parametrize("is_always", [False, True])
def test_what_was_left_half_made_is_made_anew(
    opened: Database, database: str, is_always: bool
) -> None:
    """Whoever was making it was ended; also where a server that begins asks for it always."""
    _helped(_indexer(opened))
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s",
            [_there(opened)["CreatedOn"][0]],
        )
    _, is_whole = _there(opened)["CreatedOn"]
    assert not is_whole
    if is_always:
        newer = Database(database)
        newer.open([(NEXUDUS, {SESSIONS: "CreatedOn"})])
        newer.close()
    else:
        _helped(_indexer(opened))
    _, is_whole = _there(opened)["CreatedOn"]
    assert is_whole


def test_one_makes_indexes_at_a_time(opened: Database, database: str) -> None:
    """Who finds another doing so leaves it, until it is asked for again, and not at once."""
    before = _there(opened)
    patient, hasty = _indexer(opened, pause=3600.0), _indexer(opened)
    with psycopg.connect(database) as other:
        other.execute(f"SELECT pg_advisory_lock({LOCK})")
        for each in (patient, hasty):
            _helped(each)
        assert not _new(opened, before)
    _helped(patient)
    assert not _new(opened, before)
    _helped(hasty)
    assert _new(opened, before) == {"CreatedOn"}


def test_what_cannot_be_made_is_told(
    opened: Database, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """And tried again later; whoever asks is not harmed."""
    before = _there(opened)
    indexer = _indexer(opened)
    name = _missing(opened)["nexudus", SESSIONS, ("CreatedOn",)].name
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(f"CREATE TABLE {name} ()")
        _helped(indexer)
        assert caplog.messages == [f'an index could not be made: relation "{name}" already exists']
        other.execute(f"DROP TABLE {name}")
    _helped(indexer)
    assert _new(opened, before) == {"CreatedOn"}


def test_what_an_older_schema_had_made_is_gone(opened: Database, database: str) -> None:
    """What nobody asks for is not kept; what is always asked by is made anew."""
    before = _there(opened)
    _helped(_indexer(opened))
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE understudy_schema SET version = 6")
    newer = Database(database)
    newer.open([(NEXUDUS, {})])
    assert set(_there(newer)) == set(before)
    newer.close()
