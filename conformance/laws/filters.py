"""Laws of `filter`: a parameter keeps the items that it says, all of them, and no others."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.operation import Operation, Parameter
from ..law import Law, Violation
from ..sample import Asked, asks, can_narrow, expected, filters, is_shown, operands, others
from ..trial import Trial
from ..values import satisfies
from ..walk import Walk, keys, listing_of, walk

Check = Callable[[Trial, Operation, Parameter], None]


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every filter of every listing."""
    for operation in contract.operations.values():
        if operation.listing is None:
            continue
        for parameter in filters(operation):
            for id_, claim, check in _of(contract, operation, parameter):
                yield _law(operation, parameter, id_, claim, check)
        if any(is_shown(contract, operation, each.field) for each in operation.listing.where):
            yield Law(
                id="where.kept",
                claim="What is listed meets the conditions that the list has of its own.",
                operation=operation.id,
                pointer=f"{operation.listing.pointer}/where",
                basis=operation.listing.basis,
                effect="reads",
                check=_own_conditions(operation),
            )


def _own_conditions(operation: Operation) -> Callable[[Trial], None]:
    listing = listing_of(operation)

    def check(trial: Trial) -> None:
        whole = _whole(trial, operation)
        for each in listing.where:
            if not is_shown(trial.contract, operation, each.field):
                continue
            schema = trial.contract.field_schema(listing.collection, each.field)
            for item in whole.items:
                found = pointer.value(item, each.field)
                if not satisfies(found, each.op, each.value, schema, case=True):
                    name = pointer.join(each.field)
                    raise Violation(f"an item is listed whose {name} is {found!r}", *whole.pages)
                trial.fire(pointer.value(item, trial.contract.collections[listing.collection].key))

    return check


def _law(operation: Operation, parameter: Parameter, id_: str, claim: str, check: Check) -> Law:
    clause = parameter.filter
    return Law(
        id=f"filter.{id_}",
        claim=claim,
        operation=operation.id,
        subject_of=parameter.name,
        pointer=clause.pointer if clause else parameter.pointer,
        basis=clause.basis if clause else parameter.basis,
        effect="reads",
        check=lambda trial: check(trial, operation, parameter),
    )


def _of(
    contract: Contract, operation: Operation, parameter: Parameter
) -> Iterator[tuple[str, str, Check]]:
    clause = parameter.filter
    if clause is None:
        return
    name = f"`{parameter.name}`"
    collection = contract.collections[listing_of(operation).collection]
    if clause.field == collection.soft_delete:
        yield "uncovers", f"{name} shows what is softly deleted, and only then.", _uncovers
        return
    yield "subset", f"{name} adds no item to the list.", _subset
    if clause.op == "isnull":
        yield "partition", f"{name} cuts the list in two.", _partition
    if not is_shown(contract, operation, clause.field):
        if clause.op == "eq":
            yield "disjoint", f"{name} keeps no item for two values.", _disjoint
        return
    yield "keeps", f"{name} keeps just the items that meet it.", _keeps
    yield "complete", f"{name} leaves out no item that meets it.", _complete
    if len(can_narrow(contract, operation)) > 1:
        yield "together", f"{name} and another filter hold both.", _together
    if clause.op == "in":
        yield "union", f"{name} of several is what it is of each.", _union


def _whole(trial: Trial, operation: Operation, rest: Asked | None = None) -> Walk:
    return walk(trial, operation, rest)


def _ids(trial: Trial, operation: Operation, found: Walk) -> list[Any]:
    return keys(trial, listing_of(operation), found.items)


