"""The vendor's own examples and statuses: held against the contract, and sent to the stand-in."""

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.specs.contract import Contract, load

from ..stand import Stand
from .shop import ABANDONED, CLIENT, listed, refused

SEED = json.loads((Path(__file__).parents[1] / "seeds" / "limio" / "examples.json").read_text())


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load("limio")


@pytest.mark.ruling("L3")
@pytest.mark.parametrize("answer", SEED["answers"], ids=lambda answer: str(answer["operation"]))
def test_the_vendors_answer_keeps_the_contract(contract: Contract, answer: Any) -> None:
    """Each example validates, and has no member that the contract does not know."""
    response = contract.operations[answer["operation"]].responses["200"]
    schema = response.content["application/json"]
    validator = contract.schemas.compile(schema, "answer", closed=True)

    assert [error.message for error in validator.iter_errors(answer["example"])] == []


@pytest.mark.ruling("L1", "L2", "L3")
@pytest.mark.parametrize("name", SEED["parameters"])
def test_the_vendors_parameter_keeps_the_contract(contract: Contract, name: str) -> None:
    """It is optional, its example is good, and it has the vendor's default."""
    seed = SEED["parameters"][name]
    operation = contract.operations["list_abandoned_baskets"]
    parameter = next(p for p in operation.parameters if p.name == name)
    validator = contract.schemas.compile(parameter.schema, "request")

    assert not parameter.required
    assert validator.is_valid(seed["example"])
    assert parameter.schema.get("default") == seed.get("default")


@pytest.mark.ruling("L4", "L7")
@pytest.mark.parametrize("name", SEED["statuses"])
def test_the_contract_has_the_vendors_statuses(contract: Contract, name: str) -> None:
    """And of others only those that every server has for a body."""
    documented = set(contract.operations[name].responses)

    assert documented - {"413", "415"} == set(SEED["statuses"][name])


def test_the_vendors_request_works(limio: Stand) -> None:
    """The first page of its examples has as many baskets as asked for, and more follow."""
    examples = {name: SEED["parameters"][name]["example"] for name in ("limit", "createdAfter")}

    page = listed(limio, **examples)

    assert set(page) == set(SEED["answers"][0]["example"])
    assert len(page["items"]) == examples["limit"]


@pytest.mark.ruling("L3", "L16")
def test_the_vendors_query_more_is_another_servers(limio: Stand) -> None:
    """Neither of its two examples is one of ours."""
    for text in (
        SEED["parameters"]["queryMore"]["example"],
        SEED["answers"][0]["example"]["queryMore"],
    ):
        refused(limio.get(ABANDONED, headers=CLIENT, params={"queryMore": text}), 502)
