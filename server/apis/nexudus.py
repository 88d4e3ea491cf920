"""Nexudus: roles, the envelope around every write, validation failures, and tokens."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from ...specs.operation import Operation
from .. import resource
from ..api import Api
from ..call import Answer, Call, Credential, Identity
from ..refusal import Invalid, Refusal
from ..state import Document, State

NEW = timedelta(hours=24)
"""How long a record counts as new (ruling N24)."""

ACCESS = timedelta(seconds=604799)
REFRESH = timedelta(days=15)
"""How long tokens live, as the vendor's public pages say."""

_NO_GRANT = "No known grant is asked for."

_MESSAGES = {
    401: "Authorization has been denied for this request.",
    404: "There is no resource under this path.",
    405: "The resource does not support this method.",
    413: "The request body is too large.",
    415: "The media type of the request is not supported.",
}


def word(refusal: Refusal, operation: Operation | None) -> Answer:
    """`{Message}`, the validation envelope, or OAuth's words (rulings N16, N18, N23, N25, N26)."""
    if operation is not None and operation.id == "request_token" and refusal.status == 400:
        return Answer(400, _token_failure(refusal))
    if operation is not None and (refusal.status == 404 or _names_no_record(refusal)):
        return Answer(404, {"Message": "BasketSession not found."})
    if refusal.invalid:
        return Answer(refusal.status, _validation_failure(refusal.invalid))
    return Answer(refusal.status, {"Message": _MESSAGES.get(refusal.status, refusal.detail)})


def authenticate(credential: Credential, state: State) -> Identity | None:
    """The user, if the operation's roles are the user's, whatever the scheme (ruling N16)."""
    user = _user(credential, state)
    if user is None or not (user["IsAdministrator"] or _has_roles(user, credential.operation)):
        return None
    return Identity(user["Email"], user)


def create_basket_session(call: Call) -> Answer:
    """The new record's id in the envelope of writes."""
    document = resource.create(
        call,
        {
            **_settable(call),
            "UniqueId": call.state.uuid(),
            "UpdatedBy": _writer(call),
            "IsNew": True,
            "NewUntil": call.state.timestamp(call.state.now + NEW),
        },
    )
    return _written(call, document, "created")


def replace_basket_session(call: Call) -> Answer:
    """The record as the body has it, what the body leaves out being cleared."""
    before = resource.target(call)
    after = resource.replacement(call, before, _settable(call))
    document = resource.replace(call, {**after, "UpdatedBy": _writer(call)})
    return _written(call, document, "updated")


def delete_basket_session(call: Call) -> Answer:
    """The id that the record had, in the envelope of writes."""
    return _written(call, resource.delete(call), "deleted")


def request_token(call: Call) -> Answer:
    """A new access token, and a refresh token in place of the client's earlier ones."""
    form, state = call.body, call.state
    # A JSON body comes here empty, for its contents are not read (ruling N26).
    grant = _GRANTS.get(form.get("grant_type", ""))
    if grant is None:
        raise Refusal(400, _NO_GRANT)
    email, client = grant(form, state)
    for earlier in state.find("refresh_tokens", Email=email, ClientId=client):
        state.delete("refresh_tokens", earlier["Token"])
    access, refresh = state.token(), state.token()
    expiry = state.timestamp(state.now + ACCESS)
    state.insert("access_tokens", {"Token": access, "Email": email, "ExpiresOn": expiry})
    expiry = state.timestamp(state.now + REFRESH)
    state.insert(
        "refresh_tokens",
        {"Token": refresh, "Email": email, "ClientId": client, "ExpiresOn": expiry},
    )
    return Answer(
        200,
        {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": int(ACCESS.total_seconds()),
            "refresh_token": refresh,
        },
    )


def _has_roles(user: Document, operation: Operation) -> bool:
    roles = {role for each in operation.security for _, scopes in each for role in scopes}
    return roles.issubset(user["Roles"])


def _user(credential: Credential, state: State) -> Document | None:
    if credential.user is not None:
        return _with_password(credential.user, credential.value, state)
    token = state.get("access_tokens", credential.value)
    return state.get("users", token["Email"]) if token else None


def _with_password(email: str, password: str, state: State) -> Document | None:
    user = state.get("users", email)
    return user if user is not None and user["Password"] == password else None


def _by_password(form: Document, state: State) -> tuple[str, str]:
    """User and client of a password grant; Refusal(400) when name and password do not fit."""
    user = _with_password(form.get("username", ""), form.get("password", ""), state)
    if user is None:
        raise Refusal(400, "The user name or password is incorrect.")
    return user["Email"], form.get("client_id", user["Email"])


def _by_refresh_token(form: Document, state: State) -> tuple[str, str]:
    """User and client of a refresh grant; Refusal(400) when the token is not that client's."""
    token = state.get("refresh_tokens", form.get("refresh_token", ""))
    if token is None or form.get("client_id", token["Email"]) != token["ClientId"]:
        raise Refusal(400, "The refresh token is not valid for this client.")
    return token["Email"], token["ClientId"]


def _settable(call: Call) -> dict[str, Any]:
    """What the body may set; JSON has one kind of number, so 7.0 is a good `BusinessId`."""
    members = resource.settable(call, call.body)
    return {**members, "BusinessId": int(members["BusinessId"])}


def _writer(call: Call) -> str:
    identity = call.identity
    return identity.name if identity else ""


def _written(call: Call, document: Document, verb: str) -> Answer:
    return Answer(
        200,
        {
            "Status": 200,
            "Message": f"BasketSession was successfully {verb}.",
            "Value": {"Id": document["Id"]},
            "OpenInDialog": False,
            "OpenInWindow": False,
            "RedirectURL": None,
            "JavaScript": None,
            "UpdatedOn": call.state.timestamp(),
            "UpdatedBy": _writer(call),
            "Errors": None,
            "WasSuccessful": True,
        },
    )


def _names_no_record(refusal: Refusal) -> bool:
    """Whether the path holds no integer: such an id is unknown, not invalid (ruling N25)."""
    return any(invalid.location == "path" for invalid in refusal.invalid)


def _validation_failure(invalids: Iterable[Invalid]) -> dict[str, Any]:
    """The vendor's envelope around what is invalid (ruling N23)."""
    errors = [_validation_error(invalid) for invalid in invalids]
    return {
        "Message": "\n".join(f"{error['PropertyName']}: {error['Message']}" for error in errors),
        "Value": None,
        "Errors": errors,
        "WasSuccessful": False,
    }


def _validation_error(invalid: Invalid) -> dict[str, Any]:
    is_missing = invalid.value is None and invalid.rule in ("required", "type")
    return {
        "AttemptedValue": invalid.value,
        "Message": "is a required field" if is_missing else "is not a valid value",
        "PropertyName": str(invalid.path[0]) if invalid.path else "body",
    }


def _token_failure(refusal: Refusal) -> dict[str, str]:
    """OAuth's words (RFC 6749, 5.2); what can be invalid is that no known grant is asked for."""
    if refusal.invalid or refusal.detail == _NO_GRANT:
        return {"error": "unsupported_grant_type"}
    return {"error": "invalid_grant", "error_description": refusal.detail}


_GRANTS: Mapping[str, Callable[[Document, State], tuple[str, str]]] = {
    "password": _by_password,
    "refresh_token": _by_refresh_token,
}


API = Api(
    word=word,
    authenticate=authenticate,
    handlers={
        "create_basket_session": create_basket_session,
        "replace_basket_session": replace_basket_session,
        "delete_basket_session": delete_basket_session,
        "request_token": request_token,
    },
    found_by={"refresh_tokens": "Email"},
)
