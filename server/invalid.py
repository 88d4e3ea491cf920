"""Turns what a validator says into `Invalid`s."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import jsonschema_rs

from ..specs import pointer
from ..specs.explain import nearest
from .refusal import Invalid, Where


def invalids(
    errors: Iterable[jsonschema_rs.ValidationError],
    location: Where,
    place: Callable[[Sequence[str | int]], str],
) -> tuple[Invalid, ...]:
    """One `Invalid` for each error; `place` gives the contract's pointer of a schema path.

    Where alternatives are open, the errors are those of the nearest one.
    """
    return tuple(
        _invalid(inner, location, place(inner.schema_path))
        for error in errors
        for inner in _innermost(error)
    )


def _innermost(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    alternative = nearest(error) if error.kind.name in ("oneOf", "anyOf") else ()
    if not alternative:
        yield error
    for inner in alternative:
        yield from _innermost(inner)


def _invalid(error: jsonschema_rs.ValidationError, location: Where, at: str) -> Invalid:
    path = tuple(error.instance_path)
    rule: str = error.kind.name
    limit: Any = getattr(error.kind, "value", None)
    value = error.instance
    if rule == "required":
        # A validator points at the object that lacks the member; people look for the member.
        path, value, limit = (*path, str(limit)), None, True
    return Invalid(location, path, rule, value, limit, error.message, at)


def schema_place(base: str) -> Callable[[Sequence[str | int]], str]:
    """Where a schema path stands in the contract; `base` is the pointer of the schema compiled."""

    def place(path: Sequence[str | int]) -> str:
        parts = [str(part) for part in path]
        if "components" in parts:
            start = len(parts) - 1 - parts[::-1].index("components")
            return pointer.join(parts[start:])
        # What is compiled is `{"allOf": [schema]}`.
        return base + pointer.join(parts[2:])

    return place
