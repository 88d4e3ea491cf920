"""Connexion is given routes and security alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy.server.skeleton import skeleton
from understudy.specs.contract import NAMES, load

from ..stand import Server, Stand

REFERENCES = str(Path(__file__).parents[1] / "contracts" / "references.yaml")


@pytest.fixture
def stand() -> Iterator[Stand]:
    server = Server([REFERENCES])
    yield server.stands["references"]
    server.stop()


def test_what_only_looks_like_a_reference_is_served_as_it_stands(stand: Stand) -> None:
    """A member called `$ref`, and an example with one, are data."""
    answer = stand.get("/a")
    assert answer.status_code == 200
    assert answer.json() == {"$ref": "#/nowhere"}


@pytest.mark.parametrize("name", NAMES)
def test_it_has_every_route_and_no_schema(name: str) -> None:
    """Each operation is there under its id, and nothing that Connexion would resolve."""
    contract = load(name)
    small = skeleton(contract)
    ids = {op["operationId"] for item in small["paths"].values() for op in item.values()}
    assert ids == set(contract.operations)
    assert "schemas" not in small["components"]
