"""The clock under control: what it tells, and what falls due as it moves, in all four contracts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import CREDENTIALS, Desk

OFFICE = "/api/billing/basketsessions"
HUMAN = {"Authorization": "Bearer limio-token", "x-limio-recaptcha": "passed"}


def _advance(desk: Desk, by: str) -> list[dict[str, Any]]:
    happenings: list[dict[str, Any]] = desk.ask("POST", "/clock/advance", {"by": by})["happenings"]
    return happenings


def _of(happenings: list[dict[str, Any]], collection: str) -> list[dict[str, Any]]:
    return [each for each in happenings if each["collection"] == collection]


def test_the_clock_is_read_set_frozen_moved_and_resumed(desk: Desk) -> None:
    """Frozen it stands; and it can be set and moved all the same."""
    assert desk.ask("GET", "/clock") == {"now": "2026-01-15T12:00:00.000Z", "frozen": False}
    told = desk.ask("POST", "/clock/freeze", {"at": "2026-02-01T00:00:00+01:00"})
    assert (told["now"], told["frozen"]) == ("2026-01-31T23:00:00.000Z", True)
    assert (
        desk.ask("POST", "/clock/advance", {"by": "P1DT30M"})["now"] == "2026-02-01T23:30:00.000Z"
    )
    assert desk.ask("PUT", "/clock", {"now": "2026-01-01T00:00:00Z"})["frozen"] is True
    assert desk.ask("POST", "/clock/resume") == {
        "now": "2026-01-01T00:00:00.000Z",
        "frozen": False,
        "happenings": [],
    }
    assert desk.ask("POST", "/clock/freeze")["frozen"] is True


def test_who_is_slow_is_answered_at_the_time_of_the_last_octet(desk: Desk) -> None:
    """What was seen when the request began, to know who asks, is not what it is answered by."""
    session = json.dumps({"BusinessId": 7, "SessionId": "slow", "JsonContents": "{}"}).encode()

    def slowly() -> Iterator[bytes]:
        yield session[:10]
        _advance(desk, "P1D")
        yield session[10:]

    headers = {
        **CREDENTIALS["nexudus"],
        "Content-Type": "application/json",
        "Understudy-Sandbox": desk.name,
    }
    url = f"{desk.root}/nexudus{OFFICE}"
    answer = desk.session.post(url, data=slowly(), headers=headers, timeout=10)
    assert answer.json()["UpdatedOn"] == "2026-01-16T12:00:00Z"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock/advance", {"by": "1 day"}),
        ("/clock/advance", {"by": "-P1D"}),
        ("/clock/advance", {"by": "P1M"}),
        ("/clock/advance", {"by": "P99999999D"}),
        ("/clock/advance", {}),
        ("/clock/freeze", {"at": "yesterday"}),
        ("/clock/freeze", {"at": "0001-01-01T00:00:00Z"}),
        ("/clock/freeze", {"at": "9999-12-31T23:59:59Z"}),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(desk: Desk, path: str, body: Any) -> None:
    """And the clock tells what it told."""
    before = desk.ask("GET", "/clock")
    answer = desk.raw("POST", path, body)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert desk.ask("GET", "/clock") == before


def test_what_falls_due_happens_in_order_and_is_in_the_journal(desk: Desk) -> None:
    """Of all contracts, as one list; and each contract's own as an entry."""
    happenings = _advance(desk, "P15D")
    assert [each["at"] for each in happenings] == sorted(each["at"] for each in happenings)
    assert {each["contract"] for each in happenings} == {"nexudus", "limio", "akinon", "zenskar"}
    entries = [e for e in desk.ask("GET", "/journal")["entries"] if e["kind"] == "clock"]
    written = [happening for entry in entries for happening in entry["happenings"]]
    assert sorted(map(repr, written)) == sorted(map(repr, happenings))


