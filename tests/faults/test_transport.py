"""Faults of transport over a real socket: what a client then meets, and what was done."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from understudy.server.faults.transport import KINDS, Transport

from ..nexudus.office import ADMIN, PATH
from ..stand import Stand
from ..zenskar.sales import CUSTOMER, PAIR
from ..zenskar.sales import PATH as CHECKOUT
from .written import written_down

BODY = {"BusinessId": 1, "SessionId": "new"}


@pytest.fixture
def sales(zenskar: Stand) -> Iterator[Stand]:
    """Zenskar, likewise."""
    yield zenskar
    zenskar.within(lambda sandbox: sandbox.faults.clear())


def _place(stand: Stand, name: str, *, count: int | None = None, **members: Any) -> None:
    stand.within(
        lambda sandbox: sandbox.faults.place(Transport(f"transport.{name}", **members), count=count)
    )


def _raw(stand: Stand, method: str = "GET", body: Any = None) -> bytes:
    """All that comes over the wire until the connection ends; ConnectionResetError."""
    host, _, port = stand.root.removeprefix("http://").partition(":")
    text = "" if body is None else json.dumps(body)
    head = [
        f"{method} /nexudus{PATH} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: {ADMIN['Authorization']}",
        "Content-Type: application/json",
        f"Content-Length: {len(text)}",
        "Connection: close",
    ]
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall("\r\n".join([*head, "", text]).encode())
        heard = b""
        while part := connection.recv(65536):
            heard += part
        return heard


def _created(stand: Stand) -> int:
    return sum(row["SessionId"] == "new" for row in stand.documents("basket_sessions"))


def test_latency_holds_every_answer_back(office: Stand) -> None:
    """Of several, the sum; and the answer is the same."""
    plain = office.get(PATH, headers=ADMIN).json()
    _place(office, "latency", seconds=0.1)
    _place(office, "latency", seconds=0.1)
    began = time.monotonic()
    assert office.get(PATH, headers=ADMIN).json() == plain
    assert time.monotonic() - began >= 0.2


def test_a_status_is_the_contracts_own_example(office: Stand) -> None:
    """Nothing is done; a status that the contract does not document is a problem document."""
    _place(office, "status", status=400, count=1)
    refused = office.post(PATH, headers=ADMIN, json=BODY)
    assert (refused.status_code, refused.json()["WasSuccessful"]) == (400, False)
    _place(office, "status", status=503, count=1)
    down = office.post(PATH, headers=ADMIN, json=BODY)
    assert (down.status_code, down.json()["status"]) == (503, 503)
    assert _created(office) == 0
    assert office.post(PATH, headers=ADMIN, json=BODY).status_code == 200


def test_an_empty_answer_is_a_connection_that_ends(office: Stand) -> None:
    """Without a byte, and without an error of the socket's."""
    _place(office, "empty")
    assert _raw(office, "POST", BODY) == b""
    assert _created(office) == 0


@pytest.mark.parametrize("kind", ["empty", "lost-before", "lost-after"])
def test_an_end_is_no_reset_however_long_the_request(office: Stand, kind: str) -> None:
    """It is longer than sockets hold, and for one kind longer than the server takes."""
    _place(office, kind)
    size = 3_000_000 if kind == "lost-after" else 900_000
    assert _raw(office, "POST", {**BODY, "JsonContents": "x" * size}) == b""


def test_a_reset_is_one(office: Stand) -> None:
    """As a crashed proxy does it."""
    _place(office, "reset")
    with pytest.raises(ConnectionResetError):
        _raw(office, "POST", BODY)
    assert _created(office) == 0


