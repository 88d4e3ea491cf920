"""docs/clauses.md is complete and right: its examples are held against the vocabulary."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from understudy.specs import document

TEXT = (Path(__file__).parents[1] / "docs" / "clauses.md").read_text(encoding="utf-8")
VOCABULARY = document.read(Path(str(files("understudy.specs").joinpath("clauses.yaml")))).data
EXAMPLES = re.findall(r"^```yaml (\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
KINDS = ("root", "operation", "parameter", "elsewhere")
SECTIONS = dict(re.findall(r"^##+ `([a-z]+)`.*?\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))


def _value(kind: str, text: str) -> Any:
    """What an example says, without the name that it stands under."""
    ((name, value),) = document.parse(text, "docs/clauses.md").data.items()
    assert name in ("x-understudy", kind)
    return value


def _resolved(schema: Any) -> Any:
    while isinstance(schema, Mapping) and "$ref" in schema:
        schema = VOCABULARY["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _members(schema: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Every member that the vocabulary has below a clause, as a path, with its schema."""
    schema = _resolved(schema)
    if not isinstance(schema, Mapping):
        return
    for name, member in schema.get("properties", {}).items():
        yield f"{at}.{name}", _resolved(member)
        yield from _members(member, f"{at}.{name}")
    for key in ("items", "additionalProperties"):
        yield from _members(schema.get(key), at)


def _used(schema: Any, value: Any, at: str) -> Iterator[str]:
    """The paths of the members that an example uses."""
    schema = _resolved(schema)
    if isinstance(value, list):
        for item in value:
            yield from _used(schema.get("items"), item, at)
    elif isinstance(value, Mapping) and isinstance(schema, Mapping):
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                yield f"{at}.{name}"
                yield from _used(schema["properties"][name], inner, f"{at}.{name}")
            else:
                yield from _used(schema.get("additionalProperties"), inner, at)


def _all_members() -> dict[str, Any]:
    definitions = VOCABULARY["$defs"]
    return {path: member for kind in KINDS for path, member in _members(definitions[kind], kind)}


def _homes(kind: str) -> list[str]:
    """The paths at which a clause of this kind may stand."""
    if kind in KINDS:
        return [kind]
    return [path for path in _all_members() if path.rpartition(".")[2] == kind]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_example_is_a_clause_of_its_kind(kind: str, text: str) -> None:
    """Each fenced example is accepted by the vocabulary."""
    schema = {"$ref": f"#/$defs/{kind}", "$defs": VOCABULARY["$defs"]}
    jsonschema_rs.Draft202012Validator(schema).validate(_value(kind, text))


def test_every_fence_is_an_example() -> None:
    """No fenced block escapes the test above."""
    assert TEXT.count("```") == 2 * len(EXAMPLES) > 0


def test_every_member_is_exemplified() -> None:
    """No member of the vocabulary is without an example."""
    used = {
        path
        for kind, text in EXAMPLES
        for home in _homes(kind)
        for path in _used(VOCABULARY["$defs"][kind], _value(kind, text), home)
    }
    assert set(_all_members()) - used == set()


@pytest.mark.parametrize("path", sorted(_all_members()))
def test_member_is_explained_where_its_clause_is(path: str) -> None:
    """Each member is named in the section of the nearest clause above it that has one."""
    parents = [part for part in path.split(".")[:-1] if part in SECTIONS]
    name = path.rpartition(".")[2]
    home = SECTIONS[parents[-1]] if parents else TEXT
    text = home if name != "basis" else SECTIONS["basis"] + TEXT
    assert f"`{name}`" in text or f"`{name}`" in SECTIONS.get(name, "")


@pytest.mark.parametrize(
    ("path", "value"),
    sorted(
        (path, value)
        for path, member in _all_members().items()
        for value in (member.get("items", member) if isinstance(member, Mapping) else {}).get(
            "enum", ()
        )
    ),
)
def test_every_word_of_the_vocabulary_is_explained(path: str, value: str) -> None:
    """Each value that a member can have is named in the document."""
    assert f"`{value}`" in TEXT or f'`"{value}"`' in TEXT, path


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_section_says_what_is_done_and_what_can_be_verified(name: str) -> None:
    """Each clause tells what the server does with it, and what a judge can verify."""
    assert "**Server.**" in SECTIONS[name]
    assert "**Judge.**" in SECTIONS[name]


def test_every_clause_has_a_section() -> None:
    """The clauses that stand by themselves, and the three parts of a listing."""
    assert {"basis", "collections", "listing", "paging", "order", "report", "filter"} <= set(
        SECTIONS
    )
    assert {"resource", "transition"} <= set(SECTIONS)
