"""The orders that a listing can be asked for."""

from collections.abc import Mapping
from typing import Any

from ..specs.members import resolved_member
from ..specs.operation import Operation
from .trial import Trial
from .walk import listing_of


def asked_orders(trial: Trial, operation: Operation) -> list[tuple[Mapping[str, Any], str, bool]]:
    """Every order that can be asked for: the query, the field's name, and whether it descends."""
    order = listing_of(operation).order
    if order.by is None:
        return []
    names = _enum(trial, operation, order.by)
    if order.direction is not None:
        return [
            ({order.by: name, order.direction.parameter: value}, name, descends)
            for name in names
            for value, descends in ((order.direction.asc, False), (order.direction.desc, True))
        ]
    prefix = order.descending or "\0"
    return [({order.by: n}, n.removeprefix(prefix), n.startswith(prefix)) for n in names]


def _enum(trial: Trial, operation: Operation, name: str) -> list[str]:
    parameter = next(p for p in operation.parameters if p.name == name)
    schema = resolved_member(trial.contract.document, parameter.schema)
    if schema.get("type") == "array":
        schema = resolved_member(trial.contract.document, schema.get("items", {}))
    return list(schema.get("enum", ()))
