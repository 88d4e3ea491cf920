"""The statements that read and write documents."""

from functools import lru_cache

from .fields import quoted

_COLLECTIONS = 256
"""So many statements are kept ready."""

ALL = """
SELECT collection, key, source FROM understudy_documents
WHERE sandbox = %(sandbox)s AND contract = %(contract)s AND number > 0
ORDER BY collection, number
"""
_INSERT = """
INSERT INTO understudy_documents (sandbox, contract, collection, key, document, moments, source)
{rows}
"""
_OR_REPLACE = """
ON CONFLICT (sandbox, contract, collection, key)
DO UPDATE SET document = excluded.document, moments = excluded.moments, source = excluded.source
"""
"""What is replaced keeps its number."""
PUT = (
    _INSERT.format(
        rows="""VALUES (
    %(sandbox)s, %(contract)s, %(collection)s, %(key)s,
    coalesce(%(document)s, %(source)s)::jsonb, %(moments)s::jsonb, %(source)s
)"""
    )
    + _OR_REPLACE
)
ADD = _INSERT.format(
    rows="""SELECT sandbox, contract, collection, key,
    coalesce(document, source)::jsonb, moments::jsonb, source
FROM unnest(
    %(sandbox)b::text[], %(contract)b::text[], %(collection)b::text[], %(key)b::text[],
    %(document)b::text[], %(moments)b::text[], %(source)b::text[]
) WITH ORDINALITY AS sent (sandbox, contract, collection, key, document, moments, source, place)
ORDER BY place"""
)
"""Several, none of which is there, in the order in which they are sent: to look whether they are
takes a quarter of the time. A statement looks up what each index is made of, anew: eight documents
take PostgreSQL three times as long by eight of them.
"""
FILL = ADD + _OR_REPLACE
"""The same, of which some may be there."""
CLEAR = """
DELETE FROM understudy_documents
WHERE sandbox = %(sandbox)s AND contract = %(contract)s AND number > 0
"""

_FROM = "FROM understudy_documents WHERE sandbox = %(sandbox)s AND {here}"
_GET = f"SELECT source {_FROM} AND key = %(key)s"
_DELETE = f"DELETE {_FROM} AND key = ANY(%(keys)s)"
_EVERY = """
SELECT sandbox, key, source
FROM unnest((SELECT %(sandboxes)s::text[])) AS asked (sandbox)
    JOIN understudy_documents USING (sandbox)
WHERE {here} AND number > 0
"""
"""How many sandboxes there are is kept from the planner: it would plan anew for each number."""
_HERE = "contract = {contract} AND collection = {collection}"
"""A collection is named by constants, so that it is known before where its documents are."""


@lru_cache(_COLLECTIONS)
def get(contract: str, collection: str) -> str:
    """The document under `key` of a sandbox."""
    return _GET.format(here=_here(contract, collection))


@lru_cache(_COLLECTIONS)
def every(contract: str, collection: str) -> str:
    """All documents of some sandboxes, with their keys."""
    return _EVERY.format(here=_here(contract, collection))


@lru_cache(_COLLECTIONS)
def delete(contract: str, collection: str) -> str:
    """Remove those under `keys` from a sandbox."""
    return _DELETE.format(here=_here(contract, collection))


def _here(contract: str, collection: str) -> str:
    names = (quoted(name).replace("%", "%%") for name in (contract, collection))
    return _HERE.format(contract=next(names), collection=next(names))
