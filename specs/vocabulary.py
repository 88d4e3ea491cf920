"""Whether an `x-understudy` member is one that `clauses.yaml` knows."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import yaml

from .explain import Defect, defects


def misspelt(clause: Any, kind: str) -> Iterator[Defect]:
    """Every place where `clause` breaks the form of its kind (`root`, `operation`, ...)."""
    validator, schema = _form(kind)
    return defects(validator, clause, schema)


@cache
def _vocabulary() -> Mapping[str, Any]:
    text = files(__package__).joinpath("clauses.yaml").read_text(encoding="utf-8")
    vocabulary: Mapping[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return vocabulary


@cache
def _form(kind: str) -> tuple[jsonschema_rs.Draft202012Validator, Mapping[str, Any]]:
    definitions: Mapping[str, Any] = _vocabulary()["$defs"]
    schema = {**definitions[kind], "$defs": definitions}
    return jsonschema_rs.Draft202012Validator(schema), schema