def test_a_new_record_is_new_for_a_day(desk: Desk) -> None:
    """Nexudus's `IsNew` (N24)."""
    body = {"BusinessId": 7, "SessionId": "s"}
    key = desk.play("nexudus", "POST", OFFICE, body).json()["Value"]["Id"]
    assert not [e for e in _of(_advance(desk, "PT23H59M"), "basket_sessions") if e["key"] == key]
    (fired,) = [e for e in _of(_advance(desk, "PT1M"), "basket_sessions") if e["key"] == key]
    assert (fired["kind"], fired["set"]["/IsNew"]) == ("timer", False)
    assert desk.play("nexudus", "GET", f"{OFFICE}/{key}").json()["IsNew"] is False


def test_tokens_end(desk: Desk) -> None:
    """Those of Nexudus and of Limio, an hour and a week after they were given out."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "limio-client",
        "client_secret": "limio-secret",
    }
    url = f"{desk.root}/limio/oauth2/token"
    given = desk.session.post(url, data=form, headers={"Understudy-Sandbox": desk.name}, timeout=10)
    assert given.status_code == 200
    assert not _of(_advance(desk, "PT59M59S"), "tokens")
    (ended,) = _of(_advance(desk, "PT1S"), "tokens")
    assert ended["kind"] == "expiry"
    password = {
        "grant_type": "password",
        "username": "admin@example.com",
        "password": "admin-password",
    }
    url = f"{desk.root}/nexudus/api/token"
    desk.session.post(url, data=password, headers={"Understudy-Sandbox": desk.name}, timeout=10)
    assert _of(_advance(desk, "P8D"), "access_tokens")


def test_a_limio_basket_is_gone_after_two_weeks(desk: Desk) -> None:
    """It is found and listed no more (L20); and a lock falls when its date has come (L18)."""
    offer = {"id": "1f0c5a7be2d84936a1b2c3d4e5f60718293a4b5c", "version": "1"}
    items = [{"quantity": 1, "type": "offer", "offer": offer}]
    body = {"order": {"external_id": "mine", "orderItems": items}}
    key = desk.play("limio", "POST", "/api/checkout/initiate", body).json()["id"]
    happenings = _advance(desk, "P14D")
    assert key in [each["key"] for each in _of(happenings, "baskets")]
    listed = desk.play("limio", "GET", "/api/checkout/abandoned?limit=100").json()["items"]
    assert key not in [basket["id"] for basket in listed]
    unlocked = [each for each in happenings if each["collection"] == "subscriptions"]
    assert all(each["set"]["/status"] == "active" for each in unlocked)


def test_an_akinon_voucher_ends_within_the_hour(desk: Desk) -> None:
    """It is good before, and refused after."""
    basket = "/baskets/basket/"
    desk.play("akinon", "POST", basket, {"product": 2023, "quantity": 1})
    voucher = {"voucher_code": "this-hour"}
    assert desk.play("akinon", "PATCH", basket, voucher).status_code == 200
    (ended,) = [e for e in _of(_advance(desk, "PT1H"), "vouchers") if e["key"] == "this-hour"]
    assert (ended["kind"], ended["set"]) == ("expiry", {})
    assert desk.play("akinon", "PATCH", basket, voucher).status_code == 400


def test_a_zenskar_session_closes_when_its_time_is_up(desk: Desk) -> None:
    """By its timer (Z27)."""
    body = {
        "customer_id": "123e4567-e89b-12d3-a456-426614174001",
        "expires_at": "2026-01-15T13:00:00Z",
        "contract": {
            "is_plan_based": False,
            "currency": "USD",
            "start_date": "2026-02-01T00:00:00Z",
            "phases": [{"pricings": [{"unit_amount": 1, "quantity": 1}]}],
        },
    }
    key = desk.play("zenskar", "POST", "/checkout", body).json()["id"]
    fired = [e for e in _of(_advance(desk, "PT1H"), "checkout_sessions") if e["key"] == key]
    assert [each["set"]["/checkout_session_status"] for each in fired] == ["closed"]
    session = desk.play("zenskar", "GET", f"/checkout/{key}").json()
    assert session["checkout_session_status"] == "closed"
