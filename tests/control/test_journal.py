"""The journal: what was asked, what came of it, what it broke and changed; nothing secret."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from understudy.server.journal import Asked, Journal

from .conftest import CREDENTIALS, Desk

OFFICE = "/api/billing/basketsessions"
NEW = {"BusinessId": 7, "SessionId": "mine"}


def _entries(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = desk.ask("GET", "/journal", None, **query)["entries"]
    return entries


def test_an_entry_tells_request_answer_and_change(desk: Desk) -> None:
    """At which time on both clocks, and how long it took."""
    desk.ask("POST", "/clock/freeze", {"at": "2026-03-01T00:00:00Z"})
    key = desk.play("nexudus", "POST", OFFICE, NEW).json()["Value"]["Id"]
    (entry,) = _entries(desk, operation="create_basket_session")
    assert (entry["contract"], entry["method"], entry["status"]) == ("nexudus", "POST", 200)
    assert entry["path"] == f"/nexudus{OFFICE}"
    assert entry["clock"] == "2026-03-01T00:00:00.000Z"
    assert entry["at"] > "2026-01"
    assert entry["ms"] > 0
    assert entry["request"]["body"] == NEW
    assert entry["answer"]["body"]["Value"] == {"Id": key}
    assert (entry["violations"], entry["faults"]) == ([], [])
    (change,) = entry["changes"]
    assert (change["collection"], change["key"], change["before"]) == ("basket_sessions", key, None)
    assert change["after"]["SessionId"] == "mine"


def test_a_violation_tells_its_place_in_the_contract(desk: Desk) -> None:
    """What was wrong in the request, the pointer, and file and line."""
    desk.play("nexudus", "POST", OFFICE, {"BusinessId": 7})
    desk.play("nexudus", "PATCH", OFFICE, {})
    desk.play("nexudus", "GET", "/api/billing/nothing")
    desk.play("nexudus", "GET", f"{OFFICE}/1")
    missing, method, path = _entries(desk, violations="true")
    (violation,) = missing["violations"]
    assert (violation["side"], violation["where"]) == ("request", "body SessionId")
    assert violation["pointer"].endswith("/required")
    assert violation["place"].startswith("specs/nexudus.yaml:")
    assert (method["status"], path["status"]) == (405, 404)
    (unknown_id,) = _entries(desk, violations="false", status=404)
    assert unknown_id["operation"] == "get_basket_session"


def test_entries_are_asked_for_by_what_they_are(desk: Desk) -> None:
    """By contract, operation, status, number; the latest where there are many."""
    for number in range(3):
        desk.play("nexudus", "GET", f"{OFFICE}?page={number}")
    desk.play("akinon", "GET", "/baskets/basket/")
    assert len(_entries(desk)) == 4
    assert len(_entries(desk, contract="akinon")) == 1
    assert len(_entries(desk, operation="list_basket_sessions", status=200)) == 2
    first, *rest = _entries(desk)
    assert _entries(desk, since=first["number"]) == rest
    assert _entries(desk, limit=2) == rest[-2:]
    desk.ask("DELETE", "/journal")
    assert desk.ask("GET", "/journal") == {"entries": [], "dropped": 0}


def test_no_secret_is_in_it(desk: Desk) -> None:
    """Neither of headers, cookies and queries, nor of bodies and of what is stored."""
    sandbox = {"Understudy-Sandbox": desk.name}
    password = {
        "grant_type": "password",
        "username": "admin@example.com",
        "password": "admin-password",
    }
    url = f"{desk.root}/nexudus/api/token"
    issued = desk.session.post(url, data=password, headers=sandbox, timeout=10).json()
    desk.play("zenskar", "GET", "/checkout?token=canary-token")
    cookie = desk.play("akinon", "GET", "/baskets/basket/").cookies["osessionid"]
    desk.play("akinon", "GET", "/baskets/basket/")
    told = json.dumps(_entries(desk))
    secrets = (issued["access_token"], issued["refresh_token"], cookie)
    for secret in (*secrets, "admin-password", "zenskar-key", "canary-token"):
        assert secret not in told
    assert "admin%40example.com" in told
    assert "***" in told


def _send(desk: Desk, path: str, body: bytes, media: str, **headers: str) -> None:
    """A request whose body is what no client library would make."""
    sent = {**CREDENTIALS["zenskar"], "Content-Type": media, **headers}
    sent["Understudy-Sandbox"] = desk.name
    desk.session.post(desk.root + path, data=body, headers=sent, timeout=10)


@pytest.mark.parametrize(
    ("body", "media", "told"),
    [
        (b'{"token": 4242424242}', "application/json", {"token": "***"}),
        (b'{"tokens": ["canary"]}', "application/json", {"tokens": "***"}),
        (b'{"password": {"value": "canary"}}', "application/json", {"password": "***"}),
        (b'{"csrf": true, "token": null}', "application/json", {"csrf": True, "token": None}),
        (b'{"password": "canary"', "application/json", "***"),
        (b'{"name": "plain"', "application/json", '{"name": "plain"'),
        (b"\xff\x00\x01", "application/octet-stream", "/wAB"),
        (b"\xffpassword=canary", "application/octet-stream", "***"),
        (b"[" * 600 + b"]" * 600, "application/json", "[" * 600 + "]" * 600),
    ],
    ids=lambda value: str(value)[:32],
)
def test_a_body_of_any_form_is_told_without_its_secrets(
    desk: Desk, body: bytes, media: str, told: Any
) -> None:
    """As JSON, else as text, else in base64; what cannot be masked by members is masked whole."""
    _send(desk, "/zenskar/checkout", body, media)
    (entry,) = _entries(desk)
    assert entry["request"]["body"] == told


def test_a_query_in_a_header_is_masked(desk: Desk) -> None:
    """A page's address may hold a token."""
    referer = {"Referer": "http://shop.example/?token=canary&page=2"}
    _send(desk, "/zenskar/checkout", b"{}", "application/json", **referer)
    (entry,) = _entries(desk)
    assert entry["request"]["headers"]["referer"] == "http://shop.example/?token=***&page=2"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'[{"password": "canary"}]', "***"),
        (b'{"customer_id": {"tokens": ["canary"]}}', "***"),
        (b'{"customer_id": 12}', '12 is not of type "string"'),
    ],
    ids=str,
)
def test_what_broke_the_contract_is_told_without_its_secrets(
    desk: Desk, body: bytes, told: str
) -> None:
    """A message that quotes one is masked, in the entry as in the answer that is shown in it."""
    _send(desk, "/zenskar/checkout", body, "application/json")
    (entry,) = _entries(desk)
    assert told in [violation["message"] for violation in entry["violations"]]
    assert "canary" not in json.dumps(entry)


