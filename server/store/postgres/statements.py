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
PUT = """
INSERT INTO understudy_documents (sandbox, contract, collection, key, document, moments, source)
VALUES (
    %(sandbox)s, %(contract)s, %(collection)s, %(key)s,
    coalesce(%(document)s, %(source)s)::jsonb, %(moments)s::jsonb, %(source)s
)
ON CONFLICT (sandbox, contract, collection, key)
DO UPDATE SET document = excluded.document, moments = excluded.moments, source = excluded.source
"""
"""What is replaced keeps its number."""
FILL = """
INSERT INTO understudy_documents (sandbox, contract, collection, key, document, moments, source)
SELECT sandbox, contract, collection, key,
    coalesce(document, source)::jsonb, moments::jsonb, source
FROM unnest(
    %(sandbox)b::text[], %(contract)b::text[], %(collection)b::text[], %(key)b::text[],
    %(document)b::text[], %(moments)b::text[], %(source)b::text[]
) WITH ORDINALITY AS sent (sandbox, contract, collection, key, document, moments, source, place)
ORDER BY place
"""
"""In the order in which they are sent. For one it takes almost twice as long as `PUT`."""
CLEAR = """
DELETE FROM understudy_documents WHERE sandbox = %(sandbox)s AND contract = %(contract)s
"""


_GET = "SELECT source FROM {here} AND key = %(key)s"
_DELETE = "DELETE FROM {here} AND key = ANY(%(keys)s)"
_HERE = """
understudy_documents
WHERE sandbox = %(sandbox)s AND contract = {contract} AND collection = {collection}
"""
"""A collection is named by constants, so that it is known before where its documents are."""


@lru_cache(_COLLECTIONS)
def get(contract: str, collection: str) -> str:
    """The document under `key` of a sandbox."""
    return _GET.format(here=_here(contract, collection))


@lru_cache(_COLLECTIONS)
def delete(contract: str, collection: str) -> str:
    """Remove those under `keys` from a sandbox."""
    return _DELETE.format(here=_here(contract, collection))


def _here(contract: str, collection: str) -> str:
    names = (quoted(name).replace("%", "%%") for name in (contract, collection))
    return _HERE.format(contract=next(names), collection=next(names))
