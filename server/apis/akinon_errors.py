"""Refusals in the words of Django REST framework (rulings A17, A29)."""

from collections.abc import Iterable
from typing import Any

from ...specs.operation import Operation
from ..call import Answer, Call
from ..refusal import Invalid, Refusal

WHOLE = "non_field_errors"
"""Where messages stand that are about no member."""

_BODIES = {
    "add_product": "ProductToAdd",
    "set_quantity": "ProductToSet",
    "change_basket": "BasketChange",
    "change_item": "ItemChange",
}
_TYPES = {
    "product": "A valid integer is required.",
    "quantity": "A valid integer is required.",
    "id": "A valid integer is required.",
    "is_all": "Must be a valid boolean.",
    "remove_voucher_code": "Must be a valid boolean.",
    "voucher_code": "Not a valid string.",
    "external_offer_code": "Not a valid string.",
}
_BOUNDS = {
    "minimum": "Ensure this value is greater than or equal to {}.",
    "maximum": "Ensure this value is less than or equal to {}.",
}


def word(refusal: Refusal, operation: Operation | None) -> Answer:
    """Messages by member, else those about the whole, else one `detail`."""
    del operation  # all operations word alike
    if refusal.invalid:
        return Answer(refusal.status, _messages(refusal.invalid))
    details = {404: "Not found.", 405: "Method not allowed."}
    return Answer(refusal.status, {"detail": details.get(refusal.status, refusal.detail)})


def refused(call: Call, member: str, message: str) -> Refusal:
    """A refusal for what `member` of the body asks; the place is the member in the contract."""
    value = call.body.get(member)
    at = f"/components/schemas/{_BODIES[call.operation.id]}/properties/{member}"
    invalid = Invalid("body", (member,), "state", value, None, message, at)
    return Refusal(400, message, invalid=(invalid,))


def _messages(invalid: Iterable[Invalid]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in invalid:
        if each.rule == "json":
            return {"detail": f"JSON parse error - {each.message.removeprefix('is not JSON: ')}"}
        member, message = _message(each)
        found.setdefault(member, []).append(message)
    return found


def _message(invalid: Invalid) -> tuple[str, str]:
    """The member that is wrong, and what to say about it."""
    if invalid.location != "body":
        return WHOLE, f"{invalid.path[0]}: {invalid.message}"
    if not invalid.path:
        return WHOLE, _about_whole(invalid)
    member = str(invalid.path[0])
    if invalid.rule == "state":
        return member, invalid.message
    if invalid.rule == "required":
        return member, "This field is required."
    if invalid.rule in _BOUNDS:
        return member, _BOUNDS[invalid.rule].format(invalid.limit)
    if invalid.rule == "minLength":
        return member, "This field may not be blank."
    if invalid.value is None:
        return member, "This field may not be null."
    kind = type(invalid.value).__name__
    return member, _TYPES.get(member, f'Expected a dictionary of items but got type "{kind}".')


def _about_whole(invalid: Invalid) -> str:
    if invalid.rule == "required":
        return "No data provided."
    return f"Invalid data. Expected a dictionary, but got {type(invalid.value).__name__}."
