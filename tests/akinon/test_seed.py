"""The vendor's own examples: held against the contract, and sent to the stand-in."""

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.specs.contract import Contract, load, members_of

from ..stand import Stand
from .shop import BASKET, CART, GUITAR, looked

SEEDS = Path(__file__).parents[1] / "seeds" / "akinon"
ANSWERS = json.loads((SEEDS / "answers.json").read_text())
REQUESTS = json.loads((SEEDS / "requests.json").read_text())
TYPES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}

SEGMENT = {"pk": None, "stock_list": None, "price_list": None}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load("akinon")


def schema_of(contract: Contract, name: str) -> Any:
    seed = ANSWERS[name]
    answer = contract.operations[seed["operation"]].responses[seed["status"]]
    return answer.content["application/json"]


def assert_like(answer: Any, example: Any) -> None:
    """The answer has all members of the example, and where both have a value, of one type."""
    assert answer is None or example is None or type(answer) is type(example)
    if isinstance(example, dict) and answer is not None:
        for name, member in example.items():
            assert_like(answer[name], member)
    elif isinstance(example, list):
        for item in answer:
            for like in example[:1]:
                assert_like(item, like)


@pytest.mark.ruling("A2", "A6", "A8", "A11", "A12", "A13", "A21", "A22")
@pytest.mark.parametrize("name", ANSWERS)
def test_the_vendors_answer_keeps_the_contract(contract: Contract, name: str) -> None:
    """Each example validates, and has no member that the contract does not know."""
    validator = contract.schemas.compile(schema_of(contract, name), "answer", closed=True)

    assert [error.message for error in validator.iter_errors(ANSWERS[name]["example"])] == []


@pytest.mark.ruling("A1", "A2", "A6", "A8", "A12", "A14")
@pytest.mark.parametrize("name", ["basket", "item"])
def test_the_contract_has_the_members_that_the_vendor_lists(contract: Contract, name: str) -> None:
    """Every row of the vendor's table of the answer is there with its type, and nothing else is."""
    schema = schema_of(contract, name)
    members = dict(members_of(contract.document, schema))
    if name == "basket":
        members = dict(members_of(contract.document, members["basket"]))

    assert {member: part["type"] for member, part in members.items()} == ANSWERS[name]["listed"]


@pytest.mark.ruling("A4", "A5", "A7")
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: str(request["name"]))
def test_the_vendors_request_works(akinon: Stand, request_: dict[str, Any]) -> None:
    """With another base URL and a session, each request is answered like the vendor's example."""
    path = request_["url"].removeprefix("https://{commerce_url}")

    response = akinon.request(request_["method"], path, json=request_.get("body"), headers=CART)

    assert response.status_code == 200, response.text
    assert_like(response.json(), ANSWERS[request_["answer"]]["example"])


@pytest.mark.ruling("A27", "A30", "A11")
def test_the_default_basket_is_the_vendors_to_the_digit(akinon: Stand) -> None:
    """96.00 of 120.00, the Sitewide Campaign, every member of the example."""
    example = ANSWERS["basket"]["example"]["basket"]

    assert looked(akinon, GUITAR) == {**example, "segment": SEGMENT}


@pytest.mark.ruling("A13", "A30")
def test_the_emptied_basket_is_the_vendors(akinon: Stand) -> None:
    """Empty lists, zero totals, no code; the basket's key and creation stay."""
    before = looked(akinon, GUITAR)
    example = ANSWERS["emptied"]["example"]["basket"]
    akinon.patch(BASKET, json={"voucher_code": "aaa-bbb-ccc"}, headers=GUITAR)

    basket = akinon.delete(BASKET, headers=GUITAR).json()["basket"]

    assert {**basket, "created_date": "", "modified_date": ""} == {
        **example,
        "created_date": "",
        "modified_date": "",
    }
    assert basket["created_date"] == before["created_date"]
    assert looked(akinon, GUITAR) == basket
