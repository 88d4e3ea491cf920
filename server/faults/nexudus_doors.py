"""Nexudus with faults: roles, tokens, and the words of refusals."""

from dataclasses import replace
from typing import Any

from ...specs.operation import Operation
from ..call import Answer, Call, Credential, Identity
from ..refusal import Refusal
from ..state import State
from .decorate import (
    admitted,
    as_status,
    asked,
    done,
    every,
    instead,
    on_refusal,
    without,
    worded,
)
from .fault import Fault, faults
from .nexudus import CREATE, DELETE, REPLACE, TOKEN
from .stage import Authenticate, Stage


def _roleless(*operations: str) -> Any:
    """Nobody asks for roles at these operations."""

    def admit(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
        if operations and credential.operation.id not in operations:
            return ask(credential, state)
        free = credential._replace(operation=replace(credential.operation, security=()))
        return ask(free, state)

    return admitted(admit)


def _any_role(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    free = credential._replace(operation=replace(credential.operation, security=()))
    found = ask(free, state)
    if found is None or not (found.document["Roles"] or found.document["IsAdministrator"]):
        return None
    return found


def _expired_is_good(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    token = state.store.get("access_tokens", credential.value)
    known = token and {**token, "ExpiresOn": None}
    if known and credential.user is None:
        state.store.put("access_tokens", credential.value, known)
    found = ask(credential, state)
    if token and credential.user is None:
        state.store.put("access_tokens", credential.value, token)
    return found


def _unknown_is_good(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    if state.store.get("access_tokens", credential.value) is None and credential.user is None:
        user = next(u for u in every(state, "users") if u["IsAdministrator"])
        return Identity(user["Email"], user)
    return ask(credential, state)


def _any_password(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    user = state.get("users", credential.user) if credential.user is not None else None
    known = credential._replace(value=user["Password"]) if user else credential
    return ask(known, state)


ACCESS = faults(
    "nexudus",
    "access",
    ("roles-ignored", "Any user may do anything.", _roleless()),
    ("roles-ignored-by-create", "Any user may create.", _roleless(CREATE)),
    ("roles-ignored-by-replace", "Any user may replace.", _roleless(REPLACE)),
    ("roles-ignored-by-delete", "Any user may delete.", _roleless(DELETE)),
    ("any-role-will-do", "A user with one role may do what needs another.", admitted(_any_role)),
    ("expired-token-good", "A token that has expired still opens.", admitted(_expired_is_good)),
    ("unknown-token-good", "A token that nobody gave opens.", admitted(_unknown_is_good)),
    ("any-password-good", "HTTP Basic takes any password.", admitted(_any_password)),
)


def _refresh(call: Call) -> bool:
    return bool(call.body.get("grant_type") == "refresh_token")


def _not_kept(call: Call, answer: Answer) -> None:
    call.state.delete("access_tokens", answer.body["access_token"])


def _earlier_refresh_lives(stage: Stage, call: Call) -> Answer:
    before = every(call.state, "refresh_tokens")
    answer = stage.play(call)
    for token in before:
        call.state.replace("refresh_tokens", token)
    return answer


def _its_client(call: Call) -> Call:
    token = call.state.get("refresh_tokens", call.body.get("refresh_token", ""))
    if not _refresh(call) or token is None:
        return call
    return call._replace(body={**call.body, "client_id": token["ClientId"]})


def _with_any_password(call: Call) -> Call:
    user = call.state.get("users", call.body.get("username", ""))
    return call._replace(body={**call.body, "password": user["Password"]}) if user else call


def _earlier_access_ends(stage: Stage, call: Call) -> Answer:
    before = [t for t in every(call.state, "access_tokens") if t["ExpiresOn"] is not None]
    answer = stage.play(call)
    for token in before:
        call.state.delete("access_tokens", token["Token"])
    return answer


def _refresh_not_kept(call: Call, answer: Answer) -> None:
    call.state.delete("refresh_tokens", answer.body["refresh_token"])


TOKENS = faults(
    "nexudus",
    "tokens",
    ("token-not-kept", "The token that is given opens nothing.", done(TOKEN, _not_kept)),
    (
        "refresh-token-not-kept",
        "The refresh token that is given brings no new token.",
        done(TOKEN, _refresh_not_kept),
    ),
    (
        "refresh-token-reusable",
        "A refresh token is good again after it was used.",
        instead(TOKEN, _earlier_refresh_lives),
    ),
    (
        "refresh-for-any-client",
        "A refresh token is good for a client that it was not made for.",
        asked(TOKEN, _its_client),
    ),
    ("token-for-any-password", "A wrong password gives a token.", asked(TOKEN, _with_any_password)),
    (
        "new-token-ends-old",
        "A new access token ends the earlier ones.",
        instead(TOKEN, _earlier_access_ends),
    ),
)


def _failure(change: Any) -> Any:
    """The envelope of a validation failure is changed."""

    def changed(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
        if not isinstance(answer.body, dict) or "Errors" not in answer.body:
            return answer
        return answer._replace(body=change(answer.body))

    return worded(changed)


def _each_error(**members: Any) -> Any:
    return _failure(lambda body: {**body, "Errors": [{**e, **members} for e in body["Errors"]]})


def _as_if_deleted(_: Stage, call: Call, __: Refusal) -> Answer:
    body = {
        "Status": 200,
        "Message": "BasketSession was successfully deleted.",
        "Value": {"Id": call.path["id"]},
        "OpenInDialog": False,
        "OpenInWindow": False,
        "RedirectURL": None,
        "JavaScript": None,
        "UpdatedOn": call.state.timestamp(),
        "UpdatedBy": call.identity.name if call.identity else "",
        "Errors": None,
        "WasSuccessful": True,
    }
    return Answer(200, body)


def _silent(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
    return answer._replace(body=without(answer.body, "Message"))


ERRORS = faults(
    "nexudus",
    "errors",
    ("refusal-without-message", "A refusal has no Message.", worded(_silent)),
    (
        "error-names-another-member",
        "A validation failure blames the Id, whatever was wrong.",
        _each_error(PropertyName="Id"),
    ),
    (
        "attempted-value-lost",
        "A validation failure does not repeat the value that was sent.",
        _each_error(AttemptedValue=None),
    ),
    (
        "one-error-at-a-time",
        "Of several wrong members only the first is told.",
        _failure(lambda body: {**body, "Errors": body["Errors"][:1]}),
    ),
    (
        "failure-called-success",
        "A validation failure says that it was successful.",
        _failure(lambda body: {**body, "WasSuccessful": True}),
    ),
    ("refused-access-403", "Who may not is answered 403, not 401.", as_status(401, 403)),
    ("unknown-id-400", "An unknown id is answered 400, not 404.", as_status(404, 400)),
    (
        "unknown-id-200",
        "Deleting what is not there is answered as a success.",
        on_refusal(DELETE, _as_if_deleted),
    ),
)


FAULTS: tuple[Fault, ...] = (*ACCESS, *TOKENS, *ERRORS)
