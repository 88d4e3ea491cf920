"""The schema: what each version of it added, and how a database comes to have the newest."""

from collections.abc import Sequence

from sqlalchemy import column, table

from ....specs.errors import UsageError
from .functions import functions
from .transaction import Transaction

OLDEST_SERVER = 16
"""The oldest PostgreSQL that has all that is asked of it."""
_LOCK = 0x756E6465
"""Whoever changes the schema holds it."""

DOCUMENTS = table(
    "understudy_documents",
    *map(
        column,
        ("sandbox", "contract", "collection", "key", "number", "document", "moments", "source"),
    ),
)
"""The documents. `number` is their place in the order of insertion, `source` is given back as it
is, `document` is what is asked, and `moments` holds its date-times in microseconds since 1970.
"""

_DOCUMENTS = """
CREATE TABLE understudy_documents (
    sandbox text COLLATE "C" NOT NULL,
    contract text COLLATE "C" NOT NULL,
    collection text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    document jsonb NOT NULL,
    moments jsonb NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (sandbox, contract, collection, key)
);
CREATE INDEX understudy_documents_in_order
    ON understudy_documents (sandbox, contract, collection, number);
"""

_SHARED = """
CREATE TABLE understudy_sandboxes (
    name text COLLATE "C" PRIMARY KEY,
    generation bigint GENERATED ALWAYS AS IDENTITY,
    own jsonb NOT NULL,
    used timestamptz NOT NULL DEFAULT now()
);
CREATE SEQUENCE understudy_revisions;
CREATE TABLE understudy_parts (
    sandbox text COLLATE "C" NOT NULL REFERENCES understudy_sandboxes ON DELETE CASCADE,
    contract text COLLATE "C" NOT NULL,
    drawn bigint NOT NULL,
    is_read boolean NOT NULL,
    next timestamptz,
    revision bigint NOT NULL,
    PRIMARY KEY (sandbox, contract)
);
CREATE TABLE understudy_journals (
    sandbox text COLLATE "C" PRIMARY KEY REFERENCES understudy_sandboxes ON DELETE CASCADE,
    last bigint NOT NULL,
    written bigint NOT NULL,
    dropped bigint NOT NULL
);
CREATE TABLE understudy_entries (
    sandbox text COLLATE "C" NOT NULL REFERENCES understudy_journals ON DELETE CASCADE,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    clock timestamptz NOT NULL,
    size bigint NOT NULL,
    written bigint NOT NULL,
    event text NOT NULL,
    PRIMARY KEY (sandbox, number)
);
CREATE TABLE understudy_snapshots (
    sandbox text COLLATE "C" NOT NULL REFERENCES understudy_sandboxes ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    parts text NOT NULL,
    PRIMARY KEY (sandbox, name)
);
"""

_SIZES = """
ALTER TABLE understudy_parts ADD COLUMN sizes jsonb;
UPDATE understudy_parts AS part SET sizes = (
    SELECT coalesce(jsonb_object_agg(collection, size), '{}') FROM (
        SELECT collection, count(*) AS size FROM understudy_documents AS stored
        WHERE stored.sandbox = part.sandbox AND stored.contract = part.contract
        GROUP BY collection
    ) AS counted
);
"""

_PLAIN = """
ALTER TABLE understudy_documents
    SET (toast_tuple_target = 8160),
    ALTER document SET STORAGE MAIN, ALTER moments SET STORAGE MAIN;
ALTER TABLE understudy_entries ALTER event SET STORAGE EXTERNAL;
"""
"""Documents stay in their rows where they can: each look at a field unpacked all of one again. What
is written down of a request is not packed: that took longer than all else that is done for it.
"""

_UNINDEXED = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND indexname LIKE 'understudy\\_of\\_%'
    LOOP
        EXECUTE format('DROP INDEX %I', name);
    END LOOP;
END $$;
"""
"""Without the indexes of parts; those that are asked for are made anew (`indexes`)."""

_PARTED = (
    """
ALTER TABLE understudy_documents RENAME TO understudy_documents_else;
ALTER TABLE understudy_documents_else DROP CONSTRAINT understudy_documents_pkey;
DROP INDEX understudy_documents_in_order;
"""
    + _UNINDEXED
    + """
CREATE SEQUENCE understudy_numbers;
SELECT setval('understudy_numbers', coalesce(max(number), 0) + 1, false)
FROM understudy_documents_else;
ALTER TABLE understudy_documents_else
    ALTER number DROP IDENTITY,
    ALTER number SET DEFAULT nextval('understudy_numbers');
