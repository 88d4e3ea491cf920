"""Zenskar with faults: sessions, their moves, idempotency, estimates."""

from collections.abc import Callable
from typing import Any

import orjson

from ..call import Answer, Call
from ..refusal import Refusal
from ..state import Document
from . import lists
from .decorate import (
    Body,
    done,
    every,
    instead,
    on_refusal,
    sent,
    without,
)
from .fault import Apply, Fault, faults
from .stage import Stage

SESSIONS = "checkout_sessions"
LIST, CREATE, READ = "list_checkout_sessions", "create_checkout_session", "get_checkout_session"
UPDATE, CONFIRM = "update_checkout_session", "confirm_checkout_session"
CANCEL = "cancel_checkout_session"
WHOLE = (CREATE, READ, UPDATE, CONFIRM)
"""The operations that answer a whole session."""


def _change(call: Call, key: Any, **members: Any) -> None:
    session = call.state.store.get(SESSIONS, key)
    if session is not None:
        call.state.replace(SESSIONS, {**session, **members})


def _id(call: Call) -> Any:
    return call.path["checkout_session_id"]


def _keep_before(*names: str, operation: str = UPDATE) -> Apply:
    """These members stay as they were before the operation."""

    def act(stage: Stage, call: Call) -> Answer:
        before = call.state.get(SESSIONS, _id(call)) or {}
        answer = stage.play(call)
        kept = {name: before[name] for name in names if name in before}
        _change(call, _id(call), **kept)
        return answer._replace(body={**answer.body, **kept}) if answer.body else answer

    return instead(operation, act)


def _made(when: Callable[[Call], bool] = lambda _: True, **members: Any) -> Apply:
    """A new session has these members, and the answer says so."""

    def act(stage: Stage, call: Call) -> Answer:
        answer = stage.play(call)
        if not when(call):
            return answer
        _change(call, answer.body["id"], **members)
        return answer._replace(body={**answer.body, **members})

    return instead(CREATE, act)


def _estimated(change: Callable[[Call, Body], Body]) -> Apply:
    """What is made due by a create or an update is changed, in the store as in the answer."""

    def act(stage: Stage, call: Call) -> Answer:
        answer = stage.play(call)
        if "contract" not in call.body or not answer.body["estimates"]:
            return answer
        estimates = change(call, answer.body["estimates"])
        _change(call, answer.body["id"], estimates=estimates)
        return answer._replace(body={**answer.body, "estimates": estimates})

    return instead((CREATE, UPDATE), act)


def _due(amount: Any) -> Callable[[Body], Body]:
    def change(estimates: Body) -> Body:
        invoice = {**estimates["current_invoice"], "subtotal": amount, "total": amount}
        return {**estimates, "amount_due": amount, "current_invoice": invoice}

    return change


def _lines(change: Callable[[list[Any]], list[Any]]) -> Apply:
    """The amount due is the sum of other lines."""

    def changed(_: Call, estimates: Body) -> Body:
        kept = change(estimates["current_invoice"]["line_items"])
        return _due(round(sum(line["amount"] for line in kept), 2))(estimates)

    return _estimated(changed)


def _units(line: Body) -> Body:
    return {**line, "amount": line.get("unit_amount", line["amount"])}


def _all_phases(call: Call, estimates: Body) -> Body:
    phases = call.body["contract"].get("phases", [])
    pricings = [pricing for phase in phases[1:] for pricing in phase["pricings"]]
    more = sum(p["unit_amount"] * p["quantity"] for p in pricings)
    return _due(round(estimates["amount_due"] + more, 2))(estimates)


def _plan_free(call: Call, estimates: Body) -> Body:
    return _due(0)(estimates) if call.body["contract"]["is_plan_based"] else estimates


def _subtotal_alone(_: Call, estimates: Body) -> Body:
    invoice = estimates["current_invoice"]
    return {**estimates, "current_invoice": {**invoice, "total": invoice["subtotal"] + 1}}


