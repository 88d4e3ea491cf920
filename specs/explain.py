"""What a validator found, as places and sentences that say what was expected."""

from collections.abc import Callable, Iterator, Mapping
from json import dumps
from typing import Any

import jsonschema_rs

from . import pointer
from .errors import did_you_mean
from .pointer import Path

Defect = tuple[Path, str]
"""The place in the instance, and a sentence about it."""

_LONGEST = 60
_UNEVALUATED = "unevaluatedProperties"

_LIMITS: Mapping[str, str] = {
    "minimum": "must be {} or more",
    "maximum": "must be {} or less",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have {} characters or more",
    "maxLength": "must have {} characters or fewer",
    "minItems": "must have {} items or more",
    "maxItems": "must have {} items or fewer",
    "minProperties": "must have {} members or more",
    "maxProperties": "must have {} members or fewer",
    "pattern": "must match {}",
    "const": "must be {}",
}


def defects(
    validator: jsonschema_rs.Draft202012Validator | jsonschema_rs.Draft4Validator,
    instance: Any,
    schema: Mapping[str, Any] | None = None,
) -> Iterator[Defect]:
    """Every defect of `instance`; `schema`, the validator's own, lets misspelt names be told."""
    errors = list(validator.iter_errors(instance))
    broken = [_path(error) for error in errors if error.kind.name != _UNEVALUATED]
    for error in errors:
        at = _path(error)
        # Where a part of a schema is broken, what it declares counts as undeclared as well.
        if error.kind.name != _UNEVALUATED or not any(path[: len(at)] == at for path in broken):
            yield from _explain(error, schema or {})


def nearest(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """What is wrong in the alternative that the instance comes nearest to; empty if in none."""
    at = _path(error)
    candidates = [b for b in _branches(error) if b and not _wrong_kind(b, at)]
    # An alternative whose tag has another value is not the one that was meant.
    return min(
        candidates, key=lambda branch: (_tag(branch, at) is not None, len(branch)), default=[]
    )


def shown(value: Any) -> str:
    """`value` as JSON, shortened to one line."""
    text = dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _explain(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> Iterator[Defect]:
    at = _path(error)
    kind, value = error.kind.name, getattr(error.kind, "value", None)
    if kind in ("oneOf", "anyOf"):
        yield from _alternatives(error, schema, at)
    elif kind in ("additionalProperties", _UNEVALUATED):
        known = _known(error, schema)
        for name in getattr(error.kind, "unexpected", ()):
            yield (*at, name), f'there is no member "{name}" here.{did_you_mean(name, known)}'
    elif kind == "propertyNames":
        name = error.instance if isinstance(error.instance, str) else ""
        inner = getattr(error.kind, "error", None)
        why = next(_explain(inner, {}), ((), ""))[1] if inner is not None else "is not allowed"
        yield at, f"a name here {why}{f', not {shown(name)}' if name else ''}"
    else:
        yield at, _sentence(kind, value, error)


def _sentence(kind: str, value: Any, error: jsonschema_rs.ValidationError) -> str:
    simple: Mapping[str, Callable[[], str]] = {
        "required": lambda: f'needs the member "{value}"',
        "enum": lambda: _enum(error.instance, value),
        "type": lambda: f"must be {_types(value)}, not {shown(error.instance)}",
        "format": lambda: f'must be of format "{value}", not {shown(error.instance)}',
        "falseSchema": lambda: "is not allowed here",
        "uniqueItems": lambda: "has the same item twice",
        "not": lambda: f"must not be {shown(error.instance)}",
    }
    if kind in simple:
        return simple[kind]()
    if kind in _LIMITS:
        limit = value if kind == "pattern" else shown(value)
        return f"{_LIMITS[kind].format(limit)}, not {shown(error.instance)}"
    return " ".join(error.message.split())


def _enum(instance: Any, options: Any) -> str:
    names = [option if isinstance(option, str) else shown(option) for option in options]
    hint = did_you_mean(instance, names) if isinstance(instance, str) else ""
    return f"must be one of {', '.join(names)}, not {shown(instance)}.{_only_guess(hint)}"


def _only_guess(hint: str) -> str:
    return hint if hint.startswith(" Did") else ""


def _types(value: Any) -> str:
    types = [value] if isinstance(value, str) else sorted(map(str, value), key="null".__eq__)
    articles = {"array": "an", "integer": "an", "object": "an"}
    return " or ".join(
        "null" if name == "null" else f"{articles.get(name, 'a')} {name}" for name in types
    )


def _alternatives(
    error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], at: Path
) -> Iterator[Defect]:
    """The defects in the alternative that the instance comes nearest to."""
    branches = _branches(error)
    candidates = [branch for branch in branches if not _wrong_kind(branch, at)]
    if not all(branches):
        yield at, "fits more than one of the alternatives"
    elif not candidates:
        types = sorted({name for branch in branches for name in _expected(branch)})
        said = f"must be {_types(types)}" if types else "fits none of the alternatives"
        yield at, f"{said}, not {shown(error.instance)}"
    else:
        tags = [_tag(branch, at) for branch in candidates]
        if len(candidates) > 1 and None not in tags and len({tag[0] for tag in tags if tag}) == 1:
            name, _, value = tags[0] or ("", (), None)
            options = [option for tag in tags if tag for option in tag[1]]
            yield (*at, name), _enum(value, dict.fromkeys(options))
            return
        for inner in nearest(error):
            yield from _explain(inner, schema)


def _branches(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    return [list(branch) for branch in getattr(error.kind, "context", ())]


def _path(error: jsonschema_rs.ValidationError) -> Path:
    return tuple(str(token) for token in error.instance_path)


def _wrong_kind(branch: list[jsonschema_rs.ValidationError], at: Path) -> bool:
    """Whether the branch is for values of another type, or is a reference, which this is not."""
    return any(
        len(error.instance_path) == len(at)
        and (
            error.kind.name == "type"
            or (error.kind.name == "required" and getattr(error.kind, "value", "") == "$ref")
        )
        for error in branch
    )


def _expected(branch: list[jsonschema_rs.ValidationError]) -> list[str]:
    found: list[str] = []
    for error in branch:
        if error.kind.name == "type":
            value = getattr(error.kind, "value", ())
            found += [value] if isinstance(value, str) else [str(name) for name in value]
    return found


def _tag(
    branch: list[jsonschema_rs.ValidationError], at: Path
) -> tuple[str, tuple[Any, ...], Any] | None:
    """The member that tells the branches apart and has another's value: name, values, the value."""
    for error in branch:
        if error.kind.name in ("enum", "const") and len(error.instance_path) == len(at) + 1:
            value = getattr(error.kind, "value", None)
            options = tuple(value) if error.kind.name == "enum" and value else (value,)
            return str(error.instance_path[-1]), options, error.instance
    return None


def _known(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> list[str]:
    """The names that the schema declares beside the keyword that refused one."""
    beside = tuple(str(token) for token in error.schema_path[:-1])
    return sorted(_declared(schema, pointer.value(schema, beside), frozenset()))


def _declared(root: Mapping[str, Any], schema: Any, seen: frozenset[str]) -> set[str]:
    """The members that `schema` declares, with its parts and what it refers to."""
    if not isinstance(schema, Mapping):
        return set()
    names = {name for name, part in schema.get("properties", {}).items() if part is not False}
    for key in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(key, ()):
            names |= _declared(root, part, seen)
    target = schema.get("$ref")
    if isinstance(target, str) and target.startswith("#") and target not in seen:
        names |= _declared(root, pointer.value(root, pointer.split(target[1:])), seen | {target})
    return names
