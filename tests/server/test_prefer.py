"""`Prefer`: a request that chooses its answer among the documented ones, or lets itself wait."""

import http.client
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.server.prefer import preference
from understudy.specs.contract import NAMES, load

from ..faults.written import written_down
from ..nexudus.office import ADMIN, PATH
from ..stand import Server, Stand

TABLE: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "prefer.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["prefer"])
def test_what_is_preferred_is_answered(nexudus: Stand, row: dict[str, Any]) -> None:
    """What is not known is ignored, what is impossible a 400 that says what is possible."""
    answer = nexudus.get(PATH, headers={**ADMIN, "Prefer": row["prefer"]})
    if "refused" in row:
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert row["refused"] in answer.json()["detail"]
    else:
        assert answer.status_code == row["status"]
        assert answer.headers.get("Preference-Applied") == row["applied"]


def test_a_preferred_answer_changes_nothing(nexudus: Stand) -> None:
    """It is the contract's example; the body that was sent is not even read."""
    before = nexudus.dump()
    answer = nexudus.post(PATH, headers={**ADMIN, "Prefer": "code=200"}, data=b"{")
    assert answer.status_code == 200
    assert answer.json()["WasSuccessful"] is True
    assert nexudus.dump() == before


def test_several_headers_are_one_list(nexudus: Stand) -> None:
    """As RFC 7240 says; names in any case, and of one that is stated twice the first."""
    client = http.client.HTTPConnection(nexudus.root.removeprefix("http://"), timeout=10)
    client.putrequest("GET", f"/nexudus{PATH}")
    stated = [("Prefer", "WAIT=0.01"), ("prefer", "code=401"), ("Prefer", "code=400")]
    for name, value in [*ADMIN.items(), *stated]:
        client.putheader(name, value)
    client.endheaders()
    with client.getresponse() as answer:
        assert (answer.status, answer.headers["Preference-Applied"]) == (401, "code=401, wait=0.01")
    client.close()


def test_the_journal_shows_what_was_preferred(nexudus: Stand) -> None:
    """As the answer to its operation, which changed nothing."""
    nexudus.get(PATH, headers={**ADMIN, "Prefer": "code=400"})
    *_, last = written_down(nexudus)
    assert (last.operation, last.status, last.changes) == ("list_basket_sessions", 400, ())
    assert json.loads(last.answer_body)["WasSuccessful"] is False


def test_pages_may_read_what_was_heeded(nexudus: Stand) -> None:
    """From another origin as well."""
    headers = {**ADMIN, "Prefer": "code=200", "Origin": "http://localhost:3000"}
    exposed = nexudus.get(PATH, headers=headers).headers["Access-Control-Expose-Headers"]
    assert "Preference-Applied" in exposed.split(", ")


def test_a_name_that_is_no_token_is_told_in_quotes() -> None:
    """So that what was heeded can be read again."""
    stated = preference([r'example="one \"big\" page"'])
    assert stated.example == 'one "big" page'
    assert preference([stated.applied]) == stated


def test_who_may_not_come_in_prefers_nothing(nexudus: Stand) -> None:
    """Security comes first."""
    assert nexudus.get(PATH, headers={"Prefer": "code=200"}).status_code == 401


def test_every_documented_answer_can_be_had() -> None:
    """Of every operation, valid as the contract says: the server would not let another out."""
    server = Server(NAMES)
    try:
        for name in NAMES:
            contract = load(name)
            for operation in contract.operations.values():
                for status in operation.responses:
                    headers = {"Prefer": f"code={status}", **_credentials(name)}
                    path = "/" + "/".join(
                        "1" if part.startswith("{") else part
                        for part in operation.path.split("/")[1:]
                    )
                    answer = server.stands[name].request(
                        operation.method.upper(), path, headers=headers
                    )
                    assert answer.status_code == int(status), operation.id
                    response = operation.responses[status]
                    for schema in response.content.values():
                        validator = contract.schemas.compile(schema, "answer")
                        assert validator.is_valid(answer.json()), f"{operation.id} {status}"
    finally:
        server.stop()


def test_an_example_can_be_had_by_its_name(nexudus: Stand) -> None:
    """Of the status that has it, which need not be said; a status that has it not is told so."""
    asked = {**ADMIN, "Prefer": "example=past-the-end"}
    beyond = nexudus.get(PATH, headers=asked)
    assert (beyond.status_code, beyond.json()["Records"]) == (200, [])
    several = nexudus.post(PATH, headers={**ADMIN, "Prefer": 'example="several"'})
    assert (several.status_code, len(several.json()["Errors"]) > 1) == (400, True)
    wrong = nexudus.get(PATH, headers={**ADMIN, "Prefer": "code=400, example=one"})
    assert 'no example "one" for 400' in wrong.json()["detail"]


def test_an_answer_without_an_example_is_made_up(library: Stand) -> None:
    """As its schema says; the same each time."""
    first = library.get("/books", headers={"Prefer": "code=200"})
    contract = library.contract
    response = contract.operations["list_books"].responses["200"]
    schema = response.content["application/json"]
    assert contract.schemas.compile(schema, "answer").is_valid(first.json())
    assert library.get("/books", headers={"Prefer": "code=200"}).json() == first.json()


def _credentials(name: str) -> dict[str, str]:
    return {
        "nexudus": ADMIN,
        "limio": {"Authorization": "Bearer limio-token"},
        "akinon": {},
        "zenskar": {"x-api-key": "zenskar-key", "organisation": "zenskar-org"},
    }[name]
