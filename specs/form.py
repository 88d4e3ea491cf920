"""Whether a document can be read at all: OpenAPI 3.0's own form, sound references and patterns."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from . import pointer, references
from .document import Document
from .errors import ContractError, Finding
from .openapi import misformed
from .walk import Part


def check(source: Document) -> None:
    """ContractError with every place where `source` breaks OpenAPI's form, or refers to nothing."""
    document: Mapping[str, Any] = source.data
    if not isinstance(document, Mapping):
        raise ContractError([source.finding("", "is no OpenAPI document: not a mapping")])
    version = str(document.get("openapi", "missing"))
    if not version.startswith("3.0."):
        message = f"OpenAPI 3.0 is what can be read; here `openapi` is {version}"
        raise ContractError([source.finding("/openapi", message)])
    found = [source.finding(pointer.join(path), told) for path, told in misformed(document)]
    found += references.findings(source)
    for part in () if found else source.parts:
        if part.kind == "schema":
            found += _schema(source, part)
    if found:
        raise ContractError(sorted(set(found)))


def _schema(source: Document, part: Part) -> list[Finding]:
    """What OpenAPI's own schema lets pass and no validator can be made of."""
    found = [
        source.finding(f"{part.pointer}/{key}", "must have 1 items or more, not []")
        for key in ("allOf", "oneOf", "anyOf")
        if part.node.get(key) == []
    ]
    pattern = part.node.get("pattern")
    if pattern is not None and not _is_pattern(pattern):
        message = f'"{pattern}" is no regular expression'
        found.append(source.finding(f"{part.pointer}/pattern", message))
    return found


def _is_pattern(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (ValueError, jsonschema_rs.ValidationError):
        return False
    return True