ARITHMETIC = faults(
    "zenskar",
    "arithmetic",
    (
        "quantity-ignored",
        "The amount due counts each pricing once, whatever its quantity.",
        _lines(lambda lines: [dict(_units(line)) for line in lines]),
    ),
    (
        "first-pricing-alone",
        "The amount due is that of the first pricing.",
        _lines(lambda lines: lines[:1]),
    ),
    ("all-phases-due", "The amount due counts all phases.", _estimated(_all_phases)),
    ("plan-is-free", "A contract on a plan makes nothing due.", _estimated(_plan_free)),
    (
        "cents-lost",
        "The amount due is a whole number.",
        _estimated(lambda _, estimates: _due(int(estimates["amount_due"]))(estimates)),
    ),
    (
        "total-off-by-one",
        "The invoice's total is one more than its subtotal and the amount due.",
        _estimated(_subtotal_alone),
    ),
    (
        "estimates-stay",
        "Another contract does not change the estimates.",
        _keep_before("estimates"),
    ),
)


def _by_key(call: Call) -> Document | None:
    """The session of this organisation with the key of the body."""
    key = call.body.get("idempotency_key")
    owner = call.identity.name if call.identity else ""
    found = [
        s
        for s in every(call.state, SESSIONS)
        if key is not None and s["idempotency_key"] == key and s["organisation_id"] == owner
    ]
    return found[0] if found else None


def _shown_as(session: Document) -> dict[str, Any]:
    hidden = ("organisation_id", "deleted_at", "cancelled_at", "cancellation_details")
    return without(session, *hidden)


class _Kept:
    """Remembers the requests to create that had a key."""

    def __init__(self) -> None:
        self.first: dict[Any, Any] = {}

    def stale(self, stage: Stage, call: Call) -> Answer:
        """A repeat is answered as the first was."""
        answer = stage.play(call)
        key = call.body.get("idempotency_key")
        return answer if key is None else self.first.setdefault(key, answer)

    def crossing(self, stage: Stage, call: Call) -> Answer:
        """A key of another organisation gives that one's session."""
        key = call.body.get("idempotency_key")
        if key in self.first and call.identity and self.first[key][0] != call.identity.name:
            answer: Answer = self.first[key][1]
            return answer
        answer = stage.play(call)
        if key is not None and call.identity:
            self.first.setdefault(key, (call.identity.name, answer))
        return answer

    def poisoned(self, stage: Stage, call: Call) -> Answer:
        """A key whose first request was refused is refused for ever."""
        key = call.body.get("idempotency_key")
        if key is not None and key in self.first:
            raise Refusal(400, "This was sent before with another body.")
        try:
            return stage.play(call)
        except Refusal:
            self.first[key] = True
            raise

    def literal(self, stage: Stage, call: Call) -> Answer:
        """A repeat must be the same text, not an equal value."""
        key = call.body.get("idempotency_key")
        text = orjson.dumps(call.body)
        if key is not None and self.first.setdefault(key, text) != text:
            raise Refusal(400, "This was sent before with another body.")
        return stage.play(call)

    def forgetful(self, stage: Stage, call: Call) -> Answer:
        """A key is forgotten after one repeat."""
        key = call.body.get("idempotency_key")
        if key is None:
            return stage.play(call)
        self.first[key] = self.first.get(key, 0) + 1
        if self.first[key] < 3:
            return stage.play(call)
        again = call._replace(body={**call.body, "idempotency_key": call.state.token()})
        answer = stage.play(again)
        _change(call, answer.body["id"], idempotency_key=key)
        return answer._replace(body={**answer.body, "idempotency_key": key})

    def by_body(self, stage: Stage, call: Call) -> Answer:
        """Another key with an equal body gives the first session."""
        if call.body.get("idempotency_key") is None:
            return stage.play(call)
        who = call.identity.name if call.identity else ""
        text = orjson.dumps([who, without(call.body, "idempotency_key")])
        if text not in self.first:
            self.first[text] = stage.play(call)
        answer: Answer = self.first[text]
        return answer


def _remembering(act: Callable[[_Kept], Callable[[Stage, Call], Answer]]) -> Apply:
    return lambda stage: instead(CREATE, act(_Kept()))(stage)


def _any_body(_: Stage, call: Call, refusal: Refusal) -> Answer | None:
    session = _by_key(call)
    if refusal.status != 400 or session is None:
        return None
    return Answer(200, _shown_as(session))