def test_a_cut_answer_promises_more_than_comes(office: Stand) -> None:
    """Half of the body under the whole `Content-Length`; what was asked for is done."""
    whole = _raw(office).partition(b"\r\n\r\n")[2]
    _place(office, "cut")
    head, _, body = _raw(office).partition(b"\r\n\r\n")
    assert f"content-length: {len(whole)}".encode() in head.lower()
    assert body == whole[: len(whole) // 2]
    _raw(office, "POST", BODY)
    assert _created(office) == 1
    client = http.client.HTTPConnection(office.root.removeprefix("http://"), timeout=10)
    client.request("GET", f"/nexudus{PATH}", headers=ADMIN)
    with client.getresponse() as answer, pytest.raises(http.client.IncompleteRead):
        answer.read()
    client.close()


def test_a_slow_body_comes_whole(office: Stand) -> None:
    """In pieces, over the time that was said."""
    plain = office.get(PATH, headers=ADMIN).content
    _place(office, "slow", seconds=0.2)
    began = time.monotonic()
    assert office.get(PATH, headers=ADMIN).content == plain
    assert time.monotonic() - began >= 0.2


def test_an_answer_lost_before_leaves_nothing_done(office: Stand) -> None:
    """The client cannot tell it from the other."""
    _place(office, "lost-before")
    assert _raw(office, "POST", BODY) == b""
    assert _created(office) == 0


def test_an_answer_lost_after_leaves_all_done(office: Stand) -> None:
    """And the journal knows what it was."""
    _place(office, "lost-after")
    assert _raw(office, "POST", BODY) == b""
    assert _created(office) == 1
    (asked,) = written_down(office)
    assert (asked.status, asked.struck) == (200, ("transport.lost-after",))
    assert json.loads(asked.answer_body)["WasSuccessful"] is True
    assert [change.collection for change in asked.changes] == ["_counters", "basket_sessions"]


@pytest.mark.parametrize(
    ("kind", "key", "sessions"),
    [
        ("lost-after", "order-77", 1),
        ("lost-after", None, 2),
        ("lost-before", "order-77", 1),
        ("lost-before", None, 1),
    ],
)
def test_a_client_that_retries_after_a_lost_answer(
    sales: Stand, kind: str, key: str | None, sessions: int
) -> None:
    """With an idempotency key it ends with one session; without it, with one too many."""
    before = len(sales.documents("checkout_sessions"))
    body = {**CUSTOMER, "idempotency_key": key} if key else CUSTOMER
    _place(sales, kind, count=1)
    with pytest.raises(OSError, match="Connection"):
        sales.post(CHECKOUT, headers=PAIR, json=body)
    assert sales.post(CHECKOUT, headers=PAIR, json=body).status_code == 200
    assert len(sales.documents("checkout_sessions")) - before == sessions


def test_a_fault_strikes_a_share_of_the_calls(office: Stand) -> None:
    """Chosen at random, and the same with the same seed."""

    def struck() -> list[int]:
        office.within(lambda sandbox: sandbox.faults.clear())
        fault = Transport("transport.status", status=400)
        office.within(lambda sandbox: sandbox.faults.place(fault, share=0.5))
        return [office.get(PATH, headers=ADMIN).status_code for _ in range(20)]

    first = struck()
    assert {200, 400} == set(first)
    assert struck() == first


def test_a_fault_strikes_where_it_was_set(office: Stand) -> None:
    """One operation, and one sandbox; its neighbours never meet it."""
    fault = Transport("transport.status", status=400)
    office.within(
        lambda sandbox: sandbox.faults.place(
            fault, contract="nexudus", operation="create_basket_session"
        )
    )
    assert office.get(PATH, headers=ADMIN).status_code == 200
    assert office.post(PATH, headers=ADMIN, json=BODY).status_code == 400
    beside = {**ADMIN, "Understudy-Sandbox": "next-door"}
    assert office.post(PATH, headers=beside, json=BODY).status_code == 200


def test_who_may_not_come_in_meets_no_fault(office: Stand) -> None:
    """Security comes first; so a fault with a count waits for a call that is let in."""
    _place(office, "status", status=400, count=1)
    assert office.get(PATH).status_code == 401
    assert office.get(PATH, headers=ADMIN).status_code == 400


def test_every_kind_says_what_a_client_meets() -> None:
    """In one sentence each."""
    assert len(KINDS) == 8
    assert all(text.endswith(".") for text in KINDS.values())
