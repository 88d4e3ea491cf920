"""State under control: dumped, loaded, saved and put back, whole or not at all."""

import copy
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.soak.actors import Merchant

from ..process import Process
from .conftest import CREDENTIALS, Desk

OFFICE = "/api/billing/basketsessions"
BASKET = "/baskets/basket/"
STEPS: Mapping[str, tuple[str, str, str, Any]] = {
    "create": ("nexudus", "POST", OFFICE, {"BusinessId": 7, "SessionId": "s"}),
    "delete": ("nexudus", "DELETE", f"{OFFICE}/87654321", None),
    "add": ("akinon", "POST", BASKET, {"product": 2023, "quantity": 2}),
    "set": ("akinon", "PUT", BASKET, {"product": 2023, "quantity": 0}),
    "voucher": ("akinon", "PATCH", BASKET, {"voucher_code": "aaa-bbb-ccc"}),
    "empty": ("akinon", "DELETE", BASKET, None),
    "cancel": ("zenskar", "POST", "/checkout/123e4567-e89b-12d3-a456-426614174000/cancel", None),
    "refused": ("zenskar", "POST", "/checkout", {}),
    "once": ("zenskar", "POST", "/checkout", Merchant.body("once")),
}


def _raw(desk: Desk) -> bytes:
    content: bytes = desk.raw("GET", "/state").content
    return content


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(st.sampled_from(sorted(STEPS)), max_size=4),
       after=st.lists(st.sampled_from(sorted(STEPS)), max_size=6))  # fmt: skip
def test_a_snapshot_is_put_back_to_the_byte(
    desk: Desk, before: list[str], after: list[str]
) -> None:
    """Whatever was done since; and what was random comes again as it came."""
    for name in before:
        desk.play(*STEPS[name])
    desk.ask("PUT", "/snapshots/here")
    saved = _raw(desk)
    first = [desk.play(*STEPS[name]).status_code for name in after]
    end = _raw(desk)
    desk.ask("POST", "/snapshots/here/restore")
    assert _raw(desk) == saved
    assert [desk.play(*STEPS[name]).status_code for name in after] == first
    assert _raw(desk) == end
    desk.ask("POST", "/snapshots/here/restore")


def test_snapshots_are_listed_replaced_and_forgotten(desk: Desk) -> None:
    """By name; one that is not there is told the nearest."""
    for name in ("b", "a"):
        desk.ask("PUT", f"/snapshots/{name}")
    assert desk.ask("GET", "/snapshots") == {"snapshots": ["a", "b"]}
    desk.ask("DELETE", "/snapshots/a")
    assert desk.ask("GET", "/snapshots") == {"snapshots": ["b"]}
    answer = desk.raw("POST", "/snapshots/a/restore")
    assert answer.status_code == 404
    assert f'"{desk.name}" has no snapshot "a"' in answer.json()["detail"]
    assert desk.raw("DELETE", "/snapshots/a").status_code == 404


def test_snapshots_are_bounded_in_number(desk: Desk) -> None:
    """A hundred for each sandbox; one of them can still be replaced."""
    for number in range(100):
        desk.ask("PUT", f"/snapshots/s{number}")
    assert desk.raw("PUT", "/snapshots/one-more").status_code == 409
    assert desk.raw("PUT", "/snapshots/s7").status_code == 204


def test_a_dump_is_loaded_into_another_sandbox(desk: Desk) -> None:
    """Also at its making; contracts that are left out keep what they have."""
    desk.play(*STEPS["create"])
    dump = desk.ask("GET", "/state")
    made = requests.post(f"{desk.control}/sandboxes", json={"state": dump}, timeout=10).json()
    other = Desk(desk.root, made["name"])
    assert other.ask("GET", "/state") == dump
    own = {name: rows for name, rows in dump["contracts"]["nexudus"].items() if name[0] != "_"}
    part = {"contracts": {"nexudus": {**own, "basket_sessions": []}}}
    after = other.ask("PUT", "/state", part)["contracts"]
    assert "basket_sessions" not in after["nexudus"]
    assert after["zenskar"] == dump["contracts"]["zenskar"]
    number = other.play(*STEPS["create"]).json()["Value"]["Id"]
    assert number == 1, "no counter was loaded, and none is kept"
    other.session.close()


def _spoilt(dump: Any, change: str) -> Any:
    spoilt = copy.deepcopy(dump)
    rows = spoilt["contracts"]["zenskar"]["checkout_sessions"]
    if change == "type":
        rows[3]["checkout_session_status"] = "half-open"
    elif change == "member":
        rows[0]["colour"] = "red"
    elif change == "twice":
        rows.append(rows[0])
    elif change == "collection":
        spoilt["contracts"]["zenskar"]["checkout_session"] = []
    elif change == "counter":
        spoilt["contracts"]["nexudus"]["_counters"] = [{"name": "basket_sessions"}]
    elif change == "once":
        spoilt["contracts"]["zenskar"]["_once"] = [{"request": "[]", "body": {}, "made": None}]
    elif change == "far counter":
        far = {"name": "basket_sessions", "last": 2**53}
        spoilt["contracts"]["nexudus"]["_counters"] = [far]
    else:
        spoilt["contracts"]["zensker"] = {}
    return spoilt


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("type", "/contracts/zenskar/checkout_sessions/3/checkout_session_status"),
        ("member", "/contracts/zenskar/checkout_sessions/0"),
        ("twice", "has the key"),
        ("collection", 'Did you mean "checkout_sessions"?'),
        ("counter", "/contracts/nexudus/_counters/0 is no counter"),
        ("far counter", "/contracts/nexudus/_counters/0 is no counter"),
        ("once", "/contracts/zenskar/_once/0 is no request"),
        ("contract", 'Did you mean "zenskar"?'),
    ],
)
def test_a_bad_document_changes_nothing_and_is_named(desk: Desk, change: str, told: str) -> None:
    """Of any contract: all is loaded or nothing."""
    dump = desk.ask("GET", "/state")
    before = _raw(desk)
    spoilt = _spoilt(dump, change)
    spoilt["contracts"]["nexudus"]["basket_sessions"] = []
    answer = desk.raw("PUT", "/state", spoilt)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert answer.json()["errors"]
    assert _raw(desk) == before


def test_a_dump_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """Dump, stop, start, load: to the byte."""
    command = [sys.executable, "-m", "understudy"]
    with Process(command, tmp_path) as server:
        state = f"{server.root}/_understudy/sandboxes/default/state"
        url = server.urls["nexudus"] + OFFICE
        body = {"BusinessId": 7, "SessionId": "s"}
        requests.post(url, json=body, headers=CREDENTIALS["nexudus"], timeout=10)
        dump = requests.get(state, timeout=10).content
        server.stop(signal.SIGTERM, within=5)
    with Process(command, tmp_path) as server:
        state = f"{server.root}/_understudy/sandboxes/default/state"
        assert requests.get(state, timeout=10).content != dump
        loaded = requests.put(state, json=json.loads(dump), timeout=10)
        assert loaded.content == dump
        assert requests.get(state, timeout=10).content == dump
