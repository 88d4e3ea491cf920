"""The vendor's own example and schema: held against the contract, and sent to the stand-in."""

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.specs.contract import Contract, load, members_of, resolved_member

from ..stand import Stand
from .sales import PAIR, PATH

SEED = json.loads((Path(__file__).parents[1] / "seeds" / "zenskar" / "list.json").read_text())
CONTRADICTED = {"data": "results", "total": "total_count"}
"""The example's members, and what the schema calls them (Z1)."""

PARAMETERS = [(kind, name) for kind, names in SEED["parameters"].items() for name in names]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load("zenskar")


def page_schema(contract: Contract) -> Any:
    answer = contract.operations["list_checkout_sessions"].responses["200"]
    return answer.content["application/json"]


def mended() -> dict[str, Any]:
    """The vendor's example without its known contradictions."""
    page = {CONTRADICTED.get(name, name): value for name, value in SEED["example"].items()}
    page["previous"] = None  # Z2
    page["results"] = [
        # Z4
        {name: f"{value}Z" if name.endswith("_at") else value for name, value in session.items()}
        for session in page["results"]
    ]
    return page


@pytest.mark.ruling("Z1", "Z2", "Z3", "Z4")
def test_the_vendors_example_keeps_the_contract_but_for_what_is_known(contract: Contract) -> None:
    """With the names of the schema, `previous`, and zones, nothing is left to complain of."""
    validator = contract.schemas.compile(page_schema(contract), "answer", closed=True)

    assert [error.message for error in validator.iter_errors(mended())] == []


@pytest.mark.ruling("Z1", "Z2", "Z4")
@pytest.mark.parametrize("contradiction", ["data", "total", "previous", "zone"])
def test_each_known_contradiction_is_one(contract: Contract, contradiction: str) -> None:
    """Any one of them left as the vendor has it breaks the contract."""
    page = mended()
    if contradiction == "previous":
        del page["previous"]
    elif contradiction == "zone":
        page["results"][0]["created_at"] = SEED["example"]["data"][0]["created_at"]
    else:
        page[contradiction] = page.pop(CONTRADICTED[contradiction])
    validator = contract.schemas.compile(page_schema(contract), "answer", closed=True)

    assert not validator.is_valid(page)


@pytest.mark.ruling("Z1", "Z2", "Z14", "Z18")
def test_the_envelope_is_the_vendors_schema(contract: Contract) -> None:
    """Each member of the schema is there with its type; the count is never null."""
    members = dict(members_of(contract.document, page_schema(contract)))

    assert set(members) == set(SEED["schema"])
    for name, listed in SEED["schema"].items():
        assert members[name]["type"] == listed["type"]
        nullable = listed.get("nullable", False) and name != "total_count"
        assert members[name].get("nullable", False) == nullable


def test_the_contract_has_the_72_parameters_of_the_seed(contract: Contract) -> None:
    """Neither more nor fewer, all of them optional query parameters."""
    found = contract.operations["list_checkout_sessions"].parameters

    assert len(PARAMETERS) == 72
    assert {parameter.name for parameter in found} == {name for _, name in PARAMETERS}
    assert not any(parameter.required for parameter in found)
    assert {parameter.location for parameter in found} == {"query"}


@pytest.mark.ruling("Z5", "Z13")
@pytest.mark.parametrize(("kind", "name"), PARAMETERS)
def test_each_parameter_has_the_type_of_the_seed(contract: Contract, kind: str, name: str) -> None:
    """Type, format and enum are the vendor's; a list is one parameter with commas."""
    parameter = next(
        p for p in contract.operations["list_checkout_sessions"].parameters if p.name == name
    )
    schema = resolved_member(contract.document, parameter.schema)

    if kind == "list":
        assert (schema["type"], parameter.explode) == ("array", False)
    elif kind in SEED["enums"]:
        assert (schema["type"], schema["enum"]) == ("string", SEED["enums"][kind])
    elif kind in ("uuid", "date-time"):
        assert (schema["type"], schema["format"]) == ("string", kind)
    else:
        assert schema["type"] == kind
    assert not schema.get("nullable", False)


@pytest.mark.ruling("Z7")
def test_limit_and_order_have_the_vendors_bounds_and_defaults(contract: Contract) -> None:
    """20 by default, 1 to 100; newest first by default."""
    operation = contract.operations["list_checkout_sessions"]
    schemas = {parameter.name: parameter.schema for parameter in operation.parameters}

    assert {name: schemas["limit"][name] for name in SEED["limit"]} == SEED["limit"]
    assert schemas["order"]["default"] == SEED["order"]["default"]


@pytest.mark.ruling("Z1", "Z15")
def test_the_vendors_curl_line_works(zenskar: Stand) -> None:
    """With another base URL and credentials it is answered with the members of the example."""
    curl = SEED["curl"]
    path = curl["url"].removeprefix("https://api.zenskar.com")
    headers = {name: PAIR[name] for name in curl["headers"]}

    response = zenskar.request(curl["method"], path, headers=headers)

    assert response.status_code == 200
    answer = response.json()
    example = mended()
    assert set(answer) == set(example)
    for session in answer["results"]:
        for given in example["results"]:
            assert set(given) <= set(session)


def test_the_example_sessions_are_in_the_fixtures(zenskar: Stand) -> None:
    """The two that the vendor lists come back to the member."""
    for given in mended()["results"]:
        found = zenskar.get(f"{PATH}/{given['id']}", headers=PAIR).json()
        assert {name: found[name] for name in given} == given
