"""Zenskar: pairs of key and organisation, and what clauses leave open of a checkout session."""

from collections.abc import Mapping
from typing import Any

from .. import resource, transition
from ..api import Api
from ..call import Answer, Call, Credential, Identity
from ..refusal import Invalid, Refusal
from ..state import Document, State
from .zenskar_errors import word
from .zenskar_estimates import estimates

HISTORY = "update_history"
"""The member of `custom_data` that the server writes (ruling Z24)."""


def authenticate(credential: Credential, state: State) -> Identity | None:
    """The organisation whose name and key came together, for either header (ruling Z17)."""
    organisation = state.get("organisations", credential.header("organisation") or "")
    if organisation is None or organisation["api_key"] != credential.header("x-api-key"):
        return None
    return Identity(organisation["id"], organisation)


def create_checkout_session(call: Call) -> Answer:
    """A session that is open and not paid, with its estimates (ruling Z22)."""
    _check_currency(call.body)
    contract = call.body["contract"]
    members = {
        "currency": contract["currency"],
        **resource.settable(call, call.body),
        "checkout_session_status": "open",
        "payment_status": "not_started",
        "estimates": estimates(contract, call.state),
    }
    if members.get("guest_checkout"):
        members["customer_id"] = None
    if members.get("custom_data"):
        members["custom_data"] = _without_history(members["custom_data"])
    return _shown(call, resource.create(call, members))


def update_checkout_session(call: Call) -> Answer:
    """The session with the members sent, and a note of them in its history (ruling Z24)."""
    _check_currency(call.body)
    changes = resource.settable(call, call.body)
    session = resource.target(call)
    if "customer" in changes and not session["guest_checkout"]:
        raise _not_a_guest(changes["customer"])
    after = resource.merged(transition.move(call, session), changes)
    if "contract" in changes:
        # One on a plan keeps nothing of one on products.
        after["contract"] = changes["contract"]
        after["estimates"] = estimates(changes["contract"], call.state)
    after["custom_data"] = {
        **(after["custom_data"] or {}),
        HISTORY: [*_history(session), _entry(call, list(changes))],
    }
    return _shown(call, resource.replace(call, after))


def confirm_checkout_session(call: Call) -> Answer:
    """The session confirmed, with a contract, and with a customer for a guest (ruling Z25)."""
    moved = transition.move(call, resource.target(call))
    moved["contract_id"] = call.state.uuid()
    if moved["guest_checkout"]:
        moved["customer_id"] = call.state.uuid()
    session = resource.replace(call, moved)
    is_charged = call.body["confirmation"] == "charge_immediately"
    if is_charged and call.body.get("redirect") and session["success_url"]:
        return Answer(302, headers=(("Location", session["success_url"]),))
    return _shown(call, session)


def cancel_checkout_session(call: Call) -> Answer:
    """What became of the session, and why (ruling Z26)."""
    moved = transition.move(call, resource.target(call))
    why = call.body or {}
    moved["cancellation_details"] = {
        "reason_type": why.get("reason_type"),
        "reason": why.get("reason"),
        "reference_id": why.get("reference_id"),
        **moved["cancellation_details"],
    }
    session = resource.replace(call, moved)
    told = (
        "checkout_session_status",
        "payment_status",
        "cancelled_at",
        "cancellation_details",
        "estimates",
        "contract",
    )
    answer = {name: session[name] for name in told if name in session}
    return Answer(200, {**answer, "redirect_url": session["cancel_url"]})


def _shown(call: Call, session: Document) -> Answer:
    return Answer(200, resource.shown(call.contract, "checkout_sessions", session))


def _check_currency(body: Mapping[str, Any]) -> None:
    """Refusal(422) when the body names two currencies."""
    currency = body.get("currency")
    agreed = body.get("contract", {}).get("currency", currency)
    if currency is not None and currency != agreed:
        message = f"must be the currency of the contract, {agreed}"
        at = "/components/schemas/SessionCurrency"
        invalid = Invalid("body", ("currency",), "currency", currency, agreed, message, at)
        raise Refusal(422, message, invalid=(invalid,))


def _not_a_guest(customer: Any) -> Refusal:
    message = "only a guest's session takes a customer"
    at = "/components/schemas/CheckoutSessionUpdate/properties/customer"
    invalid = Invalid("body", ("customer",), "guest", customer, None, message, at)
    return Refusal(422, message, invalid=(invalid,))


def _without_history(custom_data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in custom_data.items() if name != HISTORY}


def _history(session: Document) -> list[Any]:
    history: list[Any] = (session["custom_data"] or {}).get(HISTORY, [])
    return history


def _entry(call: Call, fields: list[str]) -> dict[str, Any]:
    """What the history says of this update."""
    now = call.state.timestamp()
    why = {"reason": call.body.get("reason"), "note": call.body.get("note"), "timestamp": now}
    return {"timestamp": now, "updated_fields": fields, "metadata": why}


API = Api(
    word=word,
    authenticate=authenticate,
    handlers={
        "create_checkout_session": create_checkout_session,
        "update_checkout_session": update_checkout_session,
        "confirm_checkout_session": confirm_checkout_session,
        "cancel_checkout_session": cancel_checkout_session,
    },
)
