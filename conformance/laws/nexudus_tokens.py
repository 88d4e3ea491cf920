"""Laws of Nexudus's token endpoint: what is granted for what, and what a new token ends."""

from datetime import timedelta
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..logins import logins
from ..subject import Persona
from ..trial import Trial
from .nexudus_desk import LIST, refused
from .vendor import Entry

GIVE = "request_token"
TIMES = 3
REFRESH = timedelta(days=15)
MOMENT = timedelta(minutes=1)
"""Longer than the requests of the law take."""


def _client(trial: Trial) -> str:
    """The name of a client that nobody uses."""
    return f"understudy-{trial.random.getrandbits(48):012x}"


def _passwords(trial: Trial) -> list[dict[str, str]]:
    """The forms by which the subject's personas log in with a name and a password."""
    return [
        {name: login.fields[name] for name in ("grant_type", "username", "password")}
        for login in logins(trial, GIVE)
        if {"grant_type", "username", "password"} <= login.fields.keys()
    ]


def _refresh(trial: Trial, token: str, client: str) -> Exchange:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client}
    return trial.send(GIVE, body=form)


def _hold_opens(trial: Trial, token: str) -> None:
    answer = trial.send(LIST, query={"size": 1}, persona=Persona("token", {"oauth": token}))
    if answer.status != 200:
        raise Violation(f"a token that was given opens nothing: {answer.status}", answer)


def _refused(answer: Exchange, error: str, why: str) -> None:
    refused(answer, 400, why)
    if answer.data["error"] != error:
        raise Violation(f"{why} must be called {error}, not {answer.data['error']}", answer)


def _good(trial: Trial) -> None:
    for form in _passwords(trial):
        tokens = []
        for _ in range(TIMES):
            answer = trial.good(GIVE, body={**form, "client_id": _client(trial)})
            tokens.append(answer.data["access_token"])
        for token in [*tokens, *tokens]:
            _hold_opens(trial, token)
            trial.fire(token)
        if len(set(tokens)) < len(tokens):
            raise Violation("a token was given twice", answer)


def _wrong(trial: Trial) -> None:
    for form in _passwords(trial):
        for name in ("username", "password"):
            for value in ("understudy", form[name] + "x", form[name][:-1], ""):
                answer = trial.send(GIVE, body={**form, name: value, "client_id": _client(trial)})
                _refused(answer, "invalid_grant", f"a wrong {name}")
                trial.fire(name, value)
            rest = {key: value for key, value in form.items() if key != name}
            _refused(trial.send(GIVE, body=rest), "invalid_grant", f"a form without {name}")
    for token in ("understudy", "", "0" * 32):
        answer = _refresh(trial, token, _client(trial))
        _refused(answer, "invalid_grant", "a refresh token that nobody gave")
        trial.fire(token)


def _rotated(trial: Trial) -> None:
    for form in _passwords(trial):
        for _ in range(TIMES):
            client = _client(trial)
            first = trial.good(GIVE, body={**form, "client_id": client})
            old = first.data["refresh_token"]
            second = _refresh(trial, old, client)
            if second.status != 200:
                raise Violation("a refresh token brings no new token", first, second)
            _hold_opens(trial, second.data["access_token"])
            _hold_opens(trial, first.data["access_token"])
            again = _refresh(trial, old, client)
            _refused(again, "invalid_grant", "a refresh token that was used")
            third = _refresh(trial, second.data["refresh_token"], client)
            if third.status != 200:
                raise Violation("the newest refresh token brings no new token", second, third)
            trial.fire(client)


def _superseded(trial: Trial) -> None:
    for form in _passwords(trial):
        for _ in range(TIMES):
            client = _client(trial)
            first = trial.good(GIVE, body={**form, "client_id": client})
            second = trial.good(GIVE, body={**form, "client_id": client})
            answer = _refresh(trial, first.data["refresh_token"], client)
            _refused(answer, "invalid_grant", "a refresh token of before the last grant")
            _hold_opens(trial, first.data["access_token"])
            if _refresh(trial, second.data["refresh_token"], client).status != 200:
                raise Violation("the newest refresh token brings no new token", second)
            trial.fire(client)


