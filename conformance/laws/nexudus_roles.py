"""Laws of Nexudus's roles: each operation needs its own, by token and by password alike."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...specs.operation import Operation
from ..law import Violation
from ..subject import Basic, Login, Persona
from ..trial import Trial
from .nexudus_desk import (
    CREATE,
    DELETE,
    LIST,
    READ,
    REPLACE,
    changed,
    count,
    created,
    new_record,
    read,
)
from .vendor import Entry

OPERATIONS = (LIST, READ, CREATE, REPLACE, DELETE)
UNAUTHORIZED = "/components/responses/Unauthorized"


def _role(operation: Operation) -> str:
    """The role that the contract names for an operation."""
    return next(scope for group in operation.security for _, scopes in group for scope in scopes)


def _requests(trial: Trial, operation: str) -> Iterator[dict[str, Any]]:
    """Good requests, each for a record of its own where it is about one."""
    for number in range(3):
        if operation == LIST:
            yield {"query": {"size": number + 1}}
        elif operation == CREATE:
            yield {"body": new_record(trial)}
        else:
            id_, _ = created(trial)
            if operation == REPLACE:
                yield {"body": changed(trial, id_)}
            else:
                yield {"path": {"id": id_}}


def _id(request: dict[str, Any]) -> int | None:
    found = request.get("path", {}).get("id", request.get("body", {}).get("Id"))
    return None if found is None else int(found)


def _without_role(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        role = _role(trial.operation(operation))
        trial.reason = f"the subject's file has no persona with roles, but without {role}"
        for persona in _personas(trial):
            if role in persona.roles:
                continue
            for request in _requests(trial, operation):
                id_ = _id(request)
                seen = read(trial, id_) if id_ is not None else None
                before = count(trial)
                answer = trial.send(operation, persona=persona, **request)
                if answer.status != 401:
                    raise Violation(
                        f"{persona.name} lacks {role} and must be refused with 401, not "
                        f"{answer.status}",
                        answer,
                    )
                if "www-authenticate" not in answer.headers:
                    raise Violation("a refusal does not say how to authenticate", answer)
                if seen is not None and read(trial, id_ or 0).data != seen.data:
                    raise Violation("a refused request changed the record", seen, answer)
                if count(trial) < before or (operation == CREATE and count(trial) != before):
                    raise Violation("a refused request changed how many there are", answer)
                trial.fire(persona.name, repr(request))

    return check


def _personas(trial: Trial) -> list[Persona]:
    """Those whose roles are known: who has some, and who has none."""
    return [
        persona
        for persona in trial.subject.personas.values()
        if persona.roles or not persona.is_good
    ]


def _with_role(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        role = _role(trial.operation(operation))
        able = [trial.subject.default, *(p for p in trial.subject.others if role in p.roles)]
        for persona in able:
            for request in _requests(trial, operation):
                answer = trial.send(operation, persona=persona, **request)
                if answer.status == 401:
                    raise Violation(f"{persona.name} may, and was refused", answer)
                if operation == CREATE and answer.status == 200:
                    id_ = answer.data["Value"]["Id"]
                    trial.later(partial(trial.send, DELETE, path={"id": id_}))
                trial.fire(persona.name, repr(request))

    return check


def _challenged(trial: Trial) -> None:
    """Every refusal says how to authenticate, whatever was asked for."""
    strangers = [
        Persona("nobody", {}),
        Persona("stranger", {"oauth": "understudy-wrong"}),
        Persona("stranger", {"basic": Basic("understudy", "wrong")}),
        *trial.subject.impostors,
    ]
    for persona in strangers:
        for operation, request in (
            (LIST, {"query": {"size": "0"}}),
            (READ, {"path": {"id": "understudy"}}),
            (CREATE, {"body": {}}),
            (REPLACE, {"body": {}}),
            (DELETE, {"path": {"id": 1}}),
        ):
            answer = trial.send(operation, persona=persona, **request)
            if answer.status != 401:
                raise Violation(
                    f"{persona.name} must be refused with 401, not {answer.status}", answer
                )
            if "www-authenticate" not in answer.headers:
                raise Violation("a refusal does not say how to authenticate", answer)
            trial.fire(persona.name, operation)


def _passwords(trial: Trial) -> None:
    """Name and password open what a token opens, a wrong password nothing."""
    found = [
        (persona, Basic(secret.fields["username"], secret.fields["password"]))
        for persona in (trial.subject.default, *trial.subject.others)
        for secret in persona.secrets.values()
        if isinstance(secret, Login) and {"username", "password"} <= secret.fields.keys()
    ]
    found += [
        (persona, secret)
        for persona in (trial.subject.default, *trial.subject.others)
        for secret in persona.secrets.values()
        if isinstance(secret, Basic)
    ]
    if not found:
        trial.reason = "no persona of the subject's file has a name and a password"
    for persona, basic in found:
        wanted = trial.send(LIST, query={"size": 1}, persona=persona).status
        good = Persona("by password", {"basic": basic})
        answer = trial.send(LIST, query={"size": 1}, persona=good)
        if answer.status != wanted:
            raise Violation("a name and a password do not open what the token opens", answer)
        wrong = (basic.password + "x", basic.password[:-1], basic.password.swapcase(), "")
        for password in wrong:
            stranger = Persona("wrong", {"basic": Basic(basic.username, password)})
            answer = trial.send(LIST, query={"size": 1}, persona=stranger)
            if answer.status != 401:
                raise Violation("a wrong password opens", answer)
            trial.fire(persona.name, password)


LAWS = (
    *(
        Entry(
            "roles.needed",
            operation,
            "Who lacks the operation's role is refused with 401, and nothing changes.",
            ("seed", "public"),
            _without_role(operation),
            "/security",
            effect="reads" if operation == LIST else "writes",
        )
        for operation in OPERATIONS
    ),
    *(
        Entry(
            "roles.enough",
            operation,
            "The operation's role is enough, and a full administrator needs none.",
            ("seed",),
            _with_role(operation),
            "/security",
            effect="reads" if operation == LIST else "writes",
        )
        for operation in OPERATIONS
    ),
    Entry(
        "roles.challenge",
        LIST,
        "Who may not is told so before anything else, and how to authenticate.",
        ("public", "N16"),
        _challenged,
        UNAUTHORIZED,
    ),
    Entry(
        "roles.password",
        LIST,
        "A name and a password open what the user's token opens.",
        ("public", "N17"),
        _passwords,
        "/components/securitySchemes/basic",
        effect="reads",
    ),
)
