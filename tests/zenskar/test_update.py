"""Updating a session: what is set, what is noted, what is refused."""

from typing import Any

import pytest

from ..stand import Stand
from .sales import (
    CUSTOMER,
    GUEST,
    LATER,
    LINK,
    NOBODY,
    NOON,
    PAIR,
    PATH,
    PLAN,
    PRODUCTS,
    Session,
    answered,
    created,
    differing,
    ids,
    in_state,
    read,
    stored,
)


def put(stand: Stand, id_: str, body: Session) -> Session:
    return answered(stand.put(f"{PATH}/{id_}", headers=PAIR, json=body))


CHANGES: list[tuple[str, Any]] = [
    ("contract", PLAN),
    ("expires_at", "2026-03-01T00:00:00Z"),
    ("currency", "GBP"),
    ("success_url", f"{LINK}a"),
    ("cancel_url", f"{LINK}b"),
    ("pending_url", f"{LINK}c"),
    ("attribution", {"utm_source": "search"}),
]


@pytest.mark.ruling("Z24")
@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_an_update_sets_what_was_sent_and_nothing_else(
    zenskar: Stand, name: str, value: Any
) -> None:
    """Beside the history and the times; a new contract brings new estimates."""
    before = created(zenskar)
    zenskar.advance(minutes=10)

    after = put(zenskar, before["id"], {name: value})

    assert after[name] == value
    expected = {name, "custom_data", "updated_at", "last_activity_at"}
    if name == "contract":
        expected.add("estimates")
        assert after["estimates"]["amount_due"] == 99.5
    assert differing(before, after) == expected
    assert after["updated_at"] == after["last_activity_at"] == LATER
    assert read(zenskar, before["id"]) == after


@pytest.mark.ruling("Z24")
def test_each_update_is_added_to_the_history(zenskar: Stand) -> None:
    """With the names of the members set, and why; `customer_id` is ignored and not named."""
    id_ = created(zenskar, custom_data={"a": 1})["id"]
    put(zenskar, id_, {"success_url": f"{LINK}a", "customer_id": NOBODY, "reason": "other"})
    zenskar.advance(minutes=10)
    after = put(zenskar, id_, {"currency": "USD", "contract": PRODUCTS, "note": "Twice."})

    assert after["customer_id"] == CUSTOMER["customer_id"]
    history = after["custom_data"]["update_history"]
    assert [sorted(entry["updated_fields"]) for entry in history] == [
        ["success_url"],
        ["contract", "currency"],
    ]
    assert [entry["timestamp"] for entry in history] == [NOON, LATER]
    assert [entry["metadata"] for entry in history] == [
        {"reason": "other", "note": None, "timestamp": NOON},
        {"reason": None, "note": "Twice.", "timestamp": LATER},
    ]
    assert after["custom_data"]["a"] == 1
    assert "reason" not in after
    assert "note" not in after


@pytest.mark.ruling("Z24")
def test_the_history_is_the_servers(zenskar: Stand) -> None:
    """Neither null nor a history that is sent takes it away."""
    id_ = created(zenskar)["id"]
    put(zenskar, id_, {"custom_data": {"update_history": [], "b": {"c": 1}}})
    after = put(zenskar, id_, {"custom_data": {"b": {"d": 2}}})

    assert after["custom_data"]["b"] == {"c": 1, "d": 2}
    cleared = put(zenskar, id_, {"custom_data": None})["custom_data"]
    assert set(cleared) == {"update_history"}
    assert [entry["updated_fields"] for entry in cleared["update_history"]] == [
        ["custom_data"],
        ["custom_data"],
        ["custom_data"],
    ]


@pytest.mark.ruling("Z24")
def test_a_contract_is_replaced_as_a_whole(zenskar: Stand) -> None:
    """One on a plan keeps no phases of the one before."""
    id_ = created(zenskar)["id"]

    assert put(zenskar, id_, {"contract": PLAN})["contract"] == PLAN
    after = put(zenskar, id_, {"contract": PRODUCTS})
    assert after["contract"] == PRODUCTS
    assert after["estimates"]["amount_due"] == 59.97


@pytest.mark.ruling("Z24")
def test_null_clears_what_may_be_null(zenskar: Stand) -> None:
    """An expiry and an address can be taken back."""
    id_ = created(zenskar, expires_at="2026-02-01T00:00:00Z", success_url=f"{LINK}a")["id"]

    after = put(zenskar, id_, {"expires_at": None, "success_url": None})

    assert after["expires_at"] is None
    assert after["success_url"] is None


