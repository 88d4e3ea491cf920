"""Laws of a listing's parameters: what a schema forbids is refused, a default is what it says."""

from collections.abc import Callable, Iterator
from typing import Any

from ...specs.clauses import Basis
from ...specs.contract import Contract
from ...specs.members import resolved_member
from ...specs.operation import Operation, Parameter
from ..compose import compose
from ..edges import edges
from ..law import Law, Violation
from ..trial import Trial
from ..walk import listing_of, rows
from .forms import RULED

Check = Callable[[Trial, Operation], None]


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every listing's query parameters."""
    for operation in contract.operations.values():
        if operation.listing is None:
            continue
        for id_, claim, check in _LAWS:
            ruled: Basis = (RULED,) if contract.basis and check is _refused else ()
            yield Law(
                id=f"parameter.{id_}",
                claim=claim,
                operation=operation.id,
                pointer=f"{operation.pointer}/parameters",
                basis=(*operation.basis, *ruled),
                effect="reads",
                check=_bound(check, operation),
            )


def _bound(check: Check, operation: Operation) -> Callable[[Trial], None]:
    return lambda trial: check(trial, operation)


def _queries(operation: Operation) -> list[Parameter]:
    return [p for p in operation.parameters if p.location == "query"]


def _values(contract: Contract, parameter: Parameter) -> Iterator[tuple[str, Any, bool]]:
    """Values at the edges of the schema: what each is, and whether it may be sent."""
    schema = parameter.schema
    whole = resolved_member(contract.document, schema)
    value = compose(contract.document, whole)
    is_list = whole.get("type") == "array"
    if is_list:
        value = value or [compose(contract.document, whole.get("items", {}))]
    yield "as documented", value, True
    validator = contract.schemas.compile(schema, "request")
    for _, what, changed in edges(contract.document, schema, value):
        # Whatever is sent for a list is one, cut at commas.
        items = changed if is_list else [changed]
        if isinstance(items, list) and _can_be_sent(items, is_text=whole.get("type") == "string"):
            yield what, changed, validator.is_valid(changed)


def _can_be_sent(items: list[Any], *, is_text: bool) -> bool:
    """Whether a query can say it, and as this: nothing nested, nothing empty, and no commas."""
    if not items or any(each is None or isinstance(each, dict | list) for each in items):
        return False
    texts = [each for each in items if isinstance(each, str)]
    return not any("," in text or (is_text and not text) for text in texts)


def _refused(trial: Trial, operation: Operation) -> None:
    for parameter in _queries(operation):
        for what, value, is_good in _values(trial.contract, parameter):
            if is_good:
                continue
            answer = trial.send(operation.id, query={parameter.name: value})
            if answer.status != operation.invalid_status:
                raise Violation(
                    f"{parameter.name}={value} ({what}) must be refused with "
                    f"{operation.invalid_status}, not {answer.status}",
                    answer,
                    pointer=parameter.pointer,
                )
            trial.fire(parameter.name, value)


def _accepted(trial: Trial, operation: Operation) -> None:
    cursor = listing_of(operation).paging.cursor
    for parameter in _queries(operation):
        if parameter.name == cursor:
            continue  # a client has no cursor but those that it was given
        for what, value, is_good in _values(trial.contract, parameter):
            if not is_good:
                continue
            answer = trial.send(operation.id, query={parameter.name: value})
            if answer.status >= 400:
                raise Violation(
                    f"{parameter.name}={value} ({what}) is allowed, and was refused",
                    answer,
                    pointer=parameter.pointer,
                )
            trial.fire(parameter.name, value)


def _defaults(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for parameter in _queries(operation):
        schema = resolved_member(trial.contract.document, parameter.schema)
        if "default" not in schema:
            continue
        said = trial.page(operation.id, {parameter.name: schema["default"]})
        unsaid = trial.page(operation.id, {})
        if rows(listing, said) != rows(listing, unsaid):
            raise Violation(
                f"{parameter.name}={schema['default']} is not what goes without saying",
                said,
                unsaid,
                pointer=parameter.pointer,
            )
        for row in rows(listing, said):
            trial.fire(parameter.name, row)


_LAWS: tuple[tuple[str, str, Check], ...] = (
    ("refused", "A value that a parameter must not have is refused, as documented.", _refused),
    ("accepted", "Every value that a parameter may have is taken.", _accepted),
    ("default", "Without a parameter it is as with its default.", _defaults),
)
