"""A validator's errors become sentences that say what was expected."""

from typing import Any

import jsonschema_rs
import pytest

from understudy.specs.explain import defects, shown


def _told(schema: Any, value: Any) -> list[tuple[str, str]]:
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return [("/".join(path), message) for path, message in defects(validator, value, schema)]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "string"}, 5, "must be a string, not 5"),
        ({"type": "integer"}, "5", 'must be an integer, not "5"'),
        ({"type": ["object", "null"]}, 5, "must be an object or null, not 5"),
        (
            {"enum": ["open", "closed"]},
            "opn",
            'must be one of open, closed, not "opn". Did you mean "open"?',
        ),
        ({"enum": ["open"]}, "shut", 'must be one of open, not "shut".'),
        ({"enum": [1, 2]}, 3, "must be one of 1, 2, not 3."),
        ({"const": "open"}, "shut", 'must be "open", not "shut"'),
        ({"minimum": 1}, 0, "must be 1 or more, not 0"),
        ({"maximum": 1}, 2, "must be 1 or less, not 2"),
        ({"exclusiveMinimum": 1}, 1, "must be more than 1, not 1"),
        ({"exclusiveMaximum": 1}, 1, "must be less than 1, not 1"),
        ({"multipleOf": 0.5}, 0.7, "must be a multiple of 0.5, not 0.7"),
        ({"minLength": 2}, "a", 'must have 2 characters or more, not "a"'),
        ({"maxLength": 2}, "abc", 'must have 2 characters or fewer, not "abc"'),
        ({"pattern": "^a+$"}, "b", 'must match ^a+$, not "b"'),
        ({"format": "date"}, "x", 'must be of format "date", not "x"'),
        ({"minItems": 1}, [], "must have 1 items or more, not []"),
        ({"maxItems": 1}, [1, 2], "must have 1 items or fewer, not [1, 2]"),
        ({"uniqueItems": True}, [1, 1], "has the same item twice"),
        ({"minProperties": 1}, {}, "must have 1 members or more, not {}"),
        ({"maxProperties": 0}, {"a": 1}, 'must have 0 members or fewer, not {"a": 1}'),
        ({"required": ["a"]}, {}, 'needs the member "a"'),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, 'needs the member "b"'),
        ({"not": {"type": "string"}}, "a", 'must not be "a"'),
        (False, 1, "is not allowed here"),
        (
            {"propertyNames": {"pattern": "^[a-z]$"}},
            {"ab": 1},
            'a name here must match ^[a-z]$, not "ab"',
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            1.5,
            "must be an integer or a string, not 1.5",
        ),
        (
            {"oneOf": [{"type": "integer"}, {"type": "number"}]},
            1,
            "fits more than one of the alternatives",
        ),
        ({"contains": {"type": "string"}}, [1], "None of [1] are valid under the given schema"),
    ],
)
def test_sentence_says_what_was_expected(schema: Any, value: Any, message: str) -> None:
    """Each keyword has a sentence of its own; an unusual one keeps the validator's."""
    assert _told(schema, value) == [("", message)]


def test_unknown_members_are_told_one_by_one_with_the_nearest_name() -> None:
    """A misspelt member stands at its own place."""
    schema = {"properties": {"listing": {}, "cursor": False}, "additionalProperties": False}
    assert sorted(_told(schema, {"listin": 1, "zzz": 2})) == [
        ("listin", 'there is no member "listin" here. Did you mean "listing"?'),
        ("zzz", 'there is no member "zzz" here. Known: listing.'),
    ]


def test_names_are_found_through_references() -> None:
    """The nearest name is looked up where the schema that refused it stands."""
    schema = {
        "properties": {"a": {"$ref": "#/$defs/thing"}},
        "$defs": {"thing": {"properties": {"size": {}}, "additionalProperties": False}},
    }
    assert _told(schema, {"a": {"sice": 1}}) == [
        ("a/sice", 'there is no member "sice" here. Did you mean "size"?')
    ]


TAGGED = {
    "oneOf": [
        {
            "properties": {"kind": {"enum": ["cash"]}, "sum": {"type": "integer"}},
            "required": ["kind"],
        },
        {
            "properties": {"kind": {"const": "card"}, "number": {"type": "string"}},
            "required": ["kind"],
        },
    ]
}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"kind": "cash", "sum": "a"}, [("sum", 'must be an integer, not "a"')]),
        ({"kind": "card", "number": 5}, [("number", "must be a string, not 5")]),
        (
            {"kind": "carb"},
            [("kind", 'must be one of cash, card, not "carb". Did you mean "card"?')],
        ),
    ],
)
def test_nearest_alternative_is_told(value: Any, told: list[tuple[str, str]]) -> None:
    """A tag picks the alternative that is explained; a wrong tag is what is told."""
    assert _told(TAGGED, value) == told


def test_names_are_found_in_all_parts_of_a_closed_schema() -> None:
    """What any part declares may have been meant."""
    schema = {
        "allOf": [{"$ref": "#/$defs/base"}, {"oneOf": [{"properties": {"size": {}}}]}],
        "unevaluatedProperties": False,
        "$defs": {
            "base": {"properties": {"colour": {}}, "allOf": [{"$ref": "#/$defs/base2"}]},
            "base2": {"properties": {"shape": {}}},
        },
    }
    assert _told(schema, {"sice": 1, "color": 2, "shap": 3, "shape": 4}) == [
        ("sice", 'there is no member "sice" here. Did you mean "size"?'),
        ("color", 'there is no member "color" here. Did you mean "colour"?'),
        ("shap", 'there is no member "shap" here. Did you mean "shape"?'),
    ]


def test_a_broken_member_does_not_make_the_others_undeclared() -> None:
    """One defect is one sentence, though the validator then counts all members as undeclared."""
    schema = {
        "allOf": [{"properties": {"a": {"type": "string"}, "b": {}}}],
        "unevaluatedProperties": False,
    }
    assert _told(schema, {"a": 1, "b": 2}) == [("a", "must be a string, not 1")]


def test_every_defect_is_told() -> None:
    """Not only the first."""
    schema = {"properties": {"a": {"type": "string"}, "b": {"minimum": 1}}, "required": ["c"]}
    assert {place for place, _ in _told(schema, {"a": 1, "b": 0})} == {"a", "b", ""}


def test_long_values_are_shortened() -> None:
    """A sentence stays a sentence."""
    assert shown("a" * 100) == '"' + "a" * 56 + "..."
    assert shown({"a": "é"}) == '{"a": "é"}'
