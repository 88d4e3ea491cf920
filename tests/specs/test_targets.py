"""Where pointers lead in a schema: through references, parts, alternatives and items."""

from collections.abc import Mapping
from typing import Any

import pytest

from understudy.specs import pointer
from understudy.specs.members import field_of, members_of
from understudy.specs.targets import look

DOCUMENT: Mapping[str, Any] = {
    "components": {
        "schemas": {
            "Name": {"type": "string", "maxLength": 9},
            "Base": {"properties": {"name": {"$ref": "#/components/schemas/Name"}}},
            "Book": {
                "type": "object",
                "description": "A combination that says more.",
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "properties": {
                            "pages": {"type": "integer"},
                            "lists": {
                                "type": "array",
                                "items": {"properties": {"n": {"type": "number"}}},
                            },
                            "free": {"type": "object"},
                            "any": {},
                            "counts": {"additionalProperties": {"type": "integer"}},
                            "open": {"properties": {"a": {}}, "additionalProperties": True},
                            "shut": {"type": "object", "additionalProperties": False},
                            "either": {
                                "nullable": True,
                                "oneOf": [
                                    {"type": "string", "format": "date-time"},
                                    {"properties": {"at": {"type": "string"}}},
                                ],
                            },
                            "next": {
                                "nullable": True,
                                "allOf": [{"$ref": "#/components/schemas/Book"}],
                            },
                        }
                    },
                ],
            },
        }
    }
}
BOOK = {"$ref": "#/components/schemas/Book"}


def _look(at: str) -> Any:
    return look(DOCUMENT, BOOK, pointer.split(at))


@pytest.mark.parametrize(
    ("at", "key", "value"),
    [
        ("/name", "type", "string"),
        ("/pages", "type", "integer"),
        ("/lists", "type", "array"),
        ("/lists/0/n", "type", "number"),
        ("/counts/any", "type", "integer"),
        ("/either", "format", "date-time"),
        ("/either/at", "type", "string"),
        ("/next/next/name", "maxLength", 9),
        ("/free/a/b", "type", "whatever"),
        ("/any/a", "type", "whatever"),
        ("/open/z", "type", "whatever"),
    ],
)
def test_pointer_leads_to_its_schema(at: str, key: str, value: Any) -> None:
    """However the schema is put together; below a free object anything may stand."""
    target = _look(at)
    assert target.wrong == ""
    assert target.has(key, value)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("/nam", 'there is no member "nam" at the top of the schema. Did you mean "name"?'),
        ("/next/nam", 'there is no member "nam" at /next of the schema. Did you mean "name"?'),
        ("/name/x", 'there is no member "x" at /name of the schema.'),
        ("/lists/n", 'there is no member "n" at /lists of the schema.'),
        ("/shut/x", 'there is no member "x" at /shut of the schema.'),
        ("/either/x", 'there is no member "x" at /either of the schema. Known: at.'),
        ("/pages/0", 'there is no member "0" at /pages of the schema.'),
    ],
)
def test_pointer_that_leads_nowhere_is_told(at: str, message: str) -> None:
    """With the place where it goes astray, and the nearest name there."""
    assert _look(at).wrong == message


@pytest.mark.parametrize(
    ("at", "type_"),
    [
        ("/name", "string"),
        ("/pages", "integer"),
        ("/lists/0/n", "number"),
        ("/counts/any", "integer"),
        ("/either/at", "string"),
        ("/nowhere", None),
        ("/free/x", None),
    ],
)
def test_schema_of_a_field_says_its_type(at: str, type_: str | None) -> None:
    """What the server and the judge compare by; nothing where nothing is declared."""
    assert field_of(DOCUMENT, BOOK, pointer.split(at)).get("type") == type_


def test_members_are_those_of_all_parts() -> None:
    """In the order of the document, with references followed."""
    members = dict(members_of(DOCUMENT, BOOK))
    assert list(members)[:3] == ["name", "pages", "lists"]
    assert members["name"] == {"type": "string", "maxLength": 9}
    assert members["next"]["nullable"] is True
    assert members["next"]["type"] == "object"
