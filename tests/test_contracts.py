"""What the four contracts have in common, as documents."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from understudy.specs.contract import NAMES, Contract, load
from understudy.specs.members import members_of


@pytest.fixture(scope="module", params=NAMES)
def contract(request: pytest.FixtureRequest) -> Contract:
    return load(request.param)


def answers(contract: Contract) -> Iterator[tuple[str, Mapping[str, Any], tuple[Any, ...]]]:
    """Each body that is documented: where, its schema, its examples."""
    for operation in contract.operations.values():
        for response in operation.responses.values():
            for media, schema in response.content.items():
                yield f"{operation.id} {response.status}", schema, response.examples[media]


@pytest.mark.ruling("G1")
def test_each_operation_is_whole(contract: Contract) -> None:
    """It has tags and says its security; each answer with a body has an example."""
    paths = contract.document["paths"].values()
    written = [item for path in paths for item in path.values() if "operationId" in item]

    assert contract.document["openapi"] == "3.0.3"
    assert {item["operationId"] for item in written} == set(contract.operations)
    assert [item["operationId"] for item in written if not item.get("tags")] == []
    assert [item["operationId"] for item in written if "security" not in item] == []
    assert [at for at, _, examples in answers(contract) if not examples] == []


@pytest.mark.ruling("G1")
def test_what_creates_links_to_what_follows(contract: Contract) -> None:
    """Some answer that creates a document leads to each operation that reads or changes it."""
    clauses = {o.id: o.resource for o in contract.operations.values() if o.resource is not None}
    linked = {
        (clauses[maker.id].collection, link["operationId"])
        for maker in contract.operations.values()
        if maker.id in clauses and clauses[maker.id].action == "create"
        for answer in maker.responses.values()
        for link in answer.links.values()
    }

    follows = {
        (clause.collection, id_) for id_, clause in clauses.items() if clause.action != "create"
    }
    assert follows - linked == set()


@pytest.mark.ruling("G2")
def test_answers_say_what_is_always_there_and_stay_open(contract: Contract) -> None:
    """Each object lists required members, and forbids no others."""
    for at, schema, examples in answers(contract):
        validator = contract.schemas.compile(schema, "answer")
        for example in examples:
            if isinstance(example, dict) and members_of(contract.document, schema):
                assert not validator.is_valid({}), at
                assert validator.is_valid({**example, "andMore": True}), at
