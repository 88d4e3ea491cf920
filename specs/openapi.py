"""Whether a document has the form that OpenAPI 3.0 asks for."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema_rs

from .explain import Defect, defects


def misformed(document: Mapping[str, Any]) -> Iterator[Defect]:
    """Every place where `document` breaks OpenAPI's own schema."""
    schema, validator = _form()
    return defects(validator, document, schema)


@cache
def _form() -> tuple[Mapping[str, Any], jsonschema_rs.Draft4Validator]:
    # The file alone: to import its package takes longer than to read four contracts.
    package = distribution("openapi-spec-validator")
    file = package.locate_file("openapi_spec_validator/resources/schemas/v3.0/schema.json")
    text = Path(str(file)).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema, jsonschema_rs.Draft4Validator(schema)
