"""Zenskar with faults: moves, and what a refused write leaves behind."""

from collections.abc import Callable
from typing import Any

from ...specs import pointer
from ..call import Answer, Call
from ..refusal import Refusal
from .decorate import (
    Body,
    answered,
    every,
    half_done,
    instead,
    unchecked,
    without,
)
from .fault import Apply, Fault, faults
from .stage import Stage
from .zenskar import CANCEL, CONFIRM, CREATE, SESSIONS, UPDATE

HISTORY = ("custom_data", "update_history")


def _id(call: Call) -> Any:
    return call.path["checkout_session_id"]


def _change(call: Call, **members: Any) -> None:
    session = call.state.store.get(SESSIONS, _id(call))
    if session is not None:
        call.state.replace(SESSIONS, {**session, **members})


def _after(operation: str, change: Callable[[Call, Body, Body], Body]) -> Apply:
    """After a move the session is what `change` makes of it before and after; so is the answer."""

    def act(stage: Stage, call: Call) -> Answer:
        before = call.state.get(SESSIONS, _id(call)) or {}
        answer = stage.play(call)
        after = call.state.get(SESSIONS, _id(call)) or {}
        changed = change(call, before, after)
        call.state.replace(SESSIONS, changed)
        told = {n: changed[n] for n in answer.body if n in changed} if answer.body else None
        return answer._replace(body=None if told is None else {**answer.body, **told})

    return instead(operation, act)


def _history(change: Callable[[list[Any], list[Any]], list[Any]]) -> Apply:
    def changed(_: Call, before: Body, after: Body) -> Body:
        earlier = (before.get("custom_data") or {}).get("update_history", [])
        now = (after["custom_data"] or {}).get("update_history", [])
        return pointer.put(after, HISTORY, change(earlier, now))

    return _after(UPDATE, changed)


def _from_client(call: Call, _: Body, after: Body) -> Body:
    wanted = (call.body.get("custom_data") or {}).get("update_history")
    return after if wanted is None else pointer.put(after, HISTORY, wanted)


def _custom_data_replaced(call: Call, _: Body, after: Body) -> Body:
    if "custom_data" not in call.body:
        return after
    history = after["custom_data"]["update_history"]
    data = without(call.body["custom_data"] or {}, "update_history")
    return {**after, "custom_data": {**data, "update_history": history}}


def _contract_joined(call: Call, before: Body, after: Body) -> Body:
    if "contract" not in call.body:
        return after
    return {**after, "contract": {**before.get("contract", {}), **after["contract"]}}


def _customer_id_taken(call: Call, _: Body, after: Body) -> Body:
    wanted = call.body.get("customer_id")
    return {**after, "customer_id": wanted} if isinstance(wanted, str) else after


def _unredirected(call: Call, answer: Answer) -> Answer:
    session = call.state.get(SESSIONS, _id(call)) or {}
    hidden = ("organisation_id", "deleted_at", "cancelled_at", "cancellation_details")
    return Answer(200, without(session, *hidden)) if answer.status == 302 else answer


def _unpaid(stage: Stage, call: Call) -> Answer:
    before = call.state.get(SESSIONS, _id(call))
    answer = stage.play(call)
    if answer.status == 302 and before is not None:
        call.state.replace(SESSIONS, before)
    return answer


def _elsewhere(call: Call, answer: Answer) -> Answer:
    session = call.state.get(SESSIONS, _id(call)) or {}
    if answer.status != 302:
        return answer
    return answer._replace(headers=(("Location", session["cancel_url"] or "/"),))


def _told(**members: Any) -> Apply:
    """The answer of a cancellation has these members."""
    return answered(CANCEL, lambda _, answer: answer._replace(body={**answer.body, **members}))


def _unexplained(_: Call, answer: Answer) -> Answer:
    path = ("cancellation_details", "reason")
    return answer._replace(body=pointer.put(answer.body, path, None))


def _to_success(call: Call, answer: Answer) -> Answer:
    session = call.state.get(SESSIONS, _id(call)) or {}
    return answer._replace(body={**answer.body, "redirect_url": session["success_url"]})


