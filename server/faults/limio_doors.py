"""Limio with faults: the cookie, the doors, the tokens, and the words of refusals."""

from collections.abc import Callable

from ...specs.operation import Operation
from ..call import Answer, Call, Credential, Identity
from ..refusal import Refusal
from ..state import State
from .decorate import (
    admitted,
    answered,
    as_status,
    asked,
    done,
    every,
    instead,
    on_refusal,
    shown,
    without,
    worded,
)
from .fault import Apply, Fault, faults
from .limio import BEGIN, COOKIE, INITIATE, LIST, READ, TOKEN, UPDATE, cookie_of, target
from .stage import Authenticate, Stage


def _set_cookie(change: Callable[[str], str], *operations: str) -> Apply:
    def changed(_: Call, answer: Answer) -> Answer:
        headers = tuple((name, change(text)) for name, text in answer.headers)
        return answer._replace(headers=headers)

    return answered(operations or (INITIATE, BEGIN), changed)


def _cookieless(_: Call, answer: Answer) -> Answer:
    return answer._replace(headers=())


def _led_astray(is_meant: Callable[[Call], bool]) -> Apply:
    """A cookie that leads to no checkout leads to the newest one."""

    def act(stage: Stage, call: Call, refusal: Refusal) -> Answer | None:
        if refusal.status != 404 or not is_meant(call):
            return None
        checkouts = call.state.find("baskets", kind="subscription", completed=False)
        newest = max(checkouts, key=lambda basket: basket["created"], default=None)
        if newest is None:
            return None
        return stage.play(call._replace(cookies={COOKIE: cookie_of(newest["id"])}))

    return on_refusal((READ, UPDATE), act)


def _shared(stage: Stage, call: Call) -> Answer:
    checkouts = call.state.find("baskets", kind="subscription", completed=False)
    oldest = min(checkouts, key=lambda basket: basket["created"])
    return stage.play(call._replace(cookies={COOKIE: cookie_of(oldest["id"])}))


SESSION = faults(
    "limio",
    "session",
    ("cookie-not-set", "Beginning a checkout sets no cookie.", answered(BEGIN, _cookieless)),
    (
        "basket-cookie-not-set",
        "Beginning a basket sets no cookie.",
        answered(INITIATE, _cookieless),
    ),
    (
        "cookie-for-scripts",
        "Scripts may read the cookie.",
        _set_cookie(lambda text: text.replace("; HttpOnly", "")),
    ),
    (
        "cookie-for-one-path",
        "The cookie is not for the whole host.",
        _set_cookie(lambda text: text.replace("Path=/", "Path=/oauth2")),
    ),
    (
        "cookie-cross-site",
        "The cookie says nothing of SameSite.",
        _set_cookie(lambda text: text.replace("; SameSite=Lax", "")),
    ),
    (
        "no-cookie-leads",
        "A request without a cookie is led to the newest checkout.",
        _led_astray(lambda call: COOKIE not in call.cookies),
    ),
    (
        "any-cookie-leads",
        "A cookie that cannot be read leads to the newest checkout.",
        _led_astray(lambda call: COOKIE in call.cookies and not target(call)),
    ),
    (
        "basket-cookie-leads",
        "The cookie of a basket for new offers leads to a checkout.",
        _led_astray(lambda call: target(call) is not None),
    ),
    (
        "checkouts-shared",
        "Every cookie leads to the oldest checkout.",
        instead(READ, _shared),
    ),
)


def _expired_is_good(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    token = state.store.get("tokens", credential.value)
    return Identity(token["client_id"], token) if token else ask(credential, state)


def _open(operation: str) -> Apply:
    """Any token opens this operation."""

    def admit(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
        if credential.operation.id == operation:
            return Identity("anybody")
        return ask(credential, state)

    return admitted(admit)


ACCESS = faults(
    "limio",
    "access",
    ("expired-token-good", "A token that has expired still opens.", admitted(_expired_is_good)),
    ("list-open", "Any token opens the list of baskets.", _open(LIST)),
    ("initiate-open", "Any token begins a basket.", _open(INITIATE)),
    ("read-open", "Any token reads a checkout.", _open(READ)),
    ("begin-open", "Any token begins a checkout.", _open(BEGIN)),
    ("update-open", "Any token changes a checkout.", _open(UPDATE)),
)


def _token_forgotten(call: Call, answer: Answer) -> None:
    call.state.delete("tokens", answer.body["access_token"])


def _earlier_ends(stage: Stage, call: Call) -> Answer:
    before = [t for t in every(call.state, "tokens") if t["expiresAt"] is not None]
    answer = stage.play(call)
    for token in before:
        call.state.delete("tokens", token["access_token"])
    return answer


def _any_secret(call: Call) -> Call:
    client = call.state.get("clients", call.body["client_id"])
    secret = client["client_secret"] if client else ""
    return call._replace(body={**call.body, "client_secret": secret})


def _any_client(call: Call) -> Call:
    if call.state.get("clients", call.body["client_id"]):
        return call
    client = every(call.state, "clients")[0]
    known = {name: client[name] for name in ("client_id", "client_secret")}
    return call._replace(body={**call.body, **known})


def _opens_once(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    identity = ask(credential, state)
    if identity is not None and identity.document["expiresAt"] is not None:
        state.delete("tokens", credential.value)
    return identity


TOKENS = faults(
    "limio",
    "tokens",
    ("token-not-kept", "The token that is given opens nothing.", done(TOKEN, _token_forgotten)),
    ("token-for-any-secret", "A wrong secret gives a token.", asked(TOKEN, _any_secret)),
    ("token-for-any-client", "A client that is not known gets a token.", asked(TOKEN, _any_client)),
    ("new-token-ends-old", "A new token ends the earlier ones.", instead(TOKEN, _earlier_ends)),
    ("token-opens-once", "A token that was given opens one request.", admitted(_opens_once)),
    (
        "token-in-milliseconds",
        "The life of a token is said in milliseconds.",
        shown(TOKEN, lambda _, body: {**body, "expires_in": body["expires_in"] * 1000}),
    ),
)


def _renamed(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
    return answer._replace(body={"error": answer.body["message"]})


def _listed_messages(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
    return answer._replace(body={"message": [answer.body["message"]]})


def _bodiless(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
    return answer._replace(body=without(answer.body, "message"))


ERRORS = faults(
    "limio",
    "errors",
    ("message-called-error", "A refusal says `error`, not `message`.", worded(_renamed)),
    ("message-is-a-list", "A refusal's message is a list.", worded(_listed_messages)),
    ("refusal-says-nothing", "A refusal has an empty body.", worded(_bodiless)),
    (
        "bad-request-400",
        "A bad request to the list and to initiate is answered 400, not 502.",
        as_status(502, 400),
    ),
    (
        "bad-checkout-502",
        "A bad request to a checkout is answered 502, not 400.",
        as_status(400, 502, (BEGIN, UPDATE)),
    ),
    ("locked-409", "A locked checkout is answered 409, not 423.", as_status(423, 409)),
    (
        "no-basket-400",
        "A cookie that leads nowhere is answered 400, not 404.",
        as_status(404, 400, (READ, UPDATE)),
    ),
    (
        "refused-token-403",
        "A token that is not good is answered 403, not 401.",
        as_status(401, 403),
    ),
)


FAULTS: tuple[Fault, ...] = (*SESSION, *ACCESS, *TOKENS, *ERRORS)