@pytest.mark.ruling("Z24")
def test_a_customer_is_a_guests_alone(zenskar: Stand) -> None:
    """A guest's is joined member by member; for another session it is 422, before the state."""
    guest = created(zenskar, GUEST)["id"]
    after = put(zenskar, guest, {"customer": {"email": "new@shop.example"}})
    assert after["customer"] == {**GUEST["customer"], "email": "new@shop.example"}

    for id_ in (created(zenskar)["id"], in_state(zenskar, "completed", "paid")):
        before = zenskar.dump()
        body = {"customer": {"email": "new@shop.example"}, "success_url": f"{LINK}a"}
        response = zenskar.put(f"{PATH}/{id_}", headers=PAIR, json=body)
        assert response.status_code == 422
        assert [entry["loc"] for entry in response.json()["detail"]] == [["body", "customer"]]
        assert zenskar.dump() == before


@pytest.mark.ruling("Z17", "Z24")
def test_an_update_cannot_move_a_session_out_of_its_organisation(zenskar: Stand) -> None:
    """Neither hidden members nor the server's own can be set."""
    before = created(zenskar)
    sent = {
        "organisation_id": NOBODY,
        "deleted_at": NOON,
        "cancelled_at": NOON,
        "payment_status": "paid",
        "id": NOBODY,
        "idempotency_key": "late",
        "guest_checkout": True,
    }

    after = put(zenskar, before["id"], sent)

    assert differing(before, after) == {"custom_data"}
    assert after["custom_data"]["update_history"][0]["updated_fields"] == []
    (kept,) = (s for s in stored(zenskar) if s["id"] == before["id"])
    assert kept["deleted_at"] is None
    assert kept["cancelled_at"] is None
    assert before["id"] in ids(zenskar)


BAD_UPDATES: list[tuple[Session, list[str]]] = [
    ({"success_url": "http://shop.example/"}, ["body", "success_url"]),
    ({"cancel_url": "shop.example"}, ["body", "cancel_url"]),
    ({"pending_url": LINK + "x" * 2083}, ["body", "pending_url"]),
    ({"reason": "because"}, ["body", "reason"]),
    ({"note": "x" * 501}, ["body", "note"]),
    ({"currency": "EURO"}, ["body", "currency"]),
    ({"currency": None}, ["body", "currency"]),
    ({"contract": None}, ["body", "contract"]),
    ({"contract": PRODUCTS, "currency": "EUR"}, ["body", "currency"]),
    ({"expires_at": "2026-02-30T00:00:00Z"}, ["body", "expires_at"]),
    ({"custom_data": "x"}, ["body", "custom_data"]),
]


@pytest.mark.ruling("Z17", "Z24")
@pytest.mark.parametrize(("body", "where"), BAD_UPDATES)
def test_a_bad_update_changes_nothing(zenskar: Stand, body: Session, where: list[str]) -> None:
    """422 with one entry, also when another member is good."""
    id_ = created(zenskar)["id"]
    before = zenskar.dump()

    sent = {"attribution": {"utm_source": "x"}, **body}
    response = zenskar.put(f"{PATH}/{id_}", headers=PAIR, json=sent)

    assert response.status_code == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == [where]
    assert zenskar.dump() == before


@pytest.mark.ruling("Z22", "Z24")
def test_an_unknown_plan_stops_an_update(zenskar: Stand) -> None:
    """404, and nothing changes."""
    id_ = created(zenskar)["id"]
    before = zenskar.dump()

    body = {"success_url": f"{LINK}a", "contract": {**PLAN, "plan_id": NOBODY}}
    response = zenskar.put(f"{PATH}/{id_}", headers=PAIR, json=body)

    assert response.status_code == 404
    assert zenskar.dump() == before


@pytest.mark.ruling("Z24", "Z27")
def test_an_update_moves_the_end(zenskar: Stand) -> None:
    """Later, never, or into the past: then the session is closed at once."""
    first, second, third = (
        created(zenskar, expires_at="2026-01-15T13:00:00Z")["id"] for _ in range(3)
    )
    put(zenskar, first, {"expires_at": "2026-01-15T15:00:00Z"})
    put(zenskar, second, {"expires_at": None})
    closed = put(zenskar, third, {"expires_at": "2026-01-15T11:00:00Z"})
    assert closed["checkout_session_status"] == "closed"

    zenskar.advance(hours=2)
    assert read(zenskar, first)["checkout_session_status"] == "open"
    zenskar.advance(hours=1)
    assert read(zenskar, first)["checkout_session_status"] == "closed"
    assert read(zenskar, second)["checkout_session_status"] == "open"
