"""Faults under control: the catalogue, what is set, and what makes no sense."""

from typing import Any

import pytest
import requests

from .conftest import Desk

OFFICE = "/api/billing/basketsessions"
CREATE = {"contract": "nexudus", "operation": "create_basket_session"}


def _catalogue(desk: Desk, **query: str) -> Any:
    return requests.get(f"{desk.control}/faults", params=query, timeout=10)


def test_the_catalogue_tells_every_sort(desk: Desk) -> None:
    """With a contract its mutants too."""
    found = {each["name"]: each for each in _catalogue(desk).json()["faults"]}
    assert found["transport.latency"]["members"] == ["seconds"]
    assert found["zenskar.total-of-page"]["contract"] == "zenskar"
    assert not any(name.startswith("mutant ") for name in found)
    own = [each["name"] for each in _catalogue(desk, contract="limio").json()["faults"]]
    assert any(name.startswith("mutant limio ") for name in own)
    assert not any(name.startswith("zenskar.") for name in own)
    assert _catalogue(desk, contract="limbo").status_code == 404


def test_a_fault_is_set_met_told_and_taken_away(desk: Desk) -> None:
    """It says where it is, and how often it struck."""
    body = {"name": "transport.status", "status": 400, "count": 1, **CREATE}
    answer = desk.raw("POST", "/faults", body)
    fault = answer.json()
    assert (answer.status_code, fault["struck"], fault["status"]) == (201, 0, 400)
    assert desk.play("nexudus", "GET", OFFICE).status_code == 200
    assert desk.play("nexudus", "POST", OFFICE, {}).status_code == 400
    new = {"BusinessId": 7, "SessionId": "s"}
    assert desk.play("nexudus", "POST", OFFICE, new).status_code == 200
    assert desk.ask("GET", "/faults")["faults"] == [{**fault, "struck": 1}]
    assert answer.headers["Location"] == f"/_understudy/sandboxes/{desk.name}/faults/{fault['id']}"
    desk.ask("DELETE", f"/faults/{fault['id']}")
    assert desk.ask("GET", "/faults") == {"faults": []}
    assert desk.raw("DELETE", f"/faults/{fault['id']}").status_code == 404


def test_a_fault_of_behaviour_is_set_by_its_name_alone(desk: Desk) -> None:
    """In code, or a mutant; all are taken away at once."""
    for name in ("nexudus.row-twice", "mutant nexudus order.ties list_basket_sessions IsNew"):
        told = desk.ask("POST", "/faults", {"name": name})
        assert (told["contract"], told["share"], told["count"]) == ("nexudus", 1, None)
    desk.ask("DELETE", "/faults")
    assert desk.ask("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "transport.latensy"}, 'Did you mean "transport.latency"'),
        ({"name": "transport.latency"}, "transport.latency needs seconds"),
        ({"name": "transport.cut", "seconds": 1}, "transport.cut takes no seconds"),
        ({"name": "transport.latency", "seconds": 61}, "The request is not valid."),
        ({"name": "nexudus.row-twice", "status": 500}, "takes neither seconds, status nor example"),
        ({"name": "nexudus.row-twice", "contract": "limio"}, "is a fault of nexudus"),
        ({"name": "transport.cut", "contract": "limbo"}, 'Did you mean "limio"'),
        ({"name": "transport.cut", "operation": "get_baskets"}, 'Did you mean "get_basket"'),
        ({"name": "transport.cut", "contract": "limio", "operation": "get_basket"},
         'There is no operation "get_basket"'),
        ({"name": "transport.status", "status": 400, "example": "nothing", **CREATE},
         'has no example "nothing"'),
        ({"name": "transport.cut", "share": 2}, "The request is not valid."),
        ({"name": "transport.cut", "count": 0}, "The request is not valid."),
    ],
    ids=str,
)  # fmt: skip
def test_a_fault_that_makes_no_sense_is_not_set(desk: Desk, body: Any, told: str) -> None:
    """And the nearest is told."""
    answer = desk.raw("POST", "/faults", body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert desk.ask("GET", "/faults") == {"faults": []}


def test_a_named_example_is_what_a_status_answers(desk: Desk) -> None:
    """Of the operation that it is set for."""
    body = {"name": "transport.status", "status": 400, "example": "several", **CREATE}
    desk.ask("POST", "/faults", body)
    assert len(desk.play("nexudus", "POST", OFFICE, {}).json()["Errors"]) > 1
