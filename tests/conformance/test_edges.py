"""`edges`: what is changed of a value, on either side of what its schema allows."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.conformance.edges import edges, shown
from understudy.conformance.family import examples
from understudy.specs.contract import NAMES, Contract, load

TABLE: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "edges.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_edges_of(row: dict[str, Any]) -> None:
    """Each keyword has its edges, on either side of what it allows."""
    found = [
        [shown(place), what, changed]
        for place, what, changed in edges({}, row["schema"], row["value"])
    ]
    assert found == row["edges"]


def test_absent_members_are_sent_as_null_alone_where_so_asked() -> None:
    """What may be sent too, a rule beyond the schema may forbid."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}
    changed = [value for _, _, value in edges({}, schema, {}, with_absent=False)]
    assert {"a": None} in changed
    assert not any(isinstance(each, dict) and each.get("a") for each in changed)


@pytest.mark.parametrize("name", NAMES)
def test_every_body_has_edges_on_both_sides(name: str) -> None:
    """Else a law of its form would have nothing to send."""
    contract: Contract = load(name)
    for operation in contract.operations.values():
        if operation.body is None:
            continue
        schema = next(iter(operation.body.content.values()))
        validator = contract.schemas.compile(schema, "request")
        verdicts = {
            validator.is_valid(changed)
            for body in examples(contract, operation)
            for _, _, changed in edges(contract.document, schema, body)
        }
        assert verdicts == {True, False}, operation.id