def _keeps(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    for operand, rest in asks(trial, operation, parameter):
        kept = walk(trial, operation, {**rest, parameter.name: operand})
        meeting = {id(item) for item in expected(trial, kept.items, parameter, operand)}
        wrong = [item for item in kept.items if id(item) not in meeting]
        if wrong:
            raise Violation(
                f"{parameter.name}={operand} kept an item with {_field(parameter, wrong[0])}",
                kept.pages[0],
            )
        trial.fire(operand, rest)


def _disjoint(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    seen: dict[str, Any] = {}
    for operand in operands(trial, operation, parameter):
        kept = walk(trial, operation, {parameter.name: operand})
        for key in map(repr, _ids(trial, operation, kept)):
            if seen.setdefault(key, operand) != operand:
                raise Violation(
                    f"{parameter.name} keeps {key} for {seen[key]} and for {operand}",
                    kept.pages[0],
                )
        trial.fire(operand)


def _uncovers(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    """Of a field that is null wherever the list shows anything: the filter decides what shows."""
    is_null_test = parameter.filter is not None and parameter.filter.op == "isnull"
    for operand, rest in asks(trial, operation, parameter):
        plain = set(map(repr, _ids(trial, operation, _whole(trial, operation, rest))))
        kept = walk(trial, operation, {**rest, parameter.name: operand})
        found = set(map(repr, _ids(trial, operation, kept)))
        wrong = found ^ plain if is_null_test and operand is True else found & plain
        if wrong:
            raise Violation(
                f"{parameter.name}={operand}: {min(wrong)} is shown as deleted and as not",
                kept.pages[0],
            )
        trial.fire(operand, rest)


def _complete(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    for operand, rest in asks(trial, operation, parameter):
        whole = _whole(trial, operation, rest)
        kept = walk(trial, operation, {**rest, parameter.name: operand})
        found = _ids(trial, operation, kept)
        path = trial.contract.collections[listing_of(operation).collection].key
        for item in expected(trial, whole.items, parameter, operand):
            if pointer.value(item, path) not in found:
                raise Violation(
                    f"{parameter.name}={operand} left out {pointer.value(item, path)}, "
                    f"whose field is {_field(parameter, item)}",
                    kept.pages[0],
                    whole.pages[0],
                )
        trial.fire(operand, rest)


def _subset(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    for operand, rest in asks(trial, operation, parameter):
        everything = set(map(repr, _ids(trial, operation, _whole(trial, operation, rest))))
        kept = walk(trial, operation, {**rest, parameter.name: operand})
        for key in _ids(trial, operation, kept):
            if repr(key) not in everything:
                raise Violation(
                    f"{parameter.name}={operand} shows {key}, which the whole list does not",
                    kept.pages[0],
                )
        trial.fire(operand, rest)


def _together(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    for operand in operands(trial, operation, parameter)[:2]:
        mine: Mapping[str, Any] = {parameter.name: operand}
        alone = _ids(trial, operation, walk(trial, operation, mine))
        for other in others(trial, operation, parameter):
            theirs = _ids(trial, operation, walk(trial, operation, other))
            both = walk(trial, operation, {**mine, **other})
            found = _ids(trial, operation, both)
            wanted = [key for key in alone if key in theirs]
            if sorted(map(repr, found)) != sorted(map(repr, wanted)):
                raise Violation(
                    f"{parameter.name}={operand} with {other} keeps {len(found)} items, "
                    f"not the {len(wanted)} that meet both",
                    both.pages[0],
                )
            trial.fire(operand, other)


def _partition(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    every = sorted(map(repr, _ids(trial, operation, _whole(trial, operation))))
    null = walk(trial, operation, {parameter.name: True})
    some = walk(trial, operation, {parameter.name: False})
    parts = [*_ids(trial, operation, null), *_ids(trial, operation, some)]
    if sorted(map(repr, parts)) != every:
        raise Violation(
            f"{parameter.name} true and false keep {len(parts)} of {len(every)} items together",
            null.pages[0],
            some.pages[0],
        )
    for key in every[:3]:
        trial.fire(key)


def _union(trial: Trial, operation: Operation, parameter: Parameter) -> None:
    for operand in operands(trial, operation, parameter):
        together = _ids(trial, operation, walk(trial, operation, {parameter.name: operand}))
        each: list[Any] = []
        for value in operand:
            each += _ids(trial, operation, walk(trial, operation, {parameter.name: [value]}))
        if sorted(map(repr, together)) != sorted(map(repr, each)):
            raise Violation(f"{parameter.name}={operand} is not what its members keep together")
        trial.fire(operand)


def _field(parameter: Parameter, item: Mapping[str, Any]) -> str:
    clause = parameter.filter
    return repr(pointer.value(item, clause.field)) if clause else ""
