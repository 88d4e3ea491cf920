"""What the diff calls safe is safe, and what it calls breaking breaks somebody."""

from typing import Any, Literal

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from understudy.conformance.diff.node import Node
from understudy.conformance.diff.scalars import numbers, texts
from understudy.conformance.diff.side import Side
from understudy.conformance.diff.instances import instances
from understudy.specs.schema import Schemas, converted

from .schemas import Schema, compared, document, pairs

Where = Literal["request", "response"]
WHERE: tuple[Where, ...] = ("request", "response")


def sent(schema: Schema, where: Where) -> dict[str, Any]:
    """What a sender sends who knows the schema: members that it declares, and no others."""
    direction: Literal["request", "answer"] = "request" if where == "request" else "answer"
    return dict(converted(schema, direction, closed=True))


def accepts(schema: Schema, where: Where) -> jsonschema_rs.Draft202012Validator:
    """What a receiver takes."""
    source = document(schema, where)
    direction: Literal["request", "answer"] = "request" if where == "request" else "answer"
    return Schemas(source.data).compile(schema, direction)
