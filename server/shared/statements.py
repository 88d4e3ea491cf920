"""The statements that read and write all that is shared beside documents."""

SANDBOX = """
SELECT generation, own::text, clock_timestamp(), used < now() - interval '10 seconds',
    part.contract, part.drawn, part.is_read, part.next, part.revision,
    part.sizes::text, part.marks::text
FROM understudy_sandboxes LEFT JOIN understudy_parts AS part ON part.sandbox = name
WHERE name = %(name)s
"""
"""One row for each contract that has begun, or one without."""
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
USED = "UPDATE understudy_sandboxes SET used = now() WHERE name = %(name)s"
OWN = "UPDATE understudy_sandboxes SET own = %(own)s WHERE name = %(name)s"
PART = """
INSERT INTO understudy_parts (sandbox, contract, drawn, is_read, next, revision, sizes, marks)
VALUES (
    %(sandbox)s, %(contract)s, %(drawn)s, %(is_read)s, %(next)s,
    nextval('understudy_revisions'), %(sizes)s, %(marks)s
)
ON CONFLICT (sandbox, contract) DO UPDATE SET
    drawn = excluded.drawn, is_read = excluded.is_read, next = excluded.next,
    sizes = excluded.sizes, marks = excluded.marks,
    revision = CASE WHEN %(is_written)s THEN excluded.revision ELSE understudy_parts.revision END
"""
DISCARD = "DELETE FROM understudy_sandboxes WHERE name = %(name)s"
DOCUMENTS = "DELETE FROM understudy_documents WHERE sandbox = %(name)s"

_ADD = """
WITH head AS (
    INSERT INTO understudy_journals AS journal (sandbox, last, written, dropped)
    SELECT name, %(count)s, %(size)s, 0 FROM understudy_sandboxes{beside}
    WHERE name = %(sandbox)s
    ON CONFLICT (sandbox) DO UPDATE SET
        last = journal.last + excluded.last, written = journal.written + excluded.written
    RETURNING last, written
), added AS (
    INSERT INTO understudy_entries (sandbox, number, at, clock, size, written, event)
    SELECT %(sandbox)s, head.last - %(count)s + place, at, clock, size,
        head.written - %(size)s + sum(size) OVER (ORDER BY place), event
    FROM head, unnest(
        %(at)b::timestamptz[], %(clock)b::timestamptz[], %(sizes)b::bigint[], %(events)b::text[]
    ) WITH ORDINALITY AS sent (at, clock, size, event, place)
)
SELECT last, written FROM head
"""
"""`written` are the bytes of an entry and of all before it."""
ADD = _ADD.format(beside="")
NOTE = _ADD.format(beside=", set_config('synchronous_commit', 'off', true)")
"""The same by itself: it is not waited for until it is on the disk."""
_KEPT = """
entry.number > journal.last - %(most)s
    AND entry.written - entry.size >= journal.written - %(most_bytes)s
"""
"""What has no room any more may still be there for a while."""
TRIM = """
WITH kept AS (
    SELECT number FROM understudy_entries
    WHERE sandbox = %(sandbox)s AND number > %(last)s - %(most)s
        AND written - size >= %(written)s - %(most_bytes)s
    ORDER BY number LIMIT 1
), gone AS (
    DELETE FROM understudy_entries
    WHERE sandbox = %(sandbox)s AND number < coalesce((SELECT number FROM kept), %(last)s + 1)
    RETURNING number
)
UPDATE understudy_journals SET dropped = dropped + (SELECT count(*) FROM gone)
WHERE sandbox = %(sandbox)s AND EXISTS (SELECT FROM gone)
"""
"""The first that is kept is found from the oldest on, and so at once."""
_ENTRIES = """
SELECT number, at, clock, size, event
FROM understudy_entries AS entry JOIN understudy_journals AS journal USING (sandbox)
WHERE sandbox = %(sandbox)s AND {kept}
ORDER BY number
"""
ENTRIES = _ENTRIES.format(kept=_KEPT)
_HELD = """
SELECT count(*) FILTER (WHERE {kept}),
    coalesce(max(dropped), 0) + count(*) FILTER (WHERE NOT ({kept}))
FROM understudy_journals AS journal LEFT JOIN understudy_entries AS entry USING (sandbox)
WHERE sandbox = %(sandbox)s
"""
HELD = _HELD.format(kept=_KEPT)
FORGET = """
WITH gone AS (DELETE FROM understudy_entries WHERE sandbox = %(sandbox)s)
UPDATE understudy_journals SET dropped = 0 WHERE sandbox = %(sandbox)s
"""

SAVE = """
INSERT INTO understudy_snapshots (sandbox, name, parts)
VALUES (%(sandbox)s, %(name)s, %(parts)s)
ON CONFLICT (sandbox, name) DO UPDATE SET parts = excluded.parts
"""
SAVED = "SELECT parts FROM understudy_snapshots WHERE sandbox = %(sandbox)s AND name = %(name)s"
SAVED_NAMES = "SELECT name FROM understudy_snapshots WHERE sandbox = %(sandbox)s ORDER BY name"
UNSAVE = "DELETE FROM understudy_snapshots WHERE sandbox = %(sandbox)s AND name = %(name)s"
