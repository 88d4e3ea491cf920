"""OpenAPI 3.0 schemas become JSON Schema 2020-12 that means the same."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.specs.schema import Direction, Schemas, converted, is_minute

NAMED: Mapping[str, Any] = {
    "Book": {
        "type": "object",
        "required": ["id", "title", "secret"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "title": {"type": "string"},
            "secret": {"type": "string", "writeOnly": True},
        },
    },
    "Stamp": {"type": "string", "format": "date-time", "readOnly": True},
    "Free": {"type": "object"},
    "Tree": {
        "type": "object",
        "properties": {
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
        },
    },
}
REF = "#/components/schemas/"


def _is_valid(
    schema: Mapping[str, Any],
    value: Any,
    direction: Direction = "answer",
    *,
    closed: bool = False,
) -> bool:
    schemas = Schemas({"components": {"schemas": NAMED}})
    return schemas.compile(schema, direction, closed=closed).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string"}, ["a"], [None, 1]),
        ({"type": "string", "nullable": True}, ["a", None], [1]),
        ({"type": "string", "nullable": False}, ["a"], [None]),
        ({"type": "string", "enum": ["a"], "nullable": True}, ["a", None], ["b"]),
        ({"type": "string", "enum": ["a", None], "nullable": True}, ["a", None], ["b"]),
        ({"allOf": [{"type": "string"}], "nullable": True}, ["a", None], [1]),
        ({"allOf": [{"$ref": REF + "Stamp"}], "nullable": True}, [None], ["a"]),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True}, [1, None], [1.5]),
        ({"anyOf": [{"type": "string"}], "nullable": True, "type": "string"}, ["a", None], [1]),
        ({"$ref": REF + "Book", "nullable": True}, [], [None]),
        (
            {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}},
            [{"a": None}, {}],
            [{"a": 1}, None],
        ),
        ({"type": "array", "items": {"type": "integer", "nullable": True}}, [[1, None]], [["a"]]),
        (
            {"type": "object", "additionalProperties": {"type": "integer", "nullable": True}},
            [{"x": None}],
            [{"x": "a"}],
        ),
        ({"not": {"type": "string", "nullable": True}}, [1], ["a", None]),
    ],
)
def test_nullable_lets_null_pass(schema: Any, good: list[Any], bad: list[Any]) -> None:
    """`nullable` works where OpenAPI says, and beside `$ref` it has no effect."""
    assert [value for value in good if not _is_valid(schema, value)] == []
    assert [value for value in bad if _is_valid(schema, value)] == []


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"minimum": 1}, [1, 2], [0.5]),
        ({"minimum": 1, "exclusiveMinimum": False}, [1], [0]),
        ({"minimum": 1, "exclusiveMinimum": True}, [1.5], [1, 0]),
        ({"maximum": 1, "exclusiveMaximum": False}, [1], [2]),
        ({"maximum": 1, "exclusiveMaximum": True}, [0.5], [1, 2]),
        ({"exclusiveMinimum": True}, [-5], []),
        ({"minimum": 0, "maximum": 2, "exclusiveMaximum": True}, [0, 1], [2, -1]),
    ],
)
def test_exclusive_bounds_are_booleans(schema: Any, good: list[Any], bad: list[Any]) -> None:
    """`exclusiveMinimum: true` shuts out the minimum; without a minimum it says nothing."""
    schema = {"type": "number", **schema}
    assert [value for value in good if not _is_valid(schema, value)] == []
    assert [value for value in bad if _is_valid(schema, value)] == []


@pytest.mark.parametrize(
    ("direction", "missing", "fits"),
    [
        ("request", "id", True),
        ("request", "secret", False),
        ("answer", "id", False),
        ("answer", "secret", True),
        ("stored", "id", False),
        ("stored", "secret", False),
        *[(direction, "title", False) for direction in ("request", "answer", "stored")],
    ],
)
@pytest.mark.parametrize(
    "schema",
    [
        NAMED["Book"],
        {"$ref": REF + "Book"},
        {"allOf": [{"$ref": REF + "Book"}, {"type": "object", "properties": {"more": {}}}]},
    ],
)
def test_direction_says_who_need_not_send_what(
    schema: Any, direction: Direction, missing: str, fits: bool
) -> None:
    """`readOnly` members need not be in requests, `writeOnly` ones not in answers."""
    book = {"id": 1, "title": "Middlemarch", "secret": "x"}
    without = {name: value for name, value in book.items() if name != missing}
    assert _is_valid(schema, book, direction)
    assert _is_valid(schema, without, direction) is fits


def test_required_in_one_part_may_be_read_only_in_another() -> None:
    """What a part requires and another part declares `readOnly` need not be in requests."""
    schema = {"allOf": [{"$ref": REF + "Book"}, {"required": ["id", "title"]}]}
    assert _is_valid(schema, {"title": "x", "secret": "y"}, "request")
    assert not _is_valid(schema, {"secret": "y"}, "request")


def test_read_only_may_be_said_by_a_reference() -> None:
    """The member's own schema may be elsewhere."""
    schema = {"required": ["at"], "properties": {"at": {"$ref": REF + "Stamp"}}}
    assert _is_valid(schema, {}, "request")
    assert not _is_valid(schema, {}, "answer")


