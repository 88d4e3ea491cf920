"""A session's life: confirming, cancelling, expiring; which move is allowed when."""

from typing import Any

import pytest

from ..stand import Stand
from .sales import (
    GUEST,
    LATER,
    LINK,
    PAIR,
    PATH,
    PAYMENTS,
    STATUSES,
    Session,
    answered,
    created,
    differing,
    ids,
    in_state,
    read,
)

UPDATE = ("PUT", "", {"success_url": f"{LINK}welcome"})
CONFIRM = ("POST", "/confirm", {"confirmation": "no_payment"})
CANCEL = ("POST", "/cancel", {"reason_type": "other"})
ALLOWED = {
    "PUT": {("open", "not_started")},
    "/confirm": {("open", payment) for payment in PAYMENTS},
    "/cancel": {("open", "not_started"), ("open", "failed"), ("open", "no_payment_required")},
}
"""The states in which each move is allowed, from the rulings."""


def confirm(stand: Stand, id_: str, **body: Any) -> Session:
    return answered(stand.post(f"{PATH}/{id_}/confirm", headers=PAIR, json=body))


@pytest.mark.ruling("Z23", "Z24", "Z25", "Z26")
@pytest.mark.parametrize("payment", PAYMENTS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "path", "body"), [UPDATE, CONFIRM, CANCEL])
def test_a_move_is_allowed_in_its_states_alone(
    zenskar: Stand, method: str, path: str, body: Session, status: str, payment: str
) -> None:
    """In any other state it is 400 and changes nothing at all."""
    id_ = in_state(zenskar, status, payment)
    before = zenskar.dump()

    response = zenskar.request(method, f"{PATH}/{id_}{path}", headers=PAIR, json=body)

    if (status, payment) in ALLOWED[path or method]:
        assert response.status_code == 200
        assert zenskar.dump() != before
    else:
        assert response.status_code == 400
        assert isinstance(response.json()["detail"], str)
        assert "/transition/when" in response.headers["Understudy-Reason"]
        assert zenskar.dump() == before


@pytest.mark.ruling("Z11", "Z25")
@pytest.mark.parametrize(
    ("how", "status", "payment", "stamped"),
    [
        ("no_payment", "completed", "no_payment_required", {"completed_at"}),
        ("charge_immediately", "completed", "paid", {"completed_at", "paid_at"}),
        ("charge_when_due", "processing", "pending", set()),
    ],
)
def test_confirming_ends_as_asked(
    zenskar: Stand, how: str, status: str, payment: str, stamped: set[str]
) -> None:
    """The states, the times of what happened, and a contract; nothing else changes."""
    before = created(zenskar)
    zenskar.advance(minutes=10)

    after = confirm(zenskar, before["id"], confirmation=how)

    assert (after["checkout_session_status"], after["payment_status"]) == (status, payment)
    times = {"confirmed_at", "updated_at", "last_activity_at", *stamped}
    assert {name for name in after if after[name] == LATER} == times
    assert differing(before, after) == times | {
        "checkout_session_status",
        "payment_status",
        "contract_id",
    }
    assert read(zenskar, before["id"]) == after
    assert before["id"] in ids(zenskar, contract_id=after["contract_id"])


@pytest.mark.ruling("Z25")
def test_confirming_makes_a_guest_a_customer(zenskar: Stand) -> None:
    """The session gets a customer's id."""
    before = created(zenskar, GUEST)

    after = confirm(zenskar, before["id"], confirmation="no_payment")

    assert before["customer_id"] is None
    assert after["customer_id"] is not None
    assert after["customer"] == before["customer"]


@pytest.mark.ruling("Z25")
@pytest.mark.parametrize("has_url", [True, False])
@pytest.mark.parametrize("redirect", [True, False, None])
@pytest.mark.parametrize("how", ["no_payment", "charge_immediately", "charge_when_due"])
def test_only_a_charge_at_once_redirects(
    zenskar: Stand, how: str, redirect: bool | None, has_url: bool
) -> None:
    """302 to `success_url`, already paid, when all three come together; else 200."""
    url = f"{LINK}thanks?session=1" if has_url else None
    id_ = created(zenskar, success_url=url)["id"]
    body = {"confirmation": how, **({} if redirect is None else {"redirect": redirect})}

    response = zenskar.post(f"{PATH}/{id_}/confirm", headers=PAIR, json=body)

    if how == "charge_immediately" and redirect and has_url:
        assert response.status_code == 302
        assert response.headers["Location"] == url
        assert read(zenskar, id_)["payment_status"] == "paid"
    else:
        assert response.status_code == 200
        assert "Location" not in response.headers
        assert response.json() == read(zenskar, id_)


