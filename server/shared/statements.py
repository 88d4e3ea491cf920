"""The statements that read and write all that is shared beside documents."""

SANDBOXES = """
SELECT name, generation, own::text, clock_timestamp(), used < now() - interval '10 seconds',
    part.contract, part.drawn, part.is_read, part.next, part.revision,
    part.sizes::text, part.marks::text
FROM unnest((SELECT %(names)s::text[])) AS asked (name) JOIN understudy_sandboxes USING (name)
    LEFT JOIN understudy_parts AS part ON part.sandbox = name
"""
"""One row for each contract that has begun, or one without. How many names there are is kept from
the planner: it would plan anew for each number.
"""
NAMES = "SELECT name FROM understudy_sandboxes ORDER BY generation"
COUNT = "SELECT count(*) FROM understudy_sandboxes"
IDLE = """
SELECT name FROM understudy_sandboxes
WHERE name <> %(name)s AND used < now() - make_interval(secs => %(idle)s)
ORDER BY used LIMIT 1
"""
MAKE = """
INSERT INTO understudy_sandboxes (name, own) VALUES (%(name)s, %(own)s)
ON CONFLICT (name) DO NOTHING
"""
USED = "UPDATE understudy_sandboxes SET used = now() WHERE name = ANY(%(names)s)"
OWN = "UPDATE understudy_sandboxes SET own = %(own)s WHERE name = %(name)s"
PARTS = """
INSERT INTO understudy_parts (sandbox, contract, drawn, is_read, next, revision, sizes, marks)
SELECT sandbox, contract, drawn, is_read, next,
    nextval('understudy_revisions'), sizes::jsonb, marks::jsonb
FROM unnest(
    %(sandbox)s::text[], %(contract)s::text[], %(drawn)s::bigint[], %(is_read)s::boolean[],
    %(next)s::timestamptz[], %(sizes)s::text[], %(marks)s::text[]
) AS told (sandbox, contract, drawn, is_read, next, sizes, marks)
ON CONFLICT (sandbox, contract) DO UPDATE SET
    drawn = excluded.drawn, is_read = excluded.is_read, next = excluded.next,
    sizes = excluded.sizes, marks = excluded.marks,
    revision = CASE WHEN %(is_written)s THEN excluded.revision ELSE understudy_parts.revision END
"""
DISCARD = "DELETE FROM understudy_sandboxes WHERE name = %(name)s"
DOCUMENTS = "DELETE FROM understudy_documents WHERE sandbox = %(name)s AND number > 0"

_ADD = """
WITH sent AS (
    SELECT * FROM unnest(
        %(sandboxes)b::text[], %(counts)b::bigint[], %(sizes)b::bigint[], %(lots)b::bytea[]
    ) AS sent (sandbox, count, size, entries)
), head AS (
    INSERT INTO understudy_journals AS journal (sandbox, last, written, since)
    SELECT sandbox, count, size, 0
    FROM sent JOIN understudy_sandboxes ON name = sandbox{beside} ORDER BY sandbox
    ON CONFLICT (sandbox) DO UPDATE SET
        last = journal.last + excluded.last, written = journal.written + excluded.written
    RETURNING sandbox, last, written
), added AS (
    INSERT INTO understudy_lots (sandbox, last, written, entries)
    SELECT sandbox, last, written, entries FROM head JOIN sent USING (sandbox)
)
SELECT sandbox, last, written FROM head
"""
"""`written` are the bytes of a lot and of all before it; in one order of sandboxes, so that nobody
waits for each other.
"""
ADD = _ADD.format(beside="")
NOTE = _ADD.format(beside=", set_config('synchronous_commit', 'off', true)")
"""The same by itself: it is not waited for until it is on the disk."""
TRIM = """
DELETE FROM understudy_lots WHERE sandbox = %(sandbox)s AND last < coalesce((
    SELECT last FROM understudy_lots
    WHERE sandbox = %(sandbox)s AND last > %(last)s - %(most)s
        AND written > %(written)s - %(most_bytes)s
    ORDER BY last LIMIT 1
), %(last)s + 1)
"""
"""The first that is kept is found from the oldest on, and so at once."""
LOTS = """
SELECT journal.last, journal.written, journal.since, lot.last, lot.written, lot.entries
FROM understudy_journals AS journal LEFT JOIN understudy_lots AS lot
    ON lot.sandbox = journal.sandbox AND lot.last > journal.last - %(most)s
    AND lot.written > journal.written - %(most_bytes)s
WHERE journal.sandbox = %(sandbox)s
ORDER BY lot.last
"""
"""What has no room any more may still be there for a while, or in one lot with what has."""
FIRST = f"{LOTS} LIMIT 1"
FORGET = """
WITH gone AS (DELETE FROM understudy_lots WHERE sandbox = %(sandbox)s)
UPDATE understudy_journals SET since = last WHERE sandbox = %(sandbox)s
"""

SAVE = """
INSERT INTO understudy_snapshots (sandbox, name, parts)
VALUES (%(sandbox)s, %(name)s, %(parts)s)
ON CONFLICT (sandbox, name) DO UPDATE SET parts = excluded.parts
"""
SAVED = "SELECT parts FROM understudy_snapshots WHERE sandbox = %(sandbox)s AND name = %(name)s"
SAVED_NAMES = "SELECT name FROM understudy_snapshots WHERE sandbox = %(sandbox)s ORDER BY name"
UNSAVE = "DELETE FROM understudy_snapshots WHERE sandbox = %(sandbox)s AND name = %(name)s"