@pytest.mark.parametrize(
    ("body", "media", "wanted", "found"),
    [
        (b"password=canary&user=me", "application/x-www-form-urlencoded", {"user": "you"}, "me"),
        (b"password=canary", "application/x-www-form-urlencoded", {"password": "x"}, "***"),
        (b"password=canary", "application/x-www-form-urlencoded", ["x"], {"password": "***"}),
        (b'{"password": "canary"', "application/json", {"password": "x"}, "***"),
        (b'{"tokens": ["canary"]}', "application/json", {"tokens": ["x"]}, "***"),
    ],
    ids=str,
)
def test_a_near_miss_tells_no_secret(
    desk: Desk, body: bytes, media: str, wanted: Any, found: Any
) -> None:
    """A form is compared by its members; what is told of it is masked as elsewhere."""
    _send(desk, "/nexudus/api/token", body, media)
    told = desk.ask("POST", "/journal/verify", {"body": wanted})
    (difference,) = told["nearest"][0]["differences"]
    assert difference["found"] == found


@pytest.mark.parametrize(
    ("expectation", "matches", "count"),
    [
        ({"operation": "create_basket_session"}, True, 2),
        ({"operation": "create_basket_session", "exactly": 2}, True, 2),
        ({"operation": "create_basket_session", "exactly": 1}, False, 2),
        ({"operation": "create_basket_session", "at_most": 1}, False, 2),
        ({"operation": "create_basket_session", "at_least": 3}, False, 2),
        ({"contract": "nexudus", "method": "post", "path": f"/nexudus{OFFICE}"}, True, 2),
        ({"body": {"SessionId": "mine"}}, True, 1),
        ({"body": {"BusinessId": True}}, False, 0),
        ({"status": 404, "at_most": 0}, True, 0),
        ({}, True, 2),
    ],
    ids=str,
)
def test_calls_are_verified(
    desk: Desk, expectation: dict[str, Any], matches: bool, count: int
) -> None:
    """By what is described of them, and by how many there should be."""
    for session in ("mine", "other"):
        desk.play("nexudus", "POST", OFFICE, {**NEW, "SessionId": session})
    told = desk.ask("POST", "/journal/verify", expectation)
    assert (told["matches"], told["count"]) == (matches, count)
    assert len(told["entries"]) == count


def test_the_nearest_misses_are_told(desk: Desk) -> None:
    """The one with the fewest differences first, and each of them."""
    desk.play("nexudus", "GET", OFFICE)
    desk.play("nexudus", "POST", OFFICE, {"BusinessId": 7, "SessionId": "mime"})
    wanted = {"operation": "create_basket_session", "status": 200, "body": {"SessionId": "mine"}}
    told = desk.ask("POST", "/journal/verify", wanted)
    assert told["matches"] is False
    nearest, farther = told["nearest"]
    assert nearest["differences"] == [{"what": "body/SessionId", "wanted": "mine", "found": "mime"}]
    assert [each["what"] for each in farther["differences"]] == ["operation", "body"]


def test_a_journal_is_bounded_by_count_and_by_bytes() -> None:
    """The oldest entries go, and how many they were is told."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    event = Asked(None, None, "GET", "/", (), b"", 200, (), b"x" * 5000, 1.0, (), (), ())
    few, small = Journal(most=3), Journal(most_bytes=40_000)
    for journal in (few, small):
        for _ in range(20):
            journal.write(event, now, now)
    assert (len(few), few.dropped) == (3, 17)
    assert 0 < len(small) < 20
    assert len(small) + small.dropped == 20
    assert [entry.number for entry in few.entries()] == [18, 19, 20]
    few.clear()
    few.write(event, now, now)
    assert ([entry.number for entry in few.entries()], few.dropped) == ([21], 0)