@pytest.mark.ruling("Z17", "Z25")
@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "confirmation"),
        ({"confirmation": None}, "confirmation"),
        ({"confirmation": "later"}, "confirmation"),
        ({"confirmation": "no_payment", "redirect": "true"}, "redirect"),
        (
            {"confirmation": "no_payment", "preferred_payment_method": "cash"},
            "preferred_payment_method",
        ),
        ({"confirmation": "no_payment", "payment_description": "x" * 256}, "payment_description"),
        ({"confirmation": "no_payment", "customer_notes": "x" * 1001}, "customer_notes"),
    ],
)
def test_a_bad_confirmation_changes_nothing(zenskar: Stand, body: Session, name: str) -> None:
    """422 that names the member."""
    id_ = created(zenskar)["id"]
    before = zenskar.dump()

    response = zenskar.post(f"{PATH}/{id_}/confirm", headers=PAIR, json=body)

    assert response.status_code == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == [["body", name]]
    assert zenskar.dump() == before


@pytest.mark.ruling("Z25")
def test_the_longest_texts_are_accepted(zenskar: Stand) -> None:
    """255 characters of description and 1000 of notes."""
    after = confirm(
        zenskar,
        created(zenskar)["id"],
        confirmation="no_payment",
        payment_description="x" * 255,
        customer_notes="ä" * 1000,
        preferred_payment_method="wallet",
    )

    assert after["checkout_session_status"] == "completed"


@pytest.mark.ruling("Z26")
@pytest.mark.parametrize(
    "why",
    [
        None,
        {},
        {"reason_type": "duplicate"},
        {"reason": "x" * 500, "reference_id": "ticket-1", "reason_type": "fraudulent"},
        {"reason": None, "unheard_of": 1},
    ],
)
def test_cancelling_tells_what_became_of_the_session(zenskar: Stand, why: Session | None) -> None:
    """The members that the vendor lists, and no others; the body may be left out."""
    session = created(zenskar, cancel_url=f"{LINK}basket")
    zenskar.advance(minutes=10)

    response = zenskar.post(f"{PATH}/{session['id']}/cancel", headers=PAIR, json=why)

    told = why or {}
    assert response.status_code == 200
    assert response.json() == {
        "checkout_session_status": "cancelled",
        "payment_status": "not_started",
        "cancelled_at": LATER,
        "cancellation_details": {
            "reason_type": told.get("reason_type"),
            "reason": told.get("reason"),
            "reference_id": told.get("reference_id"),
            "cancelled_at": LATER,
        },
        "estimates": session["estimates"],
        "contract": session["contract"],
        "redirect_url": f"{LINK}basket",
    }
    after = read(zenskar, session["id"])
    assert differing(session, after) == {
        "checkout_session_status",
        "updated_at",
        "last_activity_at",
    }


@pytest.mark.ruling("Z17", "Z26")
@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"reason_type": "bored"}, "reason_type"),
        ({"reason": "x" * 501}, "reason"),
        ({"reference_id": 7}, "reference_id"),
    ],
)
def test_a_bad_cancellation_changes_nothing(zenskar: Stand, body: Session, name: str) -> None:
    """422 that names the member."""
    id_ = created(zenskar)["id"]
    before = zenskar.dump()

    response = zenskar.post(f"{PATH}/{id_}/cancel", headers=PAIR, json=body)

    assert response.status_code == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == [["body", name]]
    assert zenskar.dump() == before


@pytest.mark.ruling("Z27")
def test_an_open_session_closes_when_its_time_has_come(zenskar: Stand) -> None:
    """Not a second before; and then nothing opens it again."""
    id_ = created(zenskar, expires_at="2026-01-15T14:00:00+01:00")["id"]
    zenskar.advance(minutes=59, seconds=59)
    assert read(zenskar, id_)["checkout_session_status"] == "open"
    assert id_ in ids(zenskar, checkout_session_status="open")

    zenskar.advance(seconds=1)

    assert id_ in ids(zenskar, checkout_session_status="closed")
    assert read(zenskar, id_)["checkout_session_status"] == "closed"
    for method, path, body in (UPDATE, CONFIRM, CANCEL):
        response = zenskar.request(method, f"{PATH}/{id_}{path}", headers=PAIR, json=body)
        assert response.status_code == 400


@pytest.mark.ruling("Z27")
@pytest.mark.parametrize("status", ["processing", "completed", "cancelled"])
def test_only_an_open_session_expires(zenskar: Stand, status: str) -> None:
    """Sessions that went on stay as they are."""
    id_ = in_state(zenskar, status, expires_at="2026-01-15T13:00:00Z")
    zenskar.advance(days=2)

    assert read(zenskar, id_)["checkout_session_status"] == status
