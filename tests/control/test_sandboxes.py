"""Sandboxes under control: made, forked, reset and let go; names are names, never paths."""

from typing import Any

import pytest
import requests

from ..stand import Server
from .conftest import Desk

OFFICE = "/api/billing/basketsessions"
NEW = {"BusinessId": 7, "SessionId": "mine"}


def _mine(desk: Desk) -> int:
    answer = desk.play("nexudus", "GET", f"{OFFICE}?BasketSession_SessionId=mine")
    total: int = answer.json()["TotalItems"]
    return total


def _make(desk: Desk, **body: Any) -> requests.Response:
    return requests.post(f"{desk.control}/sandboxes", json=body, timeout=10)


def test_a_sandbox_is_made_read_listed_and_let_go(desk: Desk) -> None:
    """It says where it is; without a name one is made up."""
    made = _make(desk, seed=7)
    name = made.json()["name"]
    assert (made.status_code, made.json()["seed"]) == (201, 7)
    assert made.headers["Location"] == f"/_understudy/sandboxes/{name}"
    assert requests.get(desk.root + made.headers["Location"], timeout=10).json() == made.json()
    names = [
        each["name"]
        for each in requests.get(f"{desk.control}/sandboxes", timeout=10).json()["sandboxes"]
    ]
    assert names[0] == "default"
    assert {desk.name, name} <= set(names)
    gone = requests.delete(f"{desk.control}/sandboxes/{name}", timeout=10)
    assert gone.status_code == 204
    assert requests.get(f"{desk.control}/sandboxes/{name}", timeout=10).status_code == 404


def test_a_sandbox_begins_with_a_fixture(desk: Desk) -> None:
    """One for all contracts, or one for each that is named."""
    name = _make(desk, fixtures={"nexudus": "empty"}).json()["name"]
    state = requests.get(f"{desk.control}/sandboxes/{name}/state", timeout=10).json()["contracts"]
    assert "basket_sessions" not in state["nexudus"]
    assert state["zenskar"]["checkout_sessions"]
    name = _make(desk, fixture="empty").json()["name"]
    state = requests.get(f"{desk.control}/sandboxes/{name}/state", timeout=10).json()["contracts"]
    assert "checkout_sessions" not in state["zenskar"]


def test_a_fork_has_what_its_origin_had(desk: Desk) -> None:
    """Documents, clock and chance; from there on the two go their own ways."""
    desk.play("nexudus", "POST", OFFICE, NEW)
    desk.ask("POST", "/clock/freeze", {"at": "2026-03-01T00:00:00Z"})
    desk.ask("POST", "/faults", {"name": "transport.cut"})
    desk.ask("DELETE", "/faults")
    name = _make(desk, fork=desk.name).json()["name"]
    fork = Desk(desk.root, name)
    assert fork.ask("GET", "/state") == desk.ask("GET", "/state")
    assert fork.ask("GET", "/clock") == {"now": "2026-03-01T00:00:00.000Z", "frozen": True}
    assert fork.ask("GET", "/journal")["entries"] == []
    first = [each.play("nexudus", "POST", OFFICE, NEW).json() for each in (desk, fork)]
    assert first[0] == first[1]
    fork.play("nexudus", "POST", OFFICE, NEW)
    assert (_mine(desk), _mine(fork)) == (2, 3)
    fork.session.close()


def test_a_fork_with_a_seed_of_its_own_begins_chance_anew(desk: Desk) -> None:
    """What is random goes another way; the documents are the origin's."""
    made = _make(desk, fork=desk.name, seed=9).json()
    assert made["seed"] == 9
    fork = Desk(desk.root, made["name"])
    assert fork.ask("GET", "/state") == desk.ask("GET", "/state")
    first, second = (each.play("akinon", "GET", "/baskets/basket/") for each in (desk, fork))
    assert first.cookies["osessionid"] != second.cookies["osessionid"]
    fork.session.close()


