"""Laws of Limio's refusals: which status for what, in which order; and of its token endpoint."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..law import Violation
from ..logins import logins
from ..subject import Persona
from ..trial import Trial
from .limio_visit import (
    BEGIN,
    COOKIE,
    HUMAN,
    INITIATE,
    LIST,
    READ,
    UPDATE,
    abandoned,
    begin,
    changed,
    for_subscription,
    new_id,
    subscriptions,
    without,
)
from .vendor import Entry

GIVE = "issue_token"
STRANGER = Persona("stranger", {"oauth": "understudy-wrong"})


def _expect(answer: Any, status: int, why: str) -> None:
    if answer.status != status:
        raise Violation(f"{why} must be answered with {status}, not {answer.status}", answer)


def _unknown(trial: Trial) -> Iterator[dict[str, str]]:
    yield {"id": new_id(trial)}
    yield {"name": new_id(trial)}
    yield {"id": new_id(trial), "name": new_id(trial)}


def _unknown_subscription(trial: Trial) -> None:
    before = abandoned(trial)
    for one in _unknown(trial):
        answer = begin(trial, for_subscription(one))
        _expect(answer, 404, "a subscription that is not known")
        if abandoned(trial).keys() - before.keys():
            raise Violation("a checkout of nothing was begun", answer)
        trial.fire(tuple(one))


def _locked(trial: Trial) -> None:
    known = trial.subject.known.get("locked-subscription", ())
    if not known:
        trial.reason = "the subject's file names no subscription as known.locked-subscription"
        return
    before = abandoned(trial)
    for one in known:
        for name, value in one.items():
            body = for_subscription({name: value})
            for sent in (body, {**body, "tracking": {"userId": new_id(trial)}}):
                answer = begin(trial, sent)
                _expect(answer, 423, "a subscription with a pending change")
                if abandoned(trial).keys() - before.keys():
                    raise Violation("a locked checkout was begun", answer)
                trial.fire(name, len(sent))


def _unlocked(trial: Trial) -> None:
    known = trial.subject.known.get("unlocked-subscription", ())
    if not known:
        trial.reason = "the subject's file names no subscription as known.unlocked-subscription"
    for one in known:
        for number, (name, value) in enumerate([*one.items(), *one.items()]):
            answer = begin(trial, for_subscription({name: value}))
            _expect(answer, 200, "a subscription whose pending change is past")
            trial.fire(number, name)


def _bad_beginnings(trial: Trial) -> Iterator[tuple[Any, Mapping[str, str]]]:
    """Requests to begin a checkout that are not valid: bodies, each with its headers."""
    good = for_subscription(subscriptions(trial)[0])
    broken: tuple[Any, ...] = (b"{", [], {}, {"order": {}})
    yield from ((body, HUMAN) for body in broken)
    yield without(good, "order", "order_type"), HUMAN
    yield without(good, "order", "forSubscription"), HUMAN
    yield changed(good, {}, "order", "forSubscription"), HUMAN
    yield changed(good, {"id": ""}, "order", "forSubscription"), HUMAN
    yield changed(good, "new", "order", "order_type"), HUMAN
    yield good, {}
    yield good, {"x-limio-recaptcha": ""}


def _bad_checkout(trial: Trial) -> None:
    before = abandoned(trial)
    for body, headers in _bad_beginnings(trial):
        answer = begin(trial, body, headers=headers)
        _expect(answer, 400, "a checkout that is not asked for rightly")
        if abandoned(trial).keys() - before.keys():
            raise Violation("a refused request began a checkout", answer)
        trial.fire(body, len(headers))


def _bad_list(trial: Trial) -> None:
    for query in (
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"limit": "1.5"},
        {"createdAfter": "yesterday"},
        {"createdAfter": "2026-02-30T00:00:00Z"},
        {"queryMore": "understudy"},
    ):
        _expect(trial.send(LIST, query=query), 502, f"{next(iter(query))} that is not valid")
        trial.fire(query)


def _order(trial: Trial) -> None:
    """401 before 400 (502), 400 before 404, 404 before 423."""
    empty: dict[str, Any] = {}
    for status, operation, persona, request in (
        (401, LIST, STRANGER, {"query": {"limit": "0"}}),
        (401, INITIATE, STRANGER, {"body": empty}),
        (401, BEGIN, STRANGER, {"body": empty}),
        (401, BEGIN, STRANGER, {"body": for_subscription({"id": new_id(trial)}), "headers": HUMAN}),
        (401, READ, STRANGER, {"cookies": {COOKIE: "understudy"}}),
        (401, UPDATE, STRANGER, {"body": empty}),
        (400, UPDATE, None, {"body": empty, "headers": HUMAN}),
        (400, UPDATE, None, {"body": {"order": {"orderItems": []}}}),
        (400, UPDATE, None, {"body": empty, "cookies": {COOKIE: "understudy"}}),
        (400, BEGIN, None, {"body": for_subscription({"id": new_id(trial)})}),
    ):
        answer = trial.send(operation, persona=persona, **request)
        _expect(answer, status, "a request with several things wrong")
        trial.fire(status, operation, repr(request))
    for one in trial.subject.known.get("locked-subscription", ()):
        answer = begin(trial, for_subscription(one), headers={})
        _expect(answer, 400, "a locked subscription, without a reCAPTCHA,")


def _token(trial: Trial) -> None:
    found = logins(trial, GIVE)
    for login in found:
        tokens = []
        for _ in range(3):
            answer = trial.good(GIVE, body=dict(login.fields))
            if answer.data["expires_in"] != 3600:
                raise Violation(f"a token is good for {answer.data['expires_in']} s", answer)
            tokens.append(answer.data["access_token"])
        # Each is good for an hour, whatever tokens come after it; and more than once.
        for token in [*tokens, *tokens]:
            answer = trial.send(LIST, persona=Persona("token", {"oauth": token}))
            _expect(answer, 200, "a token that was just given")
            trial.fire(token)


def _token_refused(trial: Trial) -> None:
    for login in logins(trial, GIVE):
        good = dict(login.fields)
        for name in ("client_id", "client_secret"):
            for value in ("understudy-wrong", good[name] + "x", good[name][:-1]):
                answer = trial.send(GIVE, body={**good, name: value})
                _expect(answer, 401, f"a wrong {name}")
                trial.fire(name, value)


def _token_form(trial: Trial) -> None:
    for login in logins(trial, GIVE):
        good = dict(login.fields)
        for name in good:
            for body in (
                {key: value for key, value in good.items() if key != name},
                {**good, name: ""},
            ):
                answer = trial.send(GIVE, body=body)
                _expect(answer, 400, f"a form without {name}")
                trial.fire(name, len(body))
        answer = trial.send(GIVE, body={**good, "grant_type": "password"})
        _expect(answer, 400, "another grant")


LAWS = (
    Entry(
        "subscription.unknown",
        BEGIN,
        "A subscription that is not known is 404, and nothing is begun.",
        ("seed",),
        _unknown_subscription,
        "/responses/404",
    ),
    Entry(
        "subscription.locked",
        BEGIN,
        "A subscription with a pending change is 423, and nothing is begun.",
        ("seed", "public"),
        _locked,
        "/responses/423",
    ),
    Entry(
        "subscription.unlocked",
        BEGIN,
        "A subscription whose pending change is past may be changed.",
        ("public", "L18"),
        _unlocked,
    ),
    Entry(
        "refusals.checkout",
        BEGIN,
        "A checkout that is not asked for rightly is 400, and nothing is begun.",
        ("seed", "L14", "L18"),
        _bad_checkout,
        "/responses/400",
    ),
    Entry(
        "refusals.list",
        LIST,
        "A parameter that is not valid is 502.",
        ("seed", "L7", "L16"),
        _bad_list,
        "/responses/502",
        effect="reads",
    ),
    Entry(
        "refusals.order",
        BEGIN,
        "Of several things that are wrong, 401 is said before 400 and 502, and 400 before 404.",
        ("L14",),
        _order,
    ),
    Entry(
        "token.good",
        GIVE,
        "A token opens the rest for an hour, however many others are given.",
        ("public", "L12"),
        _token,
    ),
    Entry(
        "token.refused",
        GIVE,
        "A client or a secret that is not good gets 401.",
        ("L12",),
        _token_refused,
        "/responses/401",
    ),
    Entry(
        "token.form",
        GIVE,
        "A form that is not whole gets 400.",
        ("L12",),
        _token_form,
        "/responses/400",
    ),
)
