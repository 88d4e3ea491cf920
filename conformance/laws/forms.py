"""Laws of request bodies: what the schema forbids is refused, what it allows is not."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...specs import pointer
from ...specs.clauses import Basis
from ...specs.contract import Contract
from ...specs.operation import Operation
from ..edges import Place, edges, shown
from ..exchange import Exchange
from ..family import Family, at, examples, families, fresh, headers, make, resource_of
from ..law import Law, Violation
from ..trial import Trial

SIGNS = (0x4E00, 0x9FA6)
"""The Chinese ones: many enough for a name of one sign that nobody has given."""
RULED = "G4"
"""How a value that is not documented is refused, no vendor says."""
Check = Callable[[Trial, Operation, Family | None], None]


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every operation that reads a body."""
    homes = {o.id: family for family in families(contract) for o in family.members}
    for operation in contract.operations.values():
        if operation.body is None or not _schema(operation):
            continue
        family = homes.get(operation.id)
        basis: Basis = (*operation.basis, RULED) if contract.basis else operation.basis
        for id_, claim, check in _of(operation):
            yield Law(
                id=f"form.{id_}",
                claim=claim,
                operation=operation.id,
                pointer=operation.body.pointer,
                basis=basis,
                effect="writes",
                check=_bound(check, operation, family),
            )


def _of(operation: Operation) -> Iterator[tuple[str, str, Check]]:
    yield "refused", "A body that its schema forbids is refused, as documented.", _refused
    if operation.resource is not None and _tells_form_from_state(operation):
        yield "accepted", "A body at the edge of what its schema allows is not refused.", _accepted


def _tells_form_from_state(operation: Operation) -> bool:
    """Whether a move that the state forbids is refused otherwise than a body without its form."""
    move = operation.transition
    return move is None or str(move.refuse) != str(operation.invalid_status)


def _bound(check: Check, operation: Operation, family: Family | None) -> Callable[[Trial], None]:
    return lambda trial: check(trial, operation, family)


def _schema(operation: Operation) -> Any:
    return next(iter(operation.body.content.values()), None) if operation.body else None


def _is_form(operation: Operation) -> bool:
    return operation.body is not None and "form" in next(iter(operation.body.content), "")


def _refused(trial: Trial, operation: Operation, family: Family | None) -> None:
    request = _target(trial, operation, family)
    if operation.body is not None and operation.body.required:
        _hold_refused(trial, operation, trial.send(operation.id, **request), "no body")
    for body, what in _edges(trial, operation, is_valid=False):
        answer = trial.send(operation.id, **_with_body(request, body))
        _hold_refused(trial, operation, answer, what)
    for sent, body, what in _header_edges(trial, operation, is_valid=False):
        answer = trial.send(operation.id, **_with_body({**request, "headers": sent}, body))
        _hold_refused(trial, operation, answer, what)


def _hold_refused(trial: Trial, operation: Operation, answer: Exchange, what: str) -> None:
    if answer.status != operation.invalid_status:
        raise Violation(
            f"{what}: must be refused with {operation.invalid_status}, not {answer.status}", answer
        )
    trial.fire(what)


def _accepted(trial: Trial, operation: Operation, family: Family | None) -> None:
    moves = operation.resource is None or operation.resource.action not in ("replace", "merge")
    request = _target(trial, operation, family)
    for body, what in _edges(trial, operation, is_valid=True):
        if moves and trial.fired:
            request = _target(trial, operation, family)
        _hold_accepted(trial, operation, _with_body(request, body), what)
    for sent, body, what in _header_edges(trial, operation, is_valid=True):
        request = _target(trial, operation, family)
        _hold_accepted(trial, operation, _with_body({**request, "headers": sent}, body), what)


def _hold_accepted(
    trial: Trial, operation: Operation, request: Mapping[str, Any], what: str
) -> None:
    answer = trial.send(operation.id, **request)
    if answer.status == operation.invalid_status:
        raise Violation(f"{what}: is allowed, and was refused", answer)
    trial.fire(what)


def _header_edges(
    trial: Trial, operation: Operation, *, is_valid: bool
) -> Iterator[tuple[Mapping[str, str], Any, str]]:
    """Headers with one at the edge of its schema or beyond it, the body, and what was changed."""
    contract, good = trial.contract, headers(trial, operation)
    for parameter in operation.parameters:
        if parameter.name not in good:
            continue
        validator = contract.schemas.compile(parameter.schema, "request")
        for _, what, value in edges(contract.document, parameter.schema, good[parameter.name]):
            if isinstance(value, str) and validator.is_valid(value) is is_valid:
                body = fresh(trial, operation, examples(contract, operation)[0])
                yield {**good, parameter.name: value}, body, f"{parameter.name} {what}"


def _edges(trial: Trial, operation: Operation, *, is_valid: bool) -> Iterator[tuple[Any, str]]:
    """Bodies that the schema allows, or does not, and what was changed in each."""
    contract, schema = trial.contract, _schema(operation)
    validator = contract.schemas.compile(schema, "request")
    for example in examples(contract, operation):
        if not isinstance(example, Mapping) or not validator.is_valid(example):
            continue
        body = fresh(trial, operation, example)
        if is_valid:
            yield body, "the example"
        # What may be sent too, a rule beyond the schema may forbid: `customer` of no guest (Z24).
        for place, what, changed in edges(
            contract.document, schema, body, with_absent=not is_valid
        ):
            if validator.is_valid(changed) is not is_valid or changed == body:
                continue
            if _is_form(operation) and not _fits_a_form(changed):
                continue
            sent = _renewed(trial, operation, place, changed) if is_valid and place else changed
            yield sent, f"{shown(place)} {what}"


def _renewed(trial: Trial, operation: Operation, place: Place, changed: Any) -> Any:
    """`changed` as a request of its own, also where the change is of what names the request."""
    once = operation.resource.once if operation.resource else None
    if once is None or place != once.by:
        return fresh(trial, operation, changed)
    name = pointer.value(changed, once.by)
    if not isinstance(name, str):
        return changed
    other = "".join(chr(trial.random.randrange(*SIGNS)) for _ in name)
    return pointer.put(changed, once.by, other)


def _fits_a_form(body: Any) -> bool:
    """Whether a form can say it: it knows no null, and every value is text."""
    return isinstance(body, Mapping) and all(isinstance(each, str) for each in body.values())


def _target(trial: Trial, operation: Operation, family: Family | None) -> dict[str, Any]:
    """What else such a request needs: headers, and the document that it is for."""
    request: dict[str, Any] = {"headers": headers(trial, operation)}
    for create in family.of("create") if family else ():
        if family and operation in family.linked(create, resource_of(operation).action):
            made = make(trial, family, create)
            found = {name: value for name, value in at(operation, made).items() if name != "body"}
            return {**request, **found}
    path = {p.name: "1" for p in operation.parameters if p.location == "path"}
    return {**request, "path": path} if path else request


def _with_body(request: Mapping[str, Any], body: Any) -> dict[str, Any]:
    return {**request, "body": body}