def _restamped(stage: Stage, call: Call) -> Answer:
    before = _by_key(call)
    answer = stage.play(call)
    if before is None:
        return answer
    # A whole second later, so that it can be told.
    now = call.state.timestamp().replace("Z", ".500Z")
    _change(call, answer.body["id"], updated_at=now)
    return answer._replace(body={**answer.body, "updated_at": now})


IDEMPOTENCY = faults(
    "zenskar",
    "idempotency",
    (
        "repeat-is-stale",
        "A repeated create answers with the session as it was at first, not as it is.",
        _remembering(lambda kept: kept.stale),
    ),
    (
        "key-crosses-organisations",
        "Another organisation's key gives that organisation's session.",
        _remembering(lambda kept: kept.crossing),
    ),
    (
        "key-poisoned",
        "A key is refused for ever once the first request with it was refused.",
        _remembering(lambda kept: kept.poisoned),
    ),
    (
        "repeat-must-be-literal",
        "A repeat whose members come in another order is refused.",
        _remembering(lambda kept: kept.literal),
    ),
    (
        "key-forgotten",
        "The third request with a key makes a second session.",
        _remembering(lambda kept: kept.forgetful),
    ),
    (
        "key-ignored",
        "An equal body with another key gives the first session.",
        _remembering(lambda kept: kept.by_body),
    ),
    (
        "any-body-repeats",
        "Another body with the key of an earlier one gives the earlier session.",
        on_refusal(CREATE, _any_body),
    ),
    ("repeat-stamps", "A repeated create stamps the session.", instead(CREATE, _restamped)),
)

LISTS = (*lists.of("zenskar", LIST), *lists.counted_by_page("zenskar", LIST))


class _Remembered:
    """Answers a read as the first read of the session was answered."""

    def __init__(self) -> None:
        self._first: dict[Any, Answer] = {}

    def read(self, stage: Stage, call: Call) -> Answer:
        """The first answer."""
        answer = stage.play(call)
        return self._first.setdefault(_id(call), answer)


def _neighbour_changed(call: Call, _: Answer) -> None:
    others = [s for s in every(call.state, SESSIONS) if s["id"] != _id(call)]
    own = [s for s in others if call.identity and s["organisation_id"] == call.identity.name]
    newest = max(own, key=lambda session: session["created_at"], default=None)
    if newest is not None:
        _change(call, newest["id"], correlation_id="touched")


def _forgotten(call: Call, answer: Answer) -> None:
    call.state.delete(SESSIONS, answer.body["id"])


RECORDS = faults(
    "zenskar",
    "records",
    ("create-forgets", "A create answers well and stores nothing.", done(CREATE, _forgotten)),
    (
        "create-loses-attribution",
        "A new session keeps nothing of the attribution that was sent.",
        sent(CREATE, lambda body: without(body, "attribution")),
    ),
    (
        "create-loses-address",
        "A new session keeps no address to return to after a cancellation.",
        sent(CREATE, lambda body: without(body, "cancel_url")),
    ),
    (
        "create-without-currency",
        "A session that names no currency has none, rather than its contract's.",
        _made(lambda call: "currency" not in call.body, currency=None),
    ),
    (
        "create-pending",
        "The payment of a new session has started already.",
        _made(payment_status="pending"),
    ),
    (
        "read-is-stale",
        "A session is read as it was when it was first read.",
        lambda stage: instead(READ, _Remembered().read)(stage),
    ),
    (
        "read-stamps",
        "Reading a session moves its last activity.",
        done(READ, lambda c, _: _change(c, _id(c), last_activity_at=c.state.timestamp())),
    ),
    (
        "update-touches-another",
        "An update changes another session as well.",
        done(UPDATE, _neighbour_changed),
    ),
    (
        "update-clears-left-out",
        "An update clears the addresses that it leaves out.",
        sent(UPDATE, lambda body: {"success_url": None, "cancel_url": None, **body}),
    ),
)

FAULTS: tuple[Fault, ...] = (*ARITHMETIC, *IDEMPOTENCY, *LISTS, *RECORDS)
