"""Samples of what a subject holds: values to filter by, taken from its own data."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from ..specs import pointer
from ..specs.clauses import Filter
from ..specs.contract import Contract
from ..specs.members import field_of, resolved_member
from ..specs.operation import Operation, Parameter
from .trial import Trial
from .values import satisfies
from .walk import listing_of, walk

Asked = Mapping[str, Any]
MOST_VALUES = 3
"""How many values a parameter is tried with, more or less."""


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
    """Values to filter by: from the subject's own data where the field is shown, else examples.

    All laws of a parameter get the same ones, so that they may share what they read.
    """
    clause = parameter.filter
    if clause is None:
        return []
    if clause.op == "isnull":
        return [True, False]
    name = f"operands {operation.id} {parameter.name}"
    return trial.shared(name, partial(_operands, trial, operation, parameter, clause))


def _operands(
    trial: Trial, operation: Operation, parameter: Parameter, clause: Filter
) -> list[Any]:
    schema = parameter_schema(trial, parameter)
    seen = [pointer.value(row, clause.field) for row in _rows(trial, operation)]
    values = _distinct([_as_asked(value, schema) for value in seen if value is not None])
    if not values:
        values = _distinct(list(schema.get("enum", ()))) or _examples(trial, parameter, schema)
    trial.chance(f"{operation.id} {parameter.name}").shuffle(values)
    if clause.op in ("gt", "gte", "lt", "lte"):
        return _edges(values)
    if clause.op == "in":
        lists = [values[:1], values[:2], values[:3], _in_other_case(values[:1], schema)]
        return [each for each in lists if each]
    if clause.op == "contains":
        return _parts(values)
    return _distinct([*values[:MOST_VALUES], *_in_other_case(values[:1], schema)])


def asks(trial: Trial, operation: Operation, parameter: Parameter) -> list[tuple[Any, Asked]]:
    """Values to filter by, and what else to ask for: little, unless there are few values."""
    found = operands(trial, operation, parameter)
    asked: list[tuple[Any, Asked]] = [(operand, {}) for operand in found]
    if 0 < len(found) < MOST_VALUES:
        asked += [
            (operand, other) for other in others(trial, operation, parameter) for operand in found
        ]
    return asked


def others(trial: Trial, operation: Operation, parameter: Parameter) -> list[Asked]:
    """Two requests that filter by other parameters than this one."""
    found = (asked for asked in other_filters(trial, operation) if parameter.name not in asked)
    return list(islice(found, 2))


def narrowings(trial: Trial, operation: Operation) -> Iterator[Asked]:
    """Requests for the whole list and for parts of it, at most four."""
    yield {}
    yield from islice(other_filters(trial, operation), 3)


def can_narrow(contract: Contract, operation: Operation) -> list[Parameter]:
    """The filters that keep a part of what the list shows."""
    collection = contract.collections[listing_of(operation).collection]
    # A filter on the mark of soft deletion changes what the list is of.
    return [
        parameter
        for parameter in filters(operation)
        if parameter.filter and parameter.filter.field != collection.soft_delete
    ]


def other_filters(trial: Trial, operation: Operation) -> Iterator[Asked]:
    """Requests with one filter each, in a random order; where it can be seen, some item meets it.

    Each parameter comes once before any comes again with another value.
    """
    parameters = can_narrow(trial.contract, operation)
    trial.chance(operation.id).shuffle(parameters)
    for turn in range(MOST_VALUES):
        for parameter in parameters:
            # Made when it comes to it: a request for a few needs the values of a few.
            found = trial.shared(
                f"met {operation.id} {parameter.name}",
                partial(_met, trial, operation, parameter),
            )
            if turn < len(found):
                yield {parameter.name: found[turn]}


def beyond(trial: Trial, operation: Operation) -> Iterator[Asked]:
    """Requests for a range in which nothing is, or for a text that nobody has thought of."""
    for parameter in can_narrow(trial.contract, operation):
        schema = parameter_schema(trial, parameter)
        op = parameter.filter.op if parameter.filter else ""
        if op in ("gt", "gte", "lt", "lte"):
            for value in _far(schema, is_late=op in ("gt", "gte")):
                yield {parameter.name: value}
        elif op in ("eq", "contains") and not {"enum", "pattern"} & schema.keys():
            for value in _unheard(trial, schema):
                yield {parameter.name: value}


def _met(trial: Trial, operation: Operation, parameter: Parameter) -> list[Any]:
    """The values that some item meets; all of them where that cannot be seen."""
    clause = parameter.filter
    found = operands(trial, operation, parameter)
    rows = _rows(trial, operation)
    if clause is None or not rows or not is_shown(trial.contract, operation, clause.field):
        return found
    return [operand for operand in found if expected(trial, rows, parameter, operand)]


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
    """A first part of what is there."""
    return trial.shared(f"rows {operation.id}", lambda: walk(trial, operation, most=3).items)


def _as_asked(value: Any, schema: Mapping[str, Any]) -> Any:
    """A stored value as the parameter takes it."""
    if schema.get("format") == "minute" and isinstance(value, str):
        return value[:16]
    return value


def _distinct(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str | int | float)))


def _edges(values: list[Any]) -> list[Any]:
    """The smallest, the largest and one between: where comparisons go wrong."""
    ordered = sorted(values, key=lambda value: (isinstance(value, str), value))
    return _distinct([*ordered[:1], *ordered[-1:], *ordered[len(ordered) // 2 :][:1]])


def _parts(values: list[Any]) -> list[str]:
    """Parts of texts: from the beginning, the middle and the end; one of them in other case."""
    texts = [str(value) for value in values if len(str(value)) > 1]
    cuts = [slice(0, 3), slice(-3, None), slice(1, 4)]
    parts = [text[cut].strip() for text, cut in zip(texts * len(cuts), cuts, strict=False)]
    return _distinct([part for part in (*parts, *(p.swapcase() for p in parts[:1])) if part])


def _in_other_case(values: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    """Free text with upper and lower case changed about."""
    if schema.get("type") != "string" or {"format", "enum", "pattern"} & schema.keys():
        return []
    return [str(value).swapcase() for value in values]


def _far(schema: Mapping[str, Any], *, is_late: bool) -> list[Any]:
    """Values beyond all data: the contracts set no such times and amounts."""
    years = (2100, 2150, 2199) if is_late else (1971, 1972, 1973)
    if schema.get("format") == "date-time":
        return [f"{year}-01-01T00:00:00Z" for year in years]
    if schema.get("format") == "minute":
        return [f"{year}-01-01T00:00" for year in years]
    if schema.get("type") in ("integer", "number"):
        return [schema.get("maximum", 2**40)] if is_late else [schema.get("minimum", -(2**40))]
    return []


def _unheard(trial: Trial, schema: Mapping[str, Any]) -> list[Any]:
    """Made-up texts and ids."""
    if schema.get("format") == "uuid":
        return [str(UUID(int=trial.random.getrandbits(128), version=4))]
    if schema.get("type") != "string" or "format" in schema:
        return []
    return [f"understudy {trial.random.getrandbits(64):x}"[: schema.get("maxLength")]]


def _examples(trial: Trial, parameter: Parameter, schema: Mapping[str, Any]) -> list[Any]:
    """Values for a field that nothing shows, or that is null everywhere."""
    node = pointer.value(trial.contract.document, pointer.split(parameter.pointer))
    given = [n["example"] for n in (node, schema) if "example" in n]
    given = [value for entry in given for value in (entry if isinstance(entry, list) else [entry])]
    made: Mapping[str, list[Any]] = {
        "uuid": [str(UUID(int=number, version=4)) for number in (1, 2, 3)],
        "date-time": ["1970-01-01T00:00:00Z", "2025-06-01T00:00:00Z", "2100-01-01T00:00:00Z"],
        "minute": ["1970-01-01T00:00", "2025-06-01T00:00", "2100-01-01T00:00"],
        "integer": [1, 2, 3],
        "number": [1, 2.5, 100],
        "boolean": [True, False],
    }
    kind = str(schema.get("format", schema.get("type")))
    plain = made.get(kind) or made.get(str(schema.get("type")))
    texts = [] if {"pattern", "enum"} & schema.keys() else ["ABC", "DEF", "GHI"]
    return _distinct([*given, *(plain if plain is not None else texts)])