def test_a_reset_makes_all_as_new(desk: Desk) -> None:
    """But for snapshots; and with another fixture or seed where they are named."""
    before = desk.ask("GET", "/state")
    desk.play("nexudus", "POST", OFFICE, NEW)
    desk.ask("PUT", "/snapshots/kept")
    desk.ask("POST", "/clock/advance", {"by": "P1D"})
    desk.ask("POST", "/faults", {"name": "transport.cut"})
    told = desk.ask("POST", "/reset")
    assert (told["faults"], told["journal"]["entries"], told["snapshots"]) == (0, 0, ["kept"])
    assert desk.ask("GET", "/state") == before
    assert desk.ask("GET", "/clock")["now"] == "2026-01-15T12:00:00.000Z"
    assert desk.ask("POST", "/reset", {"seed": 9, "fixture": "empty"})["seed"] == 9
    assert "basket_sessions" not in desk.ask("GET", "/state")["contracts"]["nexudus"]


def test_a_sandbox_that_is_there_cannot_be_made(desk: Desk) -> None:
    """Nor can `default` be deleted."""
    assert _make(desk, name=desk.name).status_code == 409
    answer = requests.delete(f"{desk.control}/sandboxes/default", timeout=10)
    assert answer.status_code == 409
    assert "reset it instead" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"fork": "nobody"}, 'There is no sandbox "nobody"'),
        ({"fixture": "defualt"}, 'has no fixture "defualt". Did you mean "default"?'),
        ({"fixtures": {"nexudos": "empty"}}, 'No contract "nexudos" is served.'),
        ({"fixture": "empty", "fork": "default"}, "begins in one way"),
        ({"state": {"contracts": {}}, "fork": "default"}, "begins in one way"),
        ({"name": "../etc"}, "The request is not valid."),
        ({"fixture": "/etc/passwd"}, "The request is not valid."),
        ({"fixture": "x.yaml"}, 'has no fixture "x.yaml"'),
        ({"seed": -1}, "The request is not valid."),
        ({"colour": "red"}, "The request is not valid."),
    ],
    ids=str,
)
def test_a_sandbox_that_makes_no_sense_is_not_made(
    desk: Desk, body: dict[str, Any], told: str
) -> None:
    """The problem document says why, and nothing is left behind."""
    before = requests.get(f"{desk.control}/sandboxes", timeout=10).json()
    answer = _make(desk, **body)
    assert answer.status_code in (404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert told in answer.json()["detail"]
    assert requests.get(f"{desk.control}/sandboxes", timeout=10).json() == before


@pytest.mark.parametrize("name", ["..", "a..b", ".hidden", "-x", "x" * 65, "a%2Fb", "a b", "é"])
def test_a_name_is_no_path(desk: Desk, name: str) -> None:
    """Of a sandbox as of a snapshot."""
    for path in (f"/sandboxes/{name}", f"/sandboxes/{desk.name}/snapshots/{name}/restore"):
        method = "POST" if "snapshots" in path else "GET"
        answer = requests.request(method, desk.control + path, timeout=10)
        assert answer.status_code in (404, 405, 422), path


def test_the_server_tells_what_it_is(desk: Desk) -> None:
    """Health, life, version and contracts; and it has a document and a page like any contract."""
    for path, status in (("/health", "ready"), ("/live", "live")):
        assert requests.get(desk.control + path, timeout=10).json() == {"status": status}
    assert requests.get(f"{desk.control}/version", timeout=10).json()["name"] == "understudy"
    contracts = requests.get(f"{desk.control}/contracts", timeout=10).json()["contracts"]
    assert [each["name"] for each in contracts] == ["nexudus", "limio", "akinon", "zenskar"]
    assert all(each["operations"] and "default" in each["fixtures"] for each in contracts)
    document = requests.get(f"{desk.control}/openapi.json", timeout=10).json()
    assert document["info"]["title"] == "The control of a stand-in"
    assert requests.get(f"{desk.control}/ui/", timeout=10).status_code == 200


def test_control_is_no_part_of_what_it_controls(all_served: Server, desk: Desk) -> None:
    """A call of it is in no journal, and meets no fault; the header of a sandbox is not heeded."""
    default = next(iter(all_served.stands.values()))
    default.within(lambda sandbox: sandbox.journal.clear())
    desk.ask("POST", "/faults", {"name": "transport.reset"})
    headers = {"Understudy-Sandbox": desk.name}
    answer = requests.get(f"{desk.control}/sandboxes/{desk.name}", headers=headers, timeout=10)
    assert answer.status_code == 200
    assert desk.ask("GET", "/journal")["entries"] == []
    assert default.within(lambda sandbox: len(sandbox.journal)) == 0
