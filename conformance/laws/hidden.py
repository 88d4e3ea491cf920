"""Laws of filters on moments that no answer shows: before, at and after are three parts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.operation import Operation, Parameter
from ...specs.pointer import Path
from ..law import Law, Violation
from ..sample import filters, is_shown, parameter_schema
from ..trial import Trial
from ..walk import Walk, keys, listing_of, walk

OPS = ("lt", "eq", "gt", "lte", "gte")
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between these lie all moments of a subject's data."""
MOMENTS = 3
"""So many moments are looked for; each takes some thirty requests."""
Parts = Mapping[str, Parameter]


def laws(contract: Contract) -> Iterator[Law]:
    """One law for each hidden field that a listing can be asked for by every comparison."""
    for operation in contract.operations.values():
        if operation.listing is None:
            continue
        for field, parts in _fields(contract, operation).items():
            yield Law(
                id="hidden.moments",
                claim="Of a moment that is not shown, before, at and after are three parts.",
                operation=operation.id,
                subject_of="/".join(field),
                pointer=parts["lt"].pointer,
                basis=parts["lt"].basis or operation.basis,
                effect="reads",
                check=_bound(operation, parts),
            )


def _bound(operation: Operation, parts: Parts) -> Any:
    return lambda trial: _check(trial, operation, parts)


def _fields(contract: Contract, operation: Operation) -> Mapping[Path, Parts]:
    """The fields, each with its parameters by operator."""
    found: dict[Path, dict[str, Parameter]] = {}
    for parameter in filters(operation):
        clause = parameter.filter
        if clause is not None and not is_shown(contract, operation, clause.field):
            found.setdefault(clause.field, {})[clause.op] = parameter
    return {field: parts for field, parts in found.items() if set(OPS) <= parts.keys()}


def _check(trial: Trial, operation: Operation, parts: Parts) -> None:
    if parameter_schema(trial, parts["lt"]).get("format") != "date-time":
        trial.reason = "the field is no moment"
        return
    after = FIRST
    for _ in range(MOMENTS):
        moment = _next(trial, operation, parts, after)
        if moment is None:
            break
        _hold(trial, operation, parts, moment)
        after = moment + timedelta(seconds=1)
    if not trial.fired:
        trial.reason = "no item has such a moment"


def _next(trial: Trial, operation: Operation, parts: Parts, after: datetime) -> datetime | None:
    """The second in which the first moment lies that is not before `after`."""
    below = _count(trial, operation, parts, after)
    if _count(trial, operation, parts, LAST) == below:
        return None
    low, high = after, LAST
    # Invariant: nothing more lies before `low`, something more does before `high`.
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
        if _count(trial, operation, parts, middle) > below:
            high = middle
        else:
            low = middle
    return low


def _count(trial: Trial, operation: Operation, parts: Parts, moment: datetime) -> int:
    """How many items are before a moment: as the answer says, else as they are counted."""
    paging, total = listing_of(operation).paging, listing_of(operation).report.total
    if not total:
        return len(_kept(trial, operation, parts["lt"], moment).items)
    query = {parts["lt"].name: _text(moment), paging.size: 1}
    return int(pointer.value(trial.good(operation.id, query=query).data, total[0]))


def _kept(trial: Trial, operation: Operation, parameter: Parameter, moment: datetime) -> Walk:
    return walk(trial, operation, {parameter.name: _text(moment)})


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _hold(trial: Trial, operation: Operation, parts: Parts, moment: datetime) -> None:
    walks = {op: _kept(trial, operation, parts[op], moment) for op in OPS}
    listing = listing_of(operation)
    found = {op: set(map(repr, keys(trial, listing, each.items))) for op, each in walks.items()}
    pages = [each.pages[0] for each in walks.values()]
    for one, other in (("lt", "eq"), ("eq", "gt"), ("lt", "gt")):
        both = found[one] & found[other]
        if both:
            raise Violation(
                f"{min(both)} is kept by {parts[one].name} and by {parts[other].name}", *pages
            )
    for whole, side in (("lte", "lt"), ("gte", "gt")):
        if found[whole] != found[side] | found["eq"]:
            raise Violation(
                f"{parts[whole].name} is not {parts[side].name} and {parts['eq'].name} together",
                *pages,
            )
    if found["lt"] | found["gte"] != found["lte"] | found["gt"]:
        raise Violation(f"what is before and after {moment} is not the whole each time", *pages)
    for op in OPS:
        trial.fire(op, moment)
