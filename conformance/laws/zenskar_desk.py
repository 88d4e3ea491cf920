"""Checkout sessions of Zenskar's, made for a law to look at."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ..client import UNSET
from ..exchange import Exchange
from ..family import examples
from ..law import Violation
from ..subject import Persona
from ..trial import Trial
from ..values import parse_time

LIST = "list_checkout_sessions"
CREATE = "create_checkout_session"
READ = "get_checkout_session"
UPDATE = "update_checkout_session"
CONFIRM = "confirm_checkout_session"
CANCEL = "cancel_checkout_session"
MOVES = (UPDATE, CONFIRM, CANCEL)
CENT = Decimal("0.01")
SHOP = "https://shop.example"
Body = Mapping[str, Any]
UNSENT = (
    *("idempotency_key", "correlation_id", "business_entity_id", "contract_id"),
    *("payment_intent_id", "success_url", "cancel_url", "pending_url"),
    *("confirmed_at", "paid_at", "completed_at"),
)
"""What a new session has not, unless it was sent."""


def for_customer(trial: Trial, **more: Any) -> dict[str, Any]:
    """The body of a create for a known customer."""
    return {**_example(trial, "customer_id"), **more}


def bare(trial: Trial) -> dict[str, Any]:
    """The least that such a body must have."""
    whole = for_customer(trial)
    return {name: whole[name] for name in ("customer_id", "contract")}


def for_guest(trial: Trial, **more: Any) -> dict[str, Any]:
    """The body of a create for a guest."""
    return {**_example(trial, "customer"), **more}


def _example(trial: Trial, member: str) -> dict[str, Any]:
    shown = examples(trial.contract, trial.operation(CREATE))
    return dict(next(body for body in shown if member in body))


def created(trial: Trial, body: Body | None = None, persona: Persona | None = None) -> Exchange:
    """A new session."""
    return trial.good(CREATE, body=for_customer(trial) if body is None else body, persona=persona)


def read(trial: Trial, id_: str, persona: Persona | None = None) -> Exchange:
    """One session."""
    return trial.good(READ, path={"checkout_session_id": id_}, persona=persona)


def asked(
    trial: Trial, operation: str, id_: str, body: Any = UNSET, persona: Persona | None = None
) -> Exchange:
    """A request about a session, whatever comes of it."""
    return trial.send(operation, path={"checkout_session_id": id_}, body=body, persona=persona)


def done(trial: Trial, operation: str, id_: str, body: Any = UNSET) -> Exchange:
    """A request about a session that the contract says succeeds."""
    return trial.good(operation, path={"checkout_session_id": id_}, body=body)


def refused(answer: Exchange, status: int, why: str) -> Exchange:
    """Violation unless the answer has that status."""
    if answer.status != status:
        raise Violation(f"{why} must be answered with {status}, not {answer.status}", answer)
    return answer


def blames(answer: Exchange, *where: str) -> None:
    """Violation unless a 422 speaks of that part of the request."""
    found = [[str(part) for part in entry["loc"]] for entry in answer.data["detail"]]
    if list(where) not in [loc[: len(where)] for loc in found]:
        raise Violation(f"{found} are blamed, and {list(where)} is wrong", answer)


def good_body(operation: str) -> Any:
    """What an update or a move may be asked with."""
    bodies: Mapping[str, Any] = {
        UPDATE: {"custom_data": {"understudy": 1}, "success_url": f"{SHOP}/understudy"},
        CONFIRM: {"confirmation": "no_payment"},
        CANCEL: {"reason_type": "other", "reason": "understudy"},
    }
    return bodies[operation]


def contract_of(*phases: list[tuple[str, Any]], currency: str = "USD") -> dict[str, Any]:
    """A contract on products: phases of prices, each a text, and quantities."""
    return {
        "is_plan_based": False,
        "currency": currency,
        "start_date": "2026-02-01T00:00:00Z",
        "phases": [
            {"pricings": [{"unit_amount": float(unit), "quantity": n} for unit, n in phase]}
            for phase in phases
        ],
    }


def due(answer: Exchange) -> Decimal:
    """What a session makes due, to the cent."""
    return _cents(answer.data["estimates"]["amount_due"])


def sums(answer: Exchange) -> set[Decimal]:
    """The amount due, and what the invoice comes to: one and the same where all is well."""
    invoice = answer.data["estimates"]["current_invoice"]
    shown = [invoice[name] for name in ("subtotal", "total") if name in invoice]
    return {due(answer), *map(_cents, shown)}


def _cents(shown: float) -> Decimal:
    return Decimal(repr(shown)).quantize(CENT)


def plus(moment: str, seconds: float) -> str:
    """A moment so many seconds later."""
    later = parse_time(moment) + timedelta(seconds=seconds)
    return later.isoformat().replace("+00:00", "Z")