CREATE TABLE understudy_documents (
    LIKE understudy_documents_else INCLUDING DEFAULTS INCLUDING STORAGE
) PARTITION BY RANGE (contract, collection);
CREATE UNIQUE INDEX understudy_documents_by_key
    ON understudy_documents (sandbox, contract, collection, key);
CREATE INDEX understudy_documents_in_order
    ON understudy_documents (sandbox, contract, collection, number) WHERE number > 0;
ALTER TABLE understudy_documents ATTACH PARTITION understudy_documents_else DEFAULT;
"""
)
"""Each collection that has indexes of its own is kept apart with them (`indexes`): a row that is
written looks at every index of its table, whatever that is of. All numbers are above 0; who looks
for a key does not say so, and is not sent along an order where PostgreSQL knows no better yet. The
key is no constraint: pg_restore could not clean up that of a part.
"""

_MARKS = """
ALTER TABLE understudy_parts ADD COLUMN marks jsonb;
UPDATE understudy_parts SET marks = jsonb_build_object('', revision);
ALTER TABLE understudy_parts ALTER marks SET NOT NULL;
"""
"""Which state each collection is in, so that what is known of one outlives a change to another."""

_LOTS = """
CREATE TABLE understudy_lots (
    sandbox text COLLATE "C" NOT NULL REFERENCES understudy_journals ON DELETE CASCADE,
    last bigint NOT NULL,
    written bigint NOT NULL,
    entries bytea NOT NULL,
    PRIMARY KEY (sandbox, last)
) WITH (toast_tuple_target = 8160);
ALTER TABLE understudy_lots ALTER entries SET STORAGE EXTERNAL;
INSERT INTO understudy_lots
SELECT sandbox, number, written, convert_to(
    json_build_array(json_build_array(at, clock, size, event::json))::text, 'UTF8'
)
FROM understudy_entries;
ALTER TABLE understudy_journals ADD COLUMN since bigint;
UPDATE understudy_journals AS journal SET since = coalesce(
    (SELECT min(number) - 1 FROM understudy_entries AS entry WHERE entry.sandbox = journal.sandbox),
    last
) - dropped;
ALTER TABLE understudy_journals ALTER since SET NOT NULL, DROP COLUMN dropped;
DROP TABLE understudy_entries;
"""
"""What is written down together is one row, packed by who writes it (`lots`): a row for each, as
long as an answer, took PostgreSQL longer than to find what was asked. `since` is the last entry
that was forgotten.
"""

_BY_KEY = """
DROP INDEX understudy_documents_by_key;
CREATE UNIQUE INDEX understudy_documents_by_key
    ON understudy_documents (key, sandbox, contract, collection);
"""
"""The key comes first, in which documents differ: to find a place among others takes half as long.
Who asks for all that is somewhere says that numbers are above 0, and takes the other index.
"""

VERSIONS: Sequence[str] = (
    functions() + _DOCUMENTS,
    _SHARED,
    _SIZES,
    _PLAIN,
    _PARTED + _MARKS,
    _LOTS,
    _UNINDEXED + _BY_KEY,
)
"""What makes each version of the one before, the first of nothing."""


def bring(transaction: Transaction, where: str) -> None:
    """Make or migrate the schema; UsageError where it cannot be, with the place `where` in it.

    Several that begin at once wait for each other.
    """
    server = int(_shown(transaction, "server_version_num")) // 10_000
    if server < OLDEST_SERVER:
        raise UsageError(f"{where} is PostgreSQL {server}; it must be {OLDEST_SERVER} or newer")
    said = _shown(transaction, "server_encoding")
    if said != "UTF8":
        raise UsageError(f"{where} is encoded in {said}; a database in UTF8 is needed")
    transaction.change(f"SELECT pg_advisory_xact_lock({_LOCK})")
    transaction.change("CREATE TABLE IF NOT EXISTS understudy_schema (version integer NOT NULL)")
    version = max((row[0] for row in transaction.rows("TABLE understudy_schema")), default=0)
    if version > len(VERSIONS):
        raise UsageError(
            f"{where} has schema {version}, this Understudy knows up to {len(VERSIONS)}:"
            " upgrade it, or give it another database"
        )
    for step in VERSIONS[version:]:
        transaction.script(step)
    if version < len(VERSIONS):
        transaction.change("DELETE FROM understudy_schema")
        new = {"version": len(VERSIONS)}
        transaction.change("INSERT INTO understudy_schema VALUES (%(version)s)", new)


def _shown(transaction: Transaction, setting: str) -> str:
    ((found,),) = transaction.rows(f"SHOW {setting}")
    return str(found)
