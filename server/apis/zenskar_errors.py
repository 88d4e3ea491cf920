"""Zenskar's words for what is refused: `detail`, a sentence or the list of all that is invalid."""

from collections.abc import Mapping
from typing import Any

from ...specs.operation import Operation
from ..call import Answer
from ..refusal import Invalid, Refusal

_DETAILS = {
    401: "The API key or the organisation is missing or wrong.",
    405: "Method Not Allowed",
}

_TYPES: Mapping[str, tuple[str, str]] = {
    "array": ("value is not a valid list", "type_error.list"),
    "boolean": ("value could not be parsed to a boolean", "type_error.bool"),
    "integer": ("value is not a valid integer", "type_error.integer"),
    "number": ("value is not a valid float", "type_error.float"),
    "object": ("value is not a valid dict", "type_error.dict"),
    "string": ("str type expected", "type_error.str"),
}

_FORMATS: Mapping[str, tuple[str, str]] = {
    "date-time": ("invalid datetime format", "value_error.datetime"),
    "uuid": ("value is not a valid uuid", "type_error.uuid"),
}

_RULES: Mapping[str, tuple[str, str]] = {
    "json": ("the body is not JSON", "value_error.jsondecode"),
    "maxLength": (
        "ensure this value has at most {} characters",
        "value_error.any_str.max_length",
    ),
    "maximum": ("ensure this value is less than or equal to {}", "value_error.number.not_le"),
    "minItems": ("ensure this value has at least {} items", "value_error.list.min_items"),
    "minLength": (
        "ensure this value has at least {} characters",
        "value_error.any_str.min_length",
    ),
    "minimum": ("ensure this value is greater than or equal to {}", "value_error.number.not_ge"),
    "pattern": ('string does not match regex "{}"', "value_error.str.regex"),
    "required": ("field required", "value_error.missing"),
}


def word(refusal: Refusal, operation: Operation | None) -> Answer:
    """422 lists what is invalid, everything else is one sentence (rulings Z17, Z23)."""
    if refusal.status == 422 and refusal.invalid:
        # One entry for each place, however many of its rules are broken.
        first = {(each.location, each.path): each for each in reversed(refusal.invalid)}
        return Answer(422, {"detail": [_entry(each) for each in reversed(first.values())]})
    detail = _DETAILS.get(refusal.status, refusal.detail)
    if refusal.status == 404 and operation is None:
        detail = "Not Found"
    return Answer(refusal.status, {"detail": detail})


def _entry(invalid: Invalid) -> dict[str, Any]:
    message, kind = _worded(invalid)
    return {"loc": [invalid.location, *invalid.path], "msg": message, "type": kind}


def _worded(invalid: Invalid) -> tuple[str, str]:
    """Message and type of one broken rule."""
    if invalid.rule == "type":
        return _mistyped(invalid)
    if invalid.rule == "enum":
        options = ", ".join(repr(option) for option in invalid.limit)
        message = f"value is not a valid enumeration member; permitted: {options}"
        return message, "type_error.enum"
    if invalid.rule == "format" and invalid.limit in _FORMATS:
        return _FORMATS[invalid.limit]
    if invalid.rule in _RULES:
        message, kind = _RULES[invalid.rule]
        return message.format(invalid.limit), kind
    return invalid.message, "value_error"


def _mistyped(invalid: Invalid) -> tuple[str, str]:
    if invalid.value is None:
        return "none is not an allowed value", "type_error.none.not_allowed"
    wanted = invalid.limit if isinstance(invalid.limit, str) else next(iter(invalid.limit), "")
    return _TYPES.get(str(wanted), (invalid.message, "type_error"))
