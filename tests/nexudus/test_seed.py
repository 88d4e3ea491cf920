"""The vendor's own examples: held against the contract, and sent to the stand-in."""

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.specs.contract import Contract, load, members_of

from ..stand import Stand

SEEDS = Path(__file__).parents[1] / "seeds" / "nexudus"
ANSWERS = json.loads((SEEDS / "answers.json").read_text())
CURLS = json.loads((SEEDS / "curl.json").read_text())
TYPES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load("nexudus")


def schema_of(contract: Contract, name: str) -> Any:
    seed = ANSWERS[name]
    return (
        contract.operations[seed["operation"]].responses[seed["status"]].content["application/json"]
    )


def types(value: Any) -> Any:
    """The members and types of `value`; null says nothing about a type."""
    if isinstance(value, dict):
        return {name: types(member) for name, member in value.items()}
    return None if value is None else TYPES[type(value)]


def assert_like(answer: Any, example: Any) -> None:
    """The answer has the example's members, and where both have a value, of the same type."""
    assert set(answer) == set(example)
    for name, expected in types(example).items():
        found = types(answer[name])
        if expected is not None and found is not None:
            assert found == expected, name


@pytest.mark.ruling("N1", "N2", "N4", "N5", "N6", "N7")
@pytest.mark.parametrize("name", ANSWERS)
def test_the_vendors_answer_keeps_the_contract(contract: Contract, name: str) -> None:
    """Each example validates, and has no member that the contract does not know."""
    validator = contract.schemas.compile(schema_of(contract, name), "answer", closed=True)

    assert [error.message for error in validator.iter_errors(ANSWERS[name]["example"])] == []


@pytest.mark.ruling("N1", "N2", "N4", "N6")
@pytest.mark.parametrize("name", ANSWERS)
def test_the_contract_has_the_members_that_the_vendor_lists(contract: Contract, name: str) -> None:
    """What the vendor lists is there with its type; what only its example shows is known by id."""
    seed = ANSWERS[name]
    members = dict(members_of(contract.document, schema_of(contract, name)))
    listed = {
        member: "any" if type_ == "any" else str(members[member]["type"])
        for member, type_ in seed["listed"].items()
    }

    assert listed == seed["listed"]
    assert set(seed["example"]) - set(seed["listed"]) == set(seed["shown alone"])
    for member, ruling in seed["shown alone"].items():
        assert ruling in members[member]["x-understudy"]["basis"]


@pytest.mark.ruling("N11")
@pytest.mark.parametrize("curl", CURLS, ids=lambda curl: str(curl["name"]))
def test_the_vendors_curl_line_works(nexudus: Stand, curl: dict[str, Any]) -> None:
    """With another base URL and token, each line is answered like the vendor's example."""
    path = curl["url"].removeprefix("https://spaces.nexudus.com")
    headers = {
        name: text.replace("YOUR_TOKEN", "nexudus-admin") for name, text in curl["headers"].items()
    }

    response = nexudus.request(curl["method"], path, headers=headers, json=curl.get("body"))

    assert response.status_code == 200
    answer, example = response.json(), ANSWERS[curl["answer"]]["example"]
    assert_like(answer, example)
    if "Records" in example:
        assert answer["Records"]
        for record in answer["Records"]:
            assert_like(record, example["Records"][0])


def test_the_vendors_refusal_is_ours_to_the_letter(nexudus: Stand) -> None:
    """A body without SessionId is answered with exactly the vendor's example."""
    headers = {"Authorization": "Bearer nexudus-admin"}

    response = nexudus.post("/api/billing/basketsessions", headers=headers, json={"BusinessId": 0})

    assert response.status_code == 400
    assert response.json() == ANSWERS["refused"]["example"]


@pytest.mark.ruling("N13")
def test_throttling_is_left_out(contract: Contract) -> None:
    """The two statuses that the vendor's pages contradict each other on are not in the contract."""
    documented = {status for each in contract.operations.values() for status in each.responses}

    assert documented == {"200", "400", "401", "404", "413", "415"}


@pytest.mark.ruling("N15")
def test_the_contract_warns_that_the_record_is_internal(contract: Contract) -> None:
    """Whoever reads the contract learns that the vendor keeps the record for itself."""
    tag = next(tag for tag in contract.document["tags"] if tag["name"] == "basket sessions")

    assert "internal" in tag["description"]
