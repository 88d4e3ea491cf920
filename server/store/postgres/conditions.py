"""Conditions in SQL: each meets what `values.matcher` says it meets."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import not_, or_

from ...values import is_loose
from ..query import Condition
from .asked import as_json, operand
from .fields import Field, Predicate


def stripped(condition: Condition) -> Condition:
    """`condition` without what it compares with; its value says what else its SQL depends on."""
    return condition if condition.op == "isnull" else condition._replace(value=is_loose(condition))


def met(at: int, condition: Condition) -> Predicate:
    """Whether a document meets the condition, stripped, of that number."""
    field = _field(condition)
    if condition.op == "isnull":
        return field.null if condition.value else not_(field.null)
    found = _compared(field, condition, f"where{at}")
    return or_(field.null, found) if condition.or_null else found


def operands(where: Sequence[Condition]) -> Iterator[tuple[str, Any]]:
    """What conditions compare with, as parameters."""
    for at, condition in enumerate(where):
        name, value = f"where{at}", condition.value
        if condition.op == "isnull":
            continue
        if is_loose(condition):
            many = value if condition.op == "in" else [value]
            yield name, [as_json(each) for each in many if each is not None]
        elif condition.op == "in":
            ready = (_ready(each, condition) for each in value)
            yield from _field(condition).values(name, [e for e in ready if e is not None])
        else:
            yield from _field(condition).values(name, _ready(value, condition))


def _compared(field: Field, condition: Condition, name: str) -> Predicate:
    op = condition.op
    if condition.value:
        return field.same(name)
    match op:
        case "eq":
            return field.equal(name)
        case "in":
            return field.among(name)
        case "contains":
            return field.containing(name)
        case "gt" | "gte":
            return field.more(name, inclusive=op == "gte")
        case "lt" | "lte":
            return field.less(name, inclusive=op == "lte")
    raise ValueError(f"{op} is no operator")


def _field(condition: Condition) -> Field:
    return Field.of(condition.field, condition.kind, folds=not condition.case_sensitive)


def _ready(value: Any, condition: Condition) -> Any:
    if not condition.case_sensitive and isinstance(value, str):
        value = value.casefold()
    return operand(value, condition.kind)
