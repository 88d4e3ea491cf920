"""The handlers of the contract `probe`: they say what reached them, lie and fail."""

from typing import Any

from understudy.server.api import Api
from understudy.server.apis import custom
from understudy.server.call import Answer, Call, Credential, Identity, cookie
from understudy.server.refusal import Refusal
from understudy.server.state import State


def echo(call: Call) -> Answer:
    """What reached the handler."""
    identities = {name: identity.name for name, identity in call.identities.items()}
    seen: dict[str, Any] = {
        "path": call.path,
        "query": call.query,
        "headers": call.headers,
        "cookies": call.cookies,
        "body": call.body,
        "identities": identities,
        "identity": call.identity.name if call.identity else None,
        "secure": call.secure,
    }
    return Answer(200, seen)


def lie(call: Call) -> Answer:
    """Write something, then answer what the contract does not allow."""
    call.state.insert("notes", {"id": call.state.next_number("notes")})
    way = call.path["way"]
    if way == "refusal":
        raise Refusal(400, "This vendor words it wrongly.")
    answers = {
        "truth": Answer(200, {"id": 1}),
        "member": Answer(200, {"id": "one"}),
        "missing": Answer(200, {}),
        "hidden": Answer(200, {"id": 1, "secret": "hush"}),
        "extra": Answer(200, {"id": 1, "extra": 1}),
        "nothing": Answer(200),
        "status": Answer(418, {"id": 1}),
        "unwritable": Answer(200, {"id": 1, "extra": {1, 2}}),
        "header": Answer(200, {"id": 1}, (("X-Answer", "a\r\nSet-Cookie: b=c"),)),
    }
    return answers[way]


def fail(call: Call) -> Answer:
    """Break, on two lines."""
    raise KeyError(f"broken\nhere {call.operation.id}")


def head(call: Call) -> Answer:
    """An answer with headers."""
    return Answer(200, {"a": "\u00e9"}, (("X-Answer", "yes"), cookie("a", "b", secure=call.secure)))


def authenticate(credential: Credential, state: State) -> Identity | None:
    """Good are `good` alone, and a password that is the user's name; `broken` breaks it."""
    del state
    if credential.value == "broken":
        raise KeyError("broken")
    if credential.scheme == "oauth" and credential.scopes != ("read", "write"):
        return None
    is_good = credential.value == (credential.user or "good")
    return (
        Identity(f"{credential.user or credential.value}@{credential.scheme}") if is_good else None
    )


OPERATIONS = [
    *("echo", "must", "body", "loose", "form", "named", "unnamed", "classed"),
    *("special", "either", "twin_door"),
    *(f"{door}_door" for door in ("bearer", "oauth", "basic", "either", "header")),
    *(f"{door}_door" for door in ("cookie", "query", "both", "optional")),
]
API = Api(
    word=custom.word,
    authenticate=authenticate,
    handlers={**dict.fromkeys(OPERATIONS, echo), "lie": lie, "fail": fail, "head": head},
    error_media="application/problem+json",
)
