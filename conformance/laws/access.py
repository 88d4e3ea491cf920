"""Laws of `security` and `scope`: who may do what, and who sees whose documents."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.operation import Operation
from ..family import Family, at, examples, families, headers, listed, make
from ..law import Law, Violation
from ..subject import Basic, Persona
from ..trial import Trial
from ..walk import walk


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every protected operation, and of every collection with a scope."""
    for operation in contract.operations.values():
        if operation.security and all(operation.security):
            for id_, claim, check in _PROTECTED:
                yield Law(
                    id=f"access.{id_}",
                    claim=claim,
                    operation=operation.id,
                    pointer=f"{operation.pointer}/security",
                    basis=operation.basis,
                    effect="reads" if operation.method == "get" else "writes",
                    check=_bound(check, operation),
                )
        if operation.security:
            yield Law(
                id="access.ways",
                claim="Each documented way of saying who asks is taken.",
                operation=operation.id,
                pointer=f"{operation.pointer}/security",
                basis=operation.basis,
                effect="reads" if operation.method == "get" else "writes",
                check=_bound(_ways, operation),
            )
    for family in families(contract):
        scope = family.collection.scope
        if scope is None:
            continue
        for operation in [o for o in (family.listing, *family.of("read")) if o is not None]:
            yield Law(
                id="access.scope",
                claim="Nobody sees the documents of another.",
                operation=operation.id,
                pointer=f"{family.collection.pointer}/scope",
                basis=family.collection.basis,
                effect="reads" if operation.listing else "writes",
                check=_scoped(family, operation),
            )


def _bound(
    check: Callable[[Trial, Operation], None], operation: Operation
) -> Callable[[Trial], None]:
    return lambda trial: check(trial, operation)


def _request(trial: Trial, operation: Operation) -> dict[str, Any]:
    """A request whose form is good; what it names need not exist."""
    request: dict[str, Any] = {"headers": headers(trial, operation)}
    body = examples(trial.contract, operation)[0] if operation.body else None
    if body is not None:
        request["body"] = body
    path = {
        p.name: _example(trial, p.pointer) for p in operation.parameters if p.location == "path"
    }
    if path:
        request["path"] = path
    return request


def _example(trial: Trial, at_: str) -> Any:
    node = pointer.value(trial.contract.document, pointer.split(at_))
    return node.get("example", "0")


def _strangers(trial: Trial, operation: Operation) -> Iterator[Persona]:
    """Nobody, and somebody with made-up secrets, for each scheme that the operation asks for."""
    yield Persona("nobody", {})
    kinds = trial.contract.security_schemes
    for alternative in operation.security:
        made_up: dict[str, Any] = {}
        for name, _ in alternative:
            is_basic = kinds[name].get("scheme", "").lower() == "basic"
            made_up[name] = Basic("understudy", "wrong") if is_basic else "understudy-wrong"
        yield Persona("stranger", made_up)
        good = trial.subject.default.secrets
        if len(alternative) > 1 and all(name in good for name, _ in alternative):
            for name, _ in alternative:
                one = {n: s for n, s in good.items() if n != name}
                yield Persona("half", {**one, name: made_up[name]})


def _refuses_strangers(trial: Trial, operation: Operation) -> None:
    for persona in _strangers(trial, operation):
        for request in (_request(trial, operation), {}):
            answer = trial.send(
                operation.id, persona=persona, **{"path": _path(operation), **request}
            )
            if answer.status != 401:
                raise Violation(
                    f"{persona.name} must be refused with 401, not {answer.status}", answer
                )
            trial.fire(persona.name, sorted(persona.secrets), bool(request))


def _ways(trial: Trial, operation: Operation) -> None:
    """Each alternative by itself; nothing is sent with it, so that little can come of it."""
    good = [trial.subject.default, *trial.subject.others]
    for alternative in operation.security:
        names = {name for name, _ in alternative}
        for persona in good if names else [Persona("nobody", {})]:
            # One who has some roles alone may be refused for lack of the others.
            if not names <= persona.secrets.keys() or (persona.roles and names):
                continue
            only = replace(persona, secrets={name: persona.secrets[name] for name in names})
            for number in range(3):
                # A parameter that is not documented is ignored (G4).
                query = {"understudy": number}
                answer = trial.send(operation.id, persona=only, path=_path(operation), query=query)
                if answer.status == 401:
                    way = " and ".join(sorted(names)) or "nothing"
                    raise Violation(f"{way} is documented as enough, and was refused", answer)
                trial.fire(sorted(names), persona.name, number)


def _path(operation: Operation) -> dict[str, str]:
    return {p.name: "0" for p in operation.parameters if p.location == "path"}


def _refuses_impostors(trial: Trial, operation: Operation) -> None:
    if not trial.subject.impostors:
        trial.reason = "no credentials are known that must be refused"
    for persona in trial.subject.impostors:
        if not _has_any(persona, operation):
            continue
        answer = trial.send(operation.id, persona=persona, **_request(trial, operation))
        if answer.status != 401:
            raise Violation(f"{persona.name} must be refused with 401", answer)
        trial.fire(persona.name)
        trial.fire(persona.name, "no body")
        trial.fire(persona.name, "again")


def _has_any(persona: Persona, operation: Operation) -> bool:
    return any(
        group and all(name in persona.secrets for name, _ in group) for group in operation.security
    )


def _scoped(family: Family, operation: Operation) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        if not trial.subject.others:
            trial.reason = "no second owner is known"
        for other in trial.subject.others:
            if operation.listing is not None:
                _hold_lists_apart(trial, family, operation, other)
            else:
                _hold_documents_apart(trial, family, operation, other)

    return check


def _hold_lists_apart(trial: Trial, family: Family, operation: Operation, other: Persona) -> None:
    mine = listed(trial, family)
    theirs = walk(trial, operation, persona=other)
    for row in theirs.items:
        key = repr(pointer.value(row, family.collection.key))
        if key in mine:
            raise Violation(f"{key} is in the lists of two owners", theirs.pages[0])
        trial.fire(key)
    for key in list(mine)[:3]:
        trial.fire(key)


def _hold_documents_apart(trial: Trial, family: Family, read: Operation, other: Persona) -> None:
    for create in family.of("create"):
        for _ in range(3):
            made = make(trial, family, create)
            answer = trial.send(read.id, persona=other, **at(read, made))
            if answer.status != 404:
                raise Violation("another owner's document must not be found", made.answer, answer)
            trial.fire(made.key)


_PROTECTED = (
    ("strangers", "Without good credentials the answer is 401.", _refuses_strangers),
    ("impostors", "Expired credentials, and those without the role, get 401.", _refuses_impostors),
)
