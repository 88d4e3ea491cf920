"""Answers are held against the contract before they leave; what lies changes nothing."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from understudy.server.settings import Settings

from ..stand import Server, Stand
from .conftest import PROBE
from .probe import API

LIES = {
    "member": '200 with /id: "one" is not of type "integer"',
    "missing": '200 with /: "id" is a required property',
    "hidden": "200 with /secret: ",
    "extra": "200 with /: Unevaluated properties are not allowed",
    "nothing": '200 with /: null is not of type "object"',
    "status": "418, which is not documented at ",
    "refusal": '400 with /: "never" is a required property',
}


def _serving(settings: Settings) -> Iterator[Stand]:
    server = Server([PROBE], settings, apis={"probe": API})
    yield server.stands["probe"]
    server.stop()


@pytest.fixture(scope="module")
def warned() -> Iterator[Stand]:
    yield from _serving(Settings(validate_responses="warn", closed_answers=True))


@pytest.fixture(scope="module")
def unchecked() -> Iterator[Stand]:
    yield from _serving(Settings(validate_responses="off"))


def _lines(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == f"understudy.{name}"]


def test_an_answer_that_keeps_the_contract_leaves(probe: Stand) -> None:
    """And what it wrote stays."""
    assert probe.post("/lie/truth").json() == {"id": 1}
    assert probe.documents("notes") == [{"id": 1}]


@pytest.mark.parametrize(("way", "expected"), LIES.items())
def test_a_lie_is_an_error_of_ours_and_changes_nothing(
    probe: Stand, way: str, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A 500 problem document that says what is wrong and where the contract says otherwise."""
    before = probe.dump()
    answer = probe.post(f"/lie/{way}")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["detail"].startswith(f"POST /lie/{{way}} answered {expected}")
    assert "probe.yaml:" in problem["detail"]
    assert (problem["type"], problem["status"]) == ("about:blank", 500)
    assert probe.dump() == before
    assert _lines(caplog, "front") == [problem["detail"]]


@pytest.mark.parametrize("way", ["member", "missing", "extra", "status"])
def test_with_warn_a_lie_leaves_and_is_logged(
    warned: Stand, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line each."""
    warned.reset()
    answer = warned.post(f"/lie/{way}")
    assert answer.status_code == (418 if way == "status" else 200)
    assert warned.documents("notes") == [{"id": 1}]
    (line,) = _lines(caplog, "answers")
    assert LIES[way] in line


def test_with_off_nothing_is_said(unchecked: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """The answer leaves as it is."""
    assert unchecked.post("/lie/member").json() == {"id": "one"}
    assert caplog.records == []


@pytest.mark.parametrize("way", ["unwritable", "header"])
def test_an_answer_that_cannot_be_written_changes_nothing(
    probe: Stand, warned: Stand, unchecked: Stand, way: str
) -> None:
    """Whatever is checked: no JSON can be made of it, or its header would be two."""
    for stand in (probe, warned, unchecked):
        stand.reset()
        before = stand.dump()
        answer = stand.post(f"/lie/{way}")
        assert answer.status_code == 500
        assert "Set-Cookie" not in answer.headers
        assert stand.dump() == before


def test_an_exception_is_one_line_in_the_log(
    probe: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    """With the place in the program, and no word of it to the client."""
    answer = probe.get("/fail")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Understudy failed; its log says where.",
    }
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert record.name == "understudy.front"
    assert record.getMessage().startswith("GET /probe/fail: KeyError: ")
    assert "probe.py:" in record.getMessage()
    assert record.exc_info is None


def test_a_wildcard_covers_its_statuses(probe: Stand) -> None:
    """`2XX` and `default` are documented answers."""
    assert probe.patch("/empty").status_code == 200


def test_the_content_type_is_the_contracts(probe: Stand) -> None:
    """Of answers and refusals alike; a refusal that it does not document has the API's own."""
    assert probe.get("/head").headers["Content-Type"] == "application/json"
    assert probe.get("/must").headers["Content-Type"] == "application/problem+json"
    assert probe.get("/doors/bearer").headers["Content-Type"] == "application/json"
    assert probe.get("/doors/basic").headers["Content-Type"] == "application/problem+json"
    assert probe.get("/nowhere").headers["Content-Type"] == "application/problem+json"


def test_an_answer_without_a_body_has_no_content_type(probe: Stand) -> None:
    """And a 204 no length (RFC 9110, 8.6)."""
    headers: Any = probe.post("/empty").headers
    assert not {"content-type", "content-length"} & {name.lower() for name in headers}
