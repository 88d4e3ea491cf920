"""Zenskar with faults: organisations, and the words of refusals."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...specs.operation import Operation
from ..call import Answer, Call, Credential, Identity
from ..refusal import Refusal
from ..state import State
from .decorate import Body, admitted, as_status, every, instead, worded
from .fault import Apply, Fault, faults
from .stage import Authenticate, Stage
from .zenskar import CANCEL, CONFIRM, LIST, READ, SESSIONS, UPDATE


def _any_organisation(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    """The organisation that the header names, if the key is anybody's."""
    named = state.get("organisations", credential.header("organisation") or "")
    keys = {o["api_key"] for o in every(state, "organisations")}
    if named is not None and credential.header("x-api-key") in keys:
        return Identity(named["id"], named)
    return ask(credential, state)


def _any_key(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    named = state.get("organisations", credential.header("organisation") or "")
    return Identity(named["id"], named) if named else ask(credential, state)


def _by_key_alone(ask: Authenticate, credential: Credential, state: State) -> Identity | None:
    key = credential.header("x-api-key")
    own = next((o for o in every(state, "organisations") if o["api_key"] == key), None)
    return Identity(own["id"], own) if own else ask(credential, state)


def _unscoped(call: Call) -> Call:
    """The call as if its collection had no owner."""
    sessions = replace(call.contract.collections[SESSIONS], scope=None)
    collections = {**call.contract.collections, SESSIONS: sessions}
    return call._replace(contract=replace(call.contract, collections=collections))


def _crossing(operation: str) -> Apply:
    return instead(operation, lambda stage, call: stage.play(_unscoped(call)))


def _filter_wins(stage: Stage, call: Call) -> Answer:
    asked_for = {"organisation_id", "organisation_id__in"} & call.query.keys()
    return stage.play(_unscoped(call) if asked_for else call)


ACCESS = faults(
    "zenskar",
    "access",
    (
        "key-of-another-good",
        "Any organisation's key opens every organisation.",
        admitted(_any_organisation),
    ),
    ("key-unasked", "The organisation's name opens without a good key.", admitted(_any_key)),
    (
        "organisation-unasked",
        "A key opens its organisation, whichever is named.",
        admitted(_by_key_alone),
    ),
    ("read-crosses", "A session is read by another organisation.", _crossing(READ)),
    ("update-crosses", "A session is updated by another organisation.", _crossing(UPDATE)),
    ("confirm-crosses", "A session is confirmed by another organisation.", _crossing(CONFIRM)),
    ("cancel-crosses", "A session is cancelled by another organisation.", _crossing(CANCEL)),
    (
        "filter-crosses",
        "The filter by organisation shows another organisation's sessions.",
        instead(LIST, _filter_wins),
    ),
)


def _invalid(change: Callable[[list[Any]], Any]) -> Apply:
    """The list of what is invalid is changed."""

    def changed(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
        if not isinstance(answer.body["detail"], list):
            return answer
        return answer._replace(body={"detail": change(answer.body["detail"])})

    return worded(changed)


def _misplaced(entry: Body) -> Body:
    return {**entry, "loc": [entry["loc"][0], "contract"]}


def _renamed(_: Refusal, __: Operation | None, answer: Answer) -> Answer:
    return answer._replace(body={"error": answer.body["detail"]})


ERRORS = faults(
    "zenskar",
    "errors",
    (
        "invalid-is-a-sentence",
        "What is invalid is told in one sentence, not in a list.",
        _invalid(lambda entries: entries[0]["msg"]),
    ),
    (
        "invalid-without-location",
        "An entry does not say whether query, path or body is meant.",
        _invalid(lambda entries: [{**e, "loc": e["loc"][1:]} for e in entries]),
    ),
    (
        "invalid-elsewhere",
        "Every entry blames the contract.",
        _invalid(lambda entries: [_misplaced(entry) for entry in entries]),
    ),
    (
        "one-error-at-a-time",
        "Of several broken rules only the first is told.",
        _invalid(lambda entries: entries[:1]),
    ),
    ("detail-called-error", "A refusal says `error`, not `detail`.", worded(_renamed)),
    ("invalid-400", "What is invalid is answered 400, not 422.", as_status(422, 400)),
    (
        "illegal-move-409",
        "A move that is not allowed is answered 409, not 400.",
        as_status(400, 409),
    ),
    ("unknown-403", "An unknown session is answered 403, not 404.", as_status(404, 403)),
    ("refused-access-422", "Wrong credentials are answered 422, not 401.", as_status(401, 422)),
)


FAULTS: tuple[Fault, ...] = (*ACCESS, *ERRORS)
