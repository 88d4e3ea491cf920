"""Whatever OpenAPI 3.0 document is at hand can be compared; what is none is told in one line."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from understudy.conformance.diff.compare import compare
from understudy.specs import contract as contracts
from understudy.specs.document import Document, parse, read
from understudy.specs.errors import ContractError
from understudy.specs.mutate import mutants

from .test_cases import turned

TESTS = Path(__file__).parents[1]
DOUBTFUL = sorted((TESTS / "specs" / "doubtful").glob("*.yaml"))
OURS = [*contracts.NAMES, *map(str, sorted((TESTS / "contracts").glob("*.yaml")))]
HEAD = 'openapi: 3.0.3\ninfo: {title: One, version: "1"}\n'


@pytest.mark.parametrize("name", [*OURS, *map(str, DOUBTFUL)], ids=lambda name: Path(name).stem)
def test_nothing_changes_from_a_document_to_itself(name: str) -> None:
    """Read twice; what lint has to say of it stops nothing."""
    (_, one), (_, two) = contracts.find(name), contracts.find(name)

    assert compare(one, two) == ()


@pytest.mark.whole
@pytest.mark.parametrize("name", contracts.NAMES)
def test_every_mutant_is_mirrored(name: str) -> None:
    """A contract with one statement changed, one of each kind: told one way and the other."""
    contract = contracts.load(name)
    for mutant in {mutant.kind: mutant for mutant in mutants(contract)}.values():
        changed = written(mutant.document)
        forth, back = compare(contract.source, changed), compare(changed, contract.source)
        told = {turned(change) for change in forth if change.rule != "schema.changed"}
        # What no rule has words for is told only the way in which it hurts.
        assert told == {c.id for c in back if c.rule != "schema.changed"}, mutant.name


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("openapi: 3.0.3\n\tinfo: {}\n", 2, "is not YAML"),
        (HEAD.replace("3.0.3", "3.1.0") + "paths: {}\n", 1, "OpenAPI 3.0 is what can be read"),
        ('swagger: "2.0"\n', 1, "OpenAPI 3.0 is what can be read"),
        ("- a\n", 1, "is no OpenAPI document"),
        (HEAD, 1, 'needs the member "paths"'),
        (
            HEAD
            + "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
            + "          $ref: '#/components/responses/Gone'\n",
            8,
            "leads nowhere",
        ),
        (HEAD + "paths:\n  /a:\n    $ref: https://x.example/a.yaml\n", 5, "is no path of this"),
        (HEAD + "paths:\n  /a:\n    $ref: '#/paths/~1b'\n", 5, "is no path of this"),
        (
            HEAD + "paths: {}\nx-understudy: {collections: {a: {key: id}}}\n",
            4,
            "",
        ),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "aliases are not allowed"),
    ],
)
def test_what_cannot_be_compared_is_told_with_its_line(text: str, line: int, message: str) -> None:
    """On either side, and nothing is fetched."""
    good = parse(HEAD + "paths: {}\n", "good.yaml")
    for turn in (1, -1):
        with pytest.raises(ContractError) as caught:
            compare(*(good, parse(text, "bad.yaml"))[::turn])
        finding = caught.value.findings[0]
        assert (finding.file, finding.line) == ("bad.yaml", line)
        assert message in finding.message


def test_a_path_by_reference_is_followed() -> None:
    """Where it leads to another path of the document."""
    written = "paths:\n  /a: {get: {responses: {'200': {description: Well.}}}}\n"
    both = written + "  /b: {get: {responses: {'200': {description: Well.}}}}\n"
    old, new = (
        parse(HEAD + both, "a.yaml"),
        parse(HEAD + written + "  /b: {$ref: '#/paths/~1a'}\n", "b.yaml"),
    )

    assert compare(old, new) == ()


def written(data: Mapping[str, Any]) -> Document:
    """The data as a document whose lines nobody has to look for."""
    return Document("written.json", data, "{}")


def _api(operations: int, limit: int) -> Document:
    """Many operations that share a schema; the limit stands in every twentieth."""
    paths = {
        f"/things{number}/{{id}}": {
            "put": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", **leaf}},
                ],
                "requestBody": {"content": {"application/json": {"schema": _thing(number, leaf)}}},
                "responses": {
                    "200": {
                        "description": "The thing.",
                        "content": {"application/json": {"schema": _thing(number, leaf)}},
                    }
                },
            }
        }
        for number in range(operations)
        for leaf in [{"maximum": limit if number % 20 == 0 else 10}]
    }
    shared = {"type": "object", "properties": {"street": {"type": "string"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Many", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Address": shared}},
    }
    return written(document)


def _thing(number: int, leaf: dict[str, Any]) -> dict[str, Any]:
    members = {f"member{n}": {"type": "string"} for n in range(8)}
    counted = {"type": "integer", "maximum": number + leaf["maximum"]}
    return {
        "type": "object",
        "properties": {
            **members,
            "count": counted,
            "at": {"$ref": "#/components/schemas/Address"},
            "kind": {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
        },
    }


@pytest.mark.whole
def test_ten_times_as_many_operations_cost_about_ten_times_as_much() -> None:
    """Their form is checked, too; a twentieth of them has changed. How much, and not how long."""
    few, many = _spent(100), _spent(1000)
    # By the square it would be a hundred times.
    assert many < 30 * few


def _spent(count: int) -> float:
    """Seconds of the processor for a comparison: what else the machine does must not count."""
    old, new = _api(count, 10), _api(count, 9)
    began = time.process_time()
    found = compare(old, new)
    spent = time.process_time() - began
    assert len(found) == 3 * count // 20
    return spent


def _tree(leaf: dict[str, Any]) -> Document:
    """Schemas that lead to each other and back, in every way at once."""
    names = [f"Node{number}" for number in range(8)]
    schemas = {
        name: {
            "type": "object",
            "properties": {
                "leaf": leaf,
                **{other: {"$ref": f"#/components/schemas/{other}"} for other in names},
                "either": {
                    "oneOf": [{"$ref": f"#/components/schemas/{other}"} for other in names[:3]]
                },
            },
        }
        for name in names
    }
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Node0"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Tree", "version": "1"},
        "paths": {
            "/tree": {"get": {"responses": {"200": {"description": "A tree.", "content": answer}}}}
        },
        "components": {"schemas": schemas},
    }
    return written(document)


def test_schemas_that_lead_back_to_themselves_come_to_an_end() -> None:
    """And what changed in them is told."""
    old, new = _tree({"type": "integer"}), _tree({"type": "string"})
    found = compare(old, new)

    assert "type.changed GET /tree 200 application/json /leaf" in {change.id for change in found}
    assert len(found) < 1000


def test_a_component_is_told_wherever_it_is_used() -> None:
    """In each operation, and at each place in it."""
    case = TESTS / "contracts" / "shop.yaml"
    source = read(case)
    schemas = source.data["components"]["schemas"]
    name = next(n for n, s in schemas.items() if "title" in s.get("properties", {}))
    changed = json.loads(json.dumps(source.data))
    changed["components"]["schemas"][name]["properties"]["title"] = {"type": "integer"}
    found = compare(source, Document(source.file, changed, source.text))

    assert len({change.operation for change in found}) > 1
    assert {change.old.pointer for change in found} == {
        f"/components/schemas/{name}/properties/title"
    }
