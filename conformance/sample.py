"""Samples of what a subject holds: values to filter by, taken from its own data."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from ..specs import pointer
from ..specs.contract import Contract
from ..specs.members import field_of, resolved_member
from ..specs.operation import Operation, Parameter
from .trial import Trial
from .values import satisfies
from .walk import listing_of, walk

Asked = Mapping[str, Any]
MOST_VALUES = 3


def filters(operation: Operation) -> list[Parameter]:
    """The parameters that filter."""
    return [p for p in operation.parameters if p.filter is not None and p.location == "query"]


def parameter_schema(trial: Trial, parameter: Parameter) -> Mapping[str, Any]:
    """The schema of a parameter's value; of one item, for a list."""
    schema = resolved_member(trial.contract.document, parameter.schema)
    if schema.get("type") == "array":
        return resolved_member(trial.contract.document, schema.get("items", {}))
    return schema


def is_shown(contract: Contract, operation: Operation, path: pointer.Path) -> bool:
    """Whether the items of a listing show the field."""
    listing = listing_of(operation)
    response = operation.response(200)
    if response is None:
        return False
    schema: Mapping[str, Any] = next(iter(response.content.values()), {})
    items = field_of(contract.document, schema, (*listing.items, "0"))
    return bool(field_of(contract.document, items, path))


def operands(trial: Trial, operation: Operation, parameter: Parameter) -> list[Any]:
    """Values to filter by: from the subject's own data where the field is shown, else examples."""
    clause = parameter.filter
    if clause is None:
        return []
    if clause.op == "isnull":
        return [True, False]
    schema = parameter_schema(trial, parameter)
    seen = [pointer.value(row, clause.field) for row in _rows(trial, operation)]
    values = _distinct([_as_asked(value, schema) for value in seen if value is not None])
    if not values:
        values = _distinct(list(schema.get("enum", ()))) or _examples(schema)
    trial.random.shuffle(values)
    picked = _edges(values) if clause.op in ("gt", "gte", "lt", "lte") else values[:MOST_VALUES]
    if clause.op == "contains":
        picked = [part for value in picked if (part := str(value)[:3].strip())]
    if clause.op == "in":
        return [picked[:1], picked[:2], picked[:3]] if picked else []
    return picked


def narrowings(trial: Trial, operation: Operation) -> Iterator[Asked]:
    """Requests for the whole list and for parts of it, at most four, none empty."""
    yield {}
    yield from islice(other_filters(trial, operation), 3)


def other_filters(trial: Trial, operation: Operation) -> Iterator[Asked]:
    """Requests with one filter each, in a random order, that some item meets."""
    collection = trial.contract.collections[listing_of(operation).collection]
    # A filter on the mark of soft deletion changes what the list is of.
    parameters = [
        parameter
        for parameter in filters(operation)
        if parameter.filter and parameter.filter.field != collection.soft_delete
    ]
    trial.random.shuffle(parameters)
    for parameter in parameters:
        for value in operands(trial, operation, parameter)[:1]:
            yield {parameter.name: value}


def expected(
    trial: Trial, rows: tuple[Mapping[str, Any], ...], parameter: Parameter, operand: Any
) -> list[Mapping[str, Any]]:
    """The rows that the filter should keep, by the judge's own reading."""
    clause = parameter.filter
    if clause is None:
        return list(rows)
    schema = parameter_schema(trial, parameter)
    return [
        row
        for row in rows
        if satisfies(
            pointer.value(row, clause.field),
            clause.op,
            operand,
            schema,
            case=clause.case_sensitive,
        )
    ]


def _rows(trial: Trial, operation: Operation) -> tuple[Mapping[str, Any], ...]:
    """A first part of what is there; asked for once in a trial."""
    return trial.once(operation.id, lambda: walk(trial, operation, most=3).items)


def _as_asked(value: Any, schema: Mapping[str, Any]) -> Any:
    """A stored value as the parameter takes it."""
    if schema.get("format") == "minute" and isinstance(value, str):
        return value[:16]
    return value


def _distinct(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str | int | float)))


def _edges(values: list[Any]) -> list[Any]:
    """The smallest, the largest and one between: where comparisons go wrong."""
    ordered = sorted(values, key=lambda value: (str(type(value)), value))
    return _distinct([*ordered[:1], *ordered[-1:], *ordered[len(ordered) // 2 :][:1]])


def _examples(schema: Mapping[str, Any]) -> list[Any]:
    """Values for a field that nothing shows, or that is null everywhere."""
    if "example" in schema:
        return [schema["example"]]
    made: Mapping[str, list[Any]] = {
        "uuid": [str(UUID(int=number)) for number in (0, 1, 2**127)],
        "date-time": ["1970-01-01T00:00:00Z", "2025-06-01T00:00:00Z", "2100-01-01T00:00:00Z"],
    }
    return made.get(str(schema.get("format")), ["understudy-a", "understudy-b", "understudy-c"])
