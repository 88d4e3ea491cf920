"""The functions that read a field of a document as something that compares as its kind does."""

import json
import sys

# None calls another: an index is made where they are not to be seen.
_FIELDS = """
CREATE FUNCTION understudy_null(document jsonb, path text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT coalesce(jsonb_typeof(document #> path), 'null') = 'null' $$;
CREATE FUNCTION understudy_text(document jsonb, path text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE jsonb_typeof(document #> path) WHEN 'string' THEN document #>> path END $$;
CREATE FUNCTION understudy_head(document jsonb, path text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT left(
        CASE jsonb_typeof(document #> path) WHEN 'string' THEN document #>> path END, 64) $$;
CREATE FUNCTION understudy_number(document jsonb, path text[]) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE jsonb_typeof(document #> path)
        WHEN 'number' THEN (document #>> path)::numeric END $$;
CREATE FUNCTION understudy_boolean(document jsonb, path text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE jsonb_typeof(document #> path)
        WHEN 'boolean' THEN (document #>> path)::boolean END $$;
CREATE FUNCTION understudy_instant(moments jsonb, path text[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE jsonb_typeof(moments #> path)
        WHEN 'number' THEN (moments #>> path)::bigint END $$;
"""


def _folding() -> str:
    """The function that folds case as Python does, which no PostgreSQL before 18 can."""
    points = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    folds = {each: folded for each in points if (folded := each.casefold()) != each}
    known = json.dumps(folds, ensure_ascii=False, separators=(",", ":")).replace("'", "''")
    return f"""
CREATE FUNCTION understudy_fold(said text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $understudy$
    SELECT CASE WHEN octet_length(said) = char_length(said) THEN lower(said COLLATE "C") ELSE (
        SELECT string_agg(coalesce('{known}'::jsonb ->> part, part), '' ORDER BY place)
        FROM regexp_split_to_table(said, '') WITH ORDINALITY AS parts (part, place)
    ) END $understudy$;
"""  # noqa: S608 - of nothing but Python's own table


def functions() -> str:
    """What creates all of them."""
    return _FIELDS + _folding()
