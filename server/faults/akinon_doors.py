"""Akinon with faults: sessions and their cookie, the CSRF token, and the words of refusals."""

from collections.abc import Callable
from typing import Any

from ...specs.operation import Operation
from ..call import Answer, Call, Credential, Identity
from ..refusal import Refusal
from ..state import State
from .akinon import BASKETS, ITEM, WRITES
from .decorate import Body, admitted, answered, as_status, asked, instead, shown, worded
from .fault import Apply, Fault, faults
from .stage import Authenticate, Stage

TOKEN = "get_csrf_token"  # noqa: S105 - an operation
SESSION_COOKIE = "osessionid"


def _set_cookie(operations: tuple[str, ...], change: Callable[[str], str]) -> Apply:
    def changed(_: Call, answer: Answer) -> Answer:
        headers = tuple((name, change(text)) for name, text in answer.headers)
        return answer._replace(headers=headers)

    return answered(operations, changed)


def _cookieless(_: Call, answer: Answer) -> Answer:
    return answer._replace(headers=())


class _Shared:
    """All guests are the first guest."""

    def __init__(self) -> None:
        self._first: tuple[tuple[str, str], ...] = ()

    def act(self, stage: Stage, call: Call) -> Answer:
        """The first guest's answer."""
        if call.identity is not None:
            return stage.play(call)
        name = self._first[0][1].partition(";")[0].partition("=")[2] if self._first else ""
        session = call.state.get("sessions", name)
        if session is None:
            answer = stage.play(call)
            self._first = answer.headers
            return answer
        known = call._replace(identities={"session": Identity(name, session)})
        return stage.play(known)._replace(headers=self._first)


def _adopted(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    """A session that is not known is taken over as it was sent."""
    if credential.value and state.get("sessions", credential.value) is None:
        session = {"osessionid": credential.value, "basket": None}
        state.store.put("sessions", credential.value, session)
    return ask(credential, state)


def _other_session(_: Call, body: Body) -> Body:
    return {**body, "osessionid": body["osessionid"][::-1]}


def _nameless(_: Call, body: Body) -> Body:
    return {"basket": body["basket"]}


SESSION = faults(
    "akinon",
    "session",
    (
        "guests-share",
        "All guests have one session, and one basket.",
        lambda stage: instead((*BASKETS, ITEM), _Shared().act)(stage),
    ),
    (
        "session-forgotten",
        "Every request begins a session, whatever cookie comes with it.",
        asked((*BASKETS, ITEM), lambda call: call._replace(identities={})),
    ),
    ("cookie-not-set", "A new session sets no cookie.", answered(BASKETS, _cookieless)),
    (
        "cookie-for-scripts",
        "Scripts may read the session's cookie.",
        _set_cookie(BASKETS, lambda text: text.replace("; HttpOnly", "")),
    ),
    (
        "cookie-for-one-path",
        "The session's cookie is not for the whole host.",
        _set_cookie(BASKETS, lambda text: text.replace("Path=/", "Path=/csrf_token/")),
    ),
    (
        "cookie-cross-site",
        "The session's cookie says nothing of SameSite.",
        _set_cookie(BASKETS, lambda text: text.replace("; SameSite=Lax", "")),
    ),
    ("unknown-cookie-kept", "A session that nobody gave is taken over.", admitted(_adopted)),
    (
        "another-session-told",
        "A write names another session than its own.",
        shown(WRITES, _other_session),
    ),
    ("session-untold", "A write does not name its session.", shown(WRITES, _nameless)),
)


def _sent_not_kept(call: Call) -> Call:
    return call._replace(cookies={})


TOKENS = faults(
    "akinon",
    "tokens",
    ("csrf-cookie-not-set", "The CSRF token is not set as a cookie.", answered(TOKEN, _cookieless)),
    (
        "csrf-cookie-differs",
        "The cookie has another CSRF token than the answer.",
        shown(TOKEN, lambda _, body: {"csrf_token": body["csrf_token"][::-1]}),
    ),
    (
        "csrf-token-renewed",
        "A CSRF token that was sent is not kept.",
        asked(TOKEN, _sent_not_kept),
    ),
    (
        "csrf-cookie-hidden",
        "Scripts cannot read the cookie with the CSRF token.",
        _set_cookie((TOKEN,), lambda text: f"{text}; HttpOnly"),
    ),
    (
        "csrf-cookie-cross-site",
        "The cookie with the CSRF token says nothing of SameSite.",
        _set_cookie((TOKEN,), lambda text: text.replace("; SameSite=Lax", "")),
    ),
    (
        "csrf-cookie-for-one-path",
        "The cookie with the CSRF token is not for the whole host.",
        _set_cookie((TOKEN,), lambda text: text.replace("Path=/", "Path=/csrf_token/")),
    ),
)


def _members(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Apply:
    """Messages by member are told otherwise."""

    def changed(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
        if answer.status != 400 or "detail" in answer.body:
            return answer
        return answer._replace(body=change(answer.body))

    return worded(changed)


def _unknown_item(refusal: Refusal, operation: Operation | None, answer: Answer) -> Answer:
    is_state = any(i.path == ("id",) and i.rule == "state" for i in refusal.invalid)
    if operation is None or operation.id != ITEM or not is_state:
        return answer
    return answer._replace(status=404)


def _unreadable(refusal: Refusal, _: Operation | None, answer: Answer) -> Answer:
    is_unreadable = any(invalid.rule == "json" for invalid in refusal.invalid)
    return answer._replace(status=500) if is_unreadable else answer


ERRORS = faults(
    "akinon",
    "errors",
    (
        "member-untold",
        "A refusal has one text, and does not say which member is wrong.",
        _members(lambda body: {"detail": next(iter(body.values()))[0]}),
    ),
    (
        "message-is-text",
        "A member's messages are a text, not a list.",
        _members(lambda body: {name: messages[0] for name, messages in body.items()}),
    ),
    (
        "all-about-the-whole",
        "Every message is told as one about the whole body.",
        _members(lambda body: {"non_field_errors": [m for each in body.values() for m in each]}),
    ),
    (
        "one-error-at-a-time",
        "Of several wrong members only the first is told.",
        _members(lambda body: dict(list(body.items())[:1])),
    ),
    ("refused-422", "What is refused is answered 422, not 400.", as_status(400, 422)),
    ("unknown-item-404", "An unknown item is answered 404, not 400.", worded(_unknown_item)),
    ("unreadable-500", "A body that is no JSON is answered 500.", worded(_unreadable)),
)

FAULTS: tuple[Fault, ...] = (*SESSION, *TOKENS, *ERRORS)