ODD = {
    "type": "object",
    "required": ["nullable", "readOnly"],
    "properties": {
        "nullable": {"type": "boolean"},
        "readOnly": {"type": "string"},
        "example": {"type": "integer"},
        "properties": {"type": "object", "properties": {"$ref": {"type": "string"}}},
        "x-thing": {"type": "integer"},
        "required": {"type": "array", "items": {"type": "string"}},
    },
}


@pytest.mark.parametrize("direction", ["request", "answer", "stored"])
def test_members_may_be_called_like_keywords(direction: Direction) -> None:
    """A property named `nullable` or `example` is a property."""
    good = {"nullable": True, "readOnly": "a", "example": 1, "properties": {"$ref": "b"}}
    assert _is_valid(ODD, good, direction)
    for name, value in (
        ("nullable", None),
        ("example", "a"),
        ("x-thing", "a"),
        ("properties", {"$ref": 1}),
        ("required", [1]),
    ):
        assert not _is_valid(ODD, {**good, name: value}, direction), name
    assert not _is_valid(ODD, {"nullable": True}, direction)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (NAMED["Free"], [{"a": 1}], []),
        ({"$ref": REF + "Free"}, [{"a": 1}, {}], []),
        ({"allOf": [{"$ref": REF + "Free"}], "nullable": True}, [{"a": 1}, None], []),
        ({"properties": {"a": {}}}, [{"a": 1}], [{"b": 1}]),
        ({"properties": {"a": {}}, "additionalProperties": True}, [{"b": 1}], []),
        (
            {"properties": {"a": {}}, "additionalProperties": {"type": "string"}},
            [{"b": "x"}],
            [{"b": 1}],
        ),
        ({"properties": {"a": {"properties": {"b": {}}}}}, [{"a": {"b": 1}}], [{"a": {"c": 1}}]),
        ({"items": {"properties": {"b": {}}}}, [[{"b": 1}]], [[{"c": 1}]]),
        ({"additionalProperties": {"properties": {"b": {}}}}, [{"x": {"b": 1}}], [{"x": {"c": 1}}]),
        (
            {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
            [{"a": 1, "b": 2}],
            [{"c": 1}],
        ),
        (
            {
                "oneOf": [
                    {"required": ["a"], "properties": {"a": {}}},
                    {"required": ["b"], "properties": {"b": {}}},
                ]
            },
            [{"a": 1}, {"b": 1}],
            [{"a": 1, "c": 2}],
        ),
        ({"properties": {"a": {}}, "nullable": True, "type": "object"}, [None], [{"b": 1}]),
        (
            {"$ref": REF + "Tree"},
            [{"children": [{"children": []}]}],
            [{"x": 1}, {"children": [{"children": [{"x": 1}]}]}],
        ),
        (
            {"properties": {"a": {"not": {"properties": {"b": {"type": "string"}}}}}},
            [{"a": {"b": 1}}],
            [{"a": {"b": "x", "c": 1}}],
        ),
        (
            {"$ref": REF + "Book"},
            [{"id": 1, "title": "x"}],
            [{"id": 1, "title": "x", "secret": "y"}],
        ),
    ],
)
def test_closed_answer_holds_what_is_declared(schema: Any, good: list[Any], bad: list[Any]) -> None:
    """Closed, an undeclared or `writeOnly` member is refused at any depth; open, it passes."""
    assert [value for value in good if not _is_valid(schema, value, closed=True)] == []
    assert [value for value in bad if _is_valid(schema, value, closed=True)] == []


