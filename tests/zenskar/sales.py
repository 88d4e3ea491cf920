"""What the tests of Zenskar share: paths, credentials, bodies, and sessions by their state."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from requests import Response

from ..stand import Stand

PATH = "/checkout"
PAIR = {"x-api-key": "zenskar-key", "organisation": "zenskar-org"}
OTHER_PAIR = {"x-api-key": "zenskar-key-2", "organisation": "zenskar-org-2"}
NOON = "2026-01-15T12:00:00Z"
LATER = "2026-01-15T12:10:00Z"
"""When every test begins, and ten minutes after that."""

LINK = "https://shop.example/"
MINE = "7f000001-0000-4000-8000-000000000001"
OTHERS = "7f000002-0000-4000-8000-000000000002"
NOBODY = "00000000-0000-4000-8000-00000000dead"
"""An id that no session, plan or organisation has."""

TEAM = "00000000-0000-4000-8000-0000000f0002"
"""A plan of the fixtures; it costs 99.50."""

Session = dict[str, Any]

STATUSES = ("open", "processing", "completed", "closed", "cancelled")
PAYMENTS = ("not_started", "pending", "paid", "failed", "no_payment_required")
PRODUCTS: Session = {
    "is_plan_based": False,
    "currency": "USD",
    "start_date": "2026-02-01T00:00:00Z",
    "phases": [{"pricings": [{"unit_amount": 19.99, "quantity": 3}]}],
}
PLAN: Session = {
    "is_plan_based": True,
    "plan_id": TEAM,
    "currency": "EUR",
    "start_date": "2026-02-01T00:00:00Z",
}
CUSTOMER: Session = {"customer_id": "123e4567-e89b-12d3-a456-426614174001", "contract": PRODUCTS}
GUEST: Session = {
    "guest_checkout": True,
    "customer": {"customer_name": "Ada Guest", "email": "ada@shop.example"},
    "business_entity_id": "123e4567-e89b-12d3-a456-426614174099",
    "contract": PLAN,
}


def moment(text: str) -> datetime:
    """The moment that a date-time means; UTC when it has no zone."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def stored(stand: Stand) -> Sequence[Session]:
    """All sessions as they are stored."""
    return [dict(session) for session in stand.documents("checkout_sessions")]


def visible(stand: Stand) -> Sequence[Session]:
    """The sessions of the first organisation that are not deleted."""
    return [s for s in stored(stand) if s["organisation_id"] == MINE and s["deleted_at"] is None]


def page(stand: Stand, **query: Any) -> dict[str, Any]:
    """The list's answer to `query`."""
    response = stand.get(PATH, headers=PAIR, params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def ids(stand: Stand, **query: Any) -> list[str]:
    """The ids of all sessions that meet `query`, in the order of the list."""
    answer = page(stand, limit=100, **query)
    assert answer["next"] is None
    assert answer["total_count"] == len(answer["results"])
    return [session["id"] for session in answer["results"]]


def created(stand: Stand, body: Session = CUSTOMER, **members: Any) -> Session:
    """A new session."""
    return answered(stand.post(PATH, headers=PAIR, json={**body, **members}))


def answered(response: Response) -> Session:
    """The session in an answer with 200."""
    assert response.status_code == 200, response.text
    session: Session = response.json()
    return session


def read(stand: Stand, id_: str) -> Session:
    """The session with that id."""
    return answered(stand.get(f"{PATH}/{id_}", headers=PAIR))


def in_state(stand: Stand, status: str, payment: str = "not_started", **members: Any) -> str:
    """The id of a new session in any state, also one that no operation leads to."""
    session = created(stand)
    whole = next(s for s in stored(stand) if s["id"] == session["id"])
    state = {"checkout_session_status": status, "payment_status": payment}
    stand.store("checkout_sessions", {**whole, **state, **members})
    return str(session["id"])


def differing(before: Session, after: Session) -> set[str]:
    """The members that are not the same in both."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