def _clients_apart(trial: Trial) -> None:
    for form in _passwords(trial):
        for _ in range(TIMES):
            one, other = _client(trial), _client(trial)
            mine = trial.good(GIVE, body={**form, "client_id": one})
            trial.good(GIVE, body={**form, "client_id": other})
            answer = _refresh(trial, mine.data["refresh_token"], other)
            _refused(answer, "invalid_grant", "a refresh token of another client")
            answer = _refresh(trial, mine.data["refresh_token"], one)
            if answer.status != 200:
                raise Violation("another client's token ended this one's", mine, answer)
            trial.fire(one)


def _grants(trial: Trial) -> None:
    bodies: tuple[Any, ...] = ({"grant_type": "implicit"}, {"grant_type": ""}, {"username": "a"})
    for form in bodies:
        answer = trial.send(GIVE, body=form)
        _refused(answer, "unsupported_grant_type", "a form without a known grant")
        trial.fire(repr(form))
    json = {"Content-Type": "application/json"}
    for body in (b"{}", b'{"grant_type": "password"}', b'{"grant_type": "refresh_token"}'):
        answer = trial.send(GIVE, body=body, headers=json)
        _refused(answer, "unsupported_grant_type", "a body that is JSON")
        trial.fire(body)


def _ends(trial: Trial) -> None:
    """Both kinds of token, a moment before their time and a moment after it."""
    for form in _passwords(trial):
        clients = [_client(trial) for _ in range(2 * TIMES)]
        given = [trial.good(GIVE, body={**form, "client_id": client}) for client in clients]
        life = timedelta(seconds=given[0].data["expires_in"])
        trial.skip(life - MOMENT)
        for answer in given:
            _hold_opens(trial, answer.data["access_token"])
        trial.skip(2 * MOMENT)
        for answer in given:
            gone = Persona("token", {"oauth": answer.data["access_token"]})
            refused(trial.send(LIST, persona=gone), 401, "a token that has expired")
        trial.skip(REFRESH - life - 2 * MOMENT)
        for client, answer in zip(clients[:TIMES], given, strict=False):
            if _refresh(trial, answer.data["refresh_token"], client).status != 200:
                raise Violation("a refresh token ended before its 15 days", answer)
        trial.skip(2 * MOMENT)
        for client, answer in list(zip(clients, given, strict=True))[TIMES:]:
            again = _refresh(trial, answer.data["refresh_token"], client)
            _refused(again, "invalid_grant", "a refresh token after its 15 days")
            trial.fire(client)


LAWS = (
    Entry(
        "token.good",
        GIVE,
        "A token that was given opens the list, however many are given after it.",
        ("public",),
        _good,
    ),
    Entry(
        "token.wrong",
        GIVE,
        "A wrong name, password or refresh token is refused as invalid_grant.",
        ("public", "N26"),
        _wrong,
        "/responses/400",
    ),
    Entry(
        "token.rotated",
        GIVE,
        "A refresh token brings new tokens once, and access tokens live on.",
        ("public",),
        _rotated,
    ),
    Entry(
        "token.ends",
        GIVE,
        "A token opens the list for as long as it says, a refresh token lasts 15 days.",
        ("public",),
        _ends,
        effect="destroys",
        needs=frozenset({"clock"}),
    ),
    Entry(
        "token.superseded",
        GIVE,
        "A new grant ends the client's earlier refresh token.",
        ("public",),
        _superseded,
    ),
    Entry(
        "token.clients-apart",
        GIVE,
        "A refresh token is its client's alone, and no other client ends it.",
        ("public",),
        _clients_apart,
    ),
    Entry(
        "token.grants",
        GIVE,
        "Without a known grant, as in a body that is JSON, the grant is unsupported.",
        ("public", "N26"),
        _grants,
        "/responses/400",
    ),
)