MOVES = faults(
    "zenskar",
    "moves",
    (
        "confirm-without-contract",
        "Confirming makes no contract.",
        _after(CONFIRM, lambda _, before, after: {**after, "contract_id": before["contract_id"]}),
    ),
    (
        "guest-without-customer",
        "Confirming a guest's session makes no customer.",
        _after(CONFIRM, lambda _, before, after: {**after, "customer_id": before["customer_id"]}),
    ),
    (
        "customer-renewed",
        "Confirming gives a known customer another id.",
        _after(CONFIRM, lambda call, _, after: {**after, "customer_id": call.state.uuid()}),
    ),
    ("redirect-ignored", "Confirming never redirects.", answered(CONFIRM, _unredirected)),
    (
        "redirect-unpaid",
        "Confirming with a redirection leaves the session as it was.",
        instead(CONFIRM, _unpaid),
    ),
    (
        "redirect-elsewhere",
        "Confirming redirects to the cancel_url.",
        answered(CONFIRM, _elsewhere),
    ),
    ("history-unwritten", "An update leaves no entry in the history.", _history(lambda b, _: b)),
    (
        "history-overwritten",
        "The history holds the last update alone.",
        _history(lambda _, after: after[-1:]),
    ),
    (
        "history-from-client",
        "The history is what the body says it is.",
        _after(UPDATE, _from_client),
    ),
    (
        "custom-data-replaced",
        "An update replaces custom_data, rather than joining its members.",
        _after(UPDATE, _custom_data_replaced),
    ),
    (
        "contract-joined",
        "An update joins the contract's members, rather than replacing it.",
        _after(UPDATE, _contract_joined),
    ),
    (
        "customer-id-taken",
        "An update changes the customer_id.",
        _after(UPDATE, _customer_id_taken),
    ),
    ("reason-lost", "A cancellation does not tell its reason.", answered(CANCEL, _unexplained)),
    (
        "cancel-leads-to-success",
        "A cancellation names the success_url to go to.",
        answered(CANCEL, _to_success),
    ),
)


def _written(**members: Any) -> Callable[[Stage, Call, Refusal], None]:
    def write(_: Stage, call: Call, refusal: Refusal) -> None:
        if refusal.status == 400:
            _change(call, **members)

    return write


def _stamped(_: Stage, call: Call, refusal: Refusal) -> None:
    if refusal.status == 400:
        _change(call, last_activity_at=call.state.timestamp())


def _noted(_: Stage, call: Call, refusal: Refusal) -> None:
    session = call.state.get(SESSIONS, _id(call))
    if refusal.status == 400 and session is not None:
        data = session["custom_data"] or {}
        _change(call, custom_data={**data, **without(call.body.get("custom_data") or {})})


def _contracted(_: Stage, call: Call, refusal: Refusal) -> None:
    if refusal.status == 400:
        _change(call, contract_id=call.state.uuid())


def _in_one_currency(stage: Stage, call: Call, refusal: Refusal) -> None:
    if refusal.status == 422:
        stage.play(call._replace(body=without(call.body, "currency", "customer")))


def _on_another_plan(stage: Stage, call: Call, refusal: Refusal) -> None:
    if refusal.status == 404:
        plan = every(call.state, "plans")[0]["id"]
        contract = {**call.body["contract"], "plan_id": plan}
        stage.play(call._replace(body={**call.body, "contract": contract}))


def _stored_blank(_: Stage, call: Call) -> None:
    owner = call.identity.name if call.identity else ""
    own = [s for s in every(call.state, SESSIONS) if s["organisation_id"] == owner]
    if own:
        call.state.insert(SESSIONS, {**own[0], "id": call.state.uuid(), "idempotency_key": None})


def _moved_anyway(_: Stage, call: Call) -> None:
    session = call.state.get(SESSIONS, _id(call))
    if session is not None and session["checkout_session_status"] == "open":
        _change(call, checkout_session_status="processing")


HALF_DONE = faults(
    "zenskar",
    "half-done",
    (
        "refused-update-stamps",
        "An update that the state refuses moves the last activity.",
        half_done(UPDATE, _stamped),
    ),
    (
        "refused-update-joins",
        "An update that the state refuses writes its custom_data.",
        half_done(UPDATE, _noted),
    ),
    (
        "refused-update-sets-rest",
        "An update refused for one member sets the others.",
        half_done(UPDATE, _in_one_currency),
    ),
    (
        "refused-confirm-contracts",
        "A confirmation that the state refuses makes a contract.",
        half_done(CONFIRM, _contracted),
    ),
    (
        "refused-cancel-fails-payment",
        "A cancellation that the state refuses marks the payment as failed.",
        half_done(CANCEL, _written(payment_status="failed")),
    ),
    (
        "unknown-plan-creates",
        "A create refused for its plan makes a session on another plan.",
        half_done(CREATE, _on_another_plan),
    ),
    (
        "invalid-create-stores",
        "A create whose body is not valid leaves a session behind.",
        unchecked(CREATE, _stored_blank),
    ),
    (
        "invalid-confirm-moves",
        "A confirmation whose body is not valid leaves the session processing.",
        unchecked(CONFIRM, _moved_anyway),
    ),
)

FAULTS: tuple[Fault, ...] = (*MOVES, *HALF_DONE)
