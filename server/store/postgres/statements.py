"""The statements that read and write documents."""

GET = """
SELECT source FROM understudy_documents
WHERE sandbox = %(sandbox)s AND contract = %(contract)s
    AND collection = %(collection)s AND key = %(key)s
"""
ALL = """
SELECT collection, key, source FROM understudy_documents
WHERE sandbox = %(sandbox)s AND contract = %(contract)s
ORDER BY collection, number
"""
PUT = """
INSERT INTO understudy_documents (sandbox, contract, collection, key, document, moments, source)
SELECT sandbox, contract, collection, key,
    coalesce(document, source)::jsonb, moments::jsonb, source
FROM unnest(
    %(sandbox)b::text[], %(contract)b::text[], %(collection)b::text[], %(key)b::text[],
    %(document)b::text[], %(moments)b::text[], %(source)b::text[]
) WITH ORDINALITY AS sent (sandbox, contract, collection, key, document, moments, source, place)
ORDER BY place
ON CONFLICT (sandbox, contract, collection, key)
DO UPDATE SET document = excluded.document, moments = excluded.moments, source = excluded.source
"""
"""In the order in which they are sent; what is replaced keeps its number."""
DELETE = """
DELETE FROM understudy_documents AS stored
USING unnest(%(sandbox)b::text[], %(contract)b::text[], %(collection)b::text[], %(key)b::text[])
    AS sent (sandbox, contract, collection, key)
WHERE (stored.sandbox, stored.contract, stored.collection, stored.key)
    = (sent.sandbox, sent.contract, sent.collection, sent.key)
"""
CLEAR = """
DELETE FROM understudy_documents WHERE sandbox = %(sandbox)s AND contract = %(contract)s
"""