@pytest.mark.parametrize("value", [{"c": 1}, {"id": 1, "title": "x", "secret": "y", "more": 1}])
def test_open_answer_may_hold_more(value: Any) -> None:
    """Unless closed, what a schema does not declare may be there."""
    assert _is_valid({"$ref": REF + ("Book" if "id" in value else "Tree")}, value)


def test_hidden_member_may_be_stored_and_sent() -> None:
    """Closed or not, what is `writeOnly` is refused in answers alone."""
    book = {"id": 1, "title": "x", "secret": "y"}
    assert _is_valid({"$ref": REF + "Book"}, book, "stored", closed=True)
    assert _is_valid({"$ref": REF + "Book"}, book, "request", closed=True)


@pytest.mark.parametrize(
    "word",
    ["discriminator", "xml", "externalDocs", "deprecated", "example", "x-understudy", "x-other"],
)
def test_what_only_describes_is_dropped(word: str) -> None:
    """2020-12 gets no keyword that it might take for one of its own."""
    assert word not in converted({"type": "string", word: {"a": 1}}, "answer")


def test_original_is_left_alone() -> None:
    """Conversion copies; nested parts too."""
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "nullable": True, "readOnly": True}},
    }
    before = repr(schema)
    converted(schema, "request", closed=True)
    assert repr(schema) == before


def test_pattern_that_is_none_cannot_be_compiled() -> None:
    """ValueError, as the docstring says."""
    with pytest.raises(ValueError, match=r"is not a|regex"):
        Schemas({}).compile({"type": "string", "pattern": "("}, "answer")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-01-15T10:30", True),
        ("2024-02-29T00:00", True),
        ("2026-02-29T00:00", False),
        ("2026-01-15T24:00", False),
        ("2026-01-15T10:60", False),
        ("2026-1-15T10:30", False),
        ("2026-01-15T10:30:00", False),
        ("2026-01-15 10:30", False),
        ("2026-01-15T10:30Z", False),
        ("", False),
    ],
)
@pytest.mark.ruling("N22")
def test_minute_is_a_real_date_and_time_without_seconds(text: str, fits: bool) -> None:
    """The format of our own is asserted like the others."""
    assert is_minute(text) is fits
    assert _is_valid({"type": "string", "format": "minute"}, text) is fits


@given(st.datetimes())
def test_every_minute_is_a_minute(moment: Any) -> None:
    """Whatever moment there is, to the minute."""
    assert is_minute(f"{moment:%Y-%m-%dT%H:%M}".zfill(16))


@pytest.mark.parametrize(
    ("format_", "good", "bad"),
    [
        ("date-time", "2026-01-15T12:00:00Z", "2026-01-15T12:00:00"),
        ("date", "2026-01-15", "2026-02-30"),
        ("uuid", "6513270e-269e-4d37-b2a7-4de452e6b438", "6513270e"),
        ("email", "a@example.com", "a"),
        ("uri", "https://example.com/a", "a b"),
    ],
)
def test_formats_are_asserted(format_: str, good: str, bad: str) -> None:
    """A format is a promise, not a hint."""
    assert _is_valid({"type": "string", "format": format_}, good)
    assert not _is_valid({"type": "string", "format": format_}, bad)
