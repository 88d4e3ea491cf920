"""What is wrong with a body that the Zenskar subject is sent, in the vendor's 422 entries."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from .values import BadValueError, in_utc, is_number, is_uuid

Place = tuple[str | int, ...]
Faults = Iterator[dict[str, Any]]
Check = Callable[[Any, Place], Faults]
_MOST = 999_999_999


def fault(place: Place, text: str, kind: str = "value_error") -> dict[str, Any]:
    """One entry of `detail`."""
    return {"loc": list(place), "msg": text, "type": kind}


def body_faults(body: Any, members: Mapping[str, Check], *required: str) -> Faults:
    """What is wrong with the members of a body."""
    yield from _members(body, ("body",), members, required)


def _members(
    value: Any, place: Place, members: Mapping[str, Check], required: tuple[str, ...] = ()
) -> Faults:
    if not isinstance(value, dict):
        yield fault(place, "value is not a valid dict", "type_error.dict")
        return
    for name in required:
        if name not in value:
            yield fault((*place, name), "field required", "value_error.missing")
    for name, check in members.items():
        if name in value:
            yield from check(value[name], (*place, name))


def _when(good: Callable[[Any], bool], text: str) -> Check:
    def check(value: Any, place: Place) -> Faults:
        if not good(value):
            yield fault(place, text)

    return check


def _or_null(inner: Check) -> Check:
    def check(value: Any, place: Place) -> Faults:
        if value is not None:
            yield from inner(value, place)

    return check


def _text(least: int = 0, most: float = float("inf"), pattern: str = "(?s:.*)") -> Check:
    expression = re.compile(pattern)

    def good(value: Any) -> bool:
        if not isinstance(value, str) or not least <= len(value) <= most:
            return False
        return expression.fullmatch(value) is not None

    return _when(good, "str type expected, of the right length and form")


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str) or not re.search(r"([Zz]|[+-][0-9]{2}:[0-9]{2})\Z", value):
        return False
    try:
        in_utc(value)
    except BadValueError:
        return False
    return True


def _one_of(*allowed: str) -> Check:
    return _when(lambda v: isinstance(v, str) and v in allowed, f"must be one of {allowed}")


_uuid = _when(is_uuid, "value is not a valid uuid")
_boolean = _when(lambda value: isinstance(value, bool), "value is not a boolean")
_moment = _when(_is_moment, "invalid datetime format")
_currency = _text(pattern="[A-Z]{3}")
_url = _or_null(_text(1, 2083, "https?://[!-~]+"))
_secure_url = _or_null(_text(1, 2083, "https://[!-~]+"))
_amount = _when(partial(is_number, low=0, high=_MOST), f"must be a number from 0 to {_MOST}")


def _object(members: Mapping[str, Check], *required: str) -> Check:
    def check(value: Any, place: Place) -> Faults:
        yield from _members(value, place, members, required)

    return check


def _list_of(inner: Check, least: int = 1) -> Check:
    def check(value: Any, place: Place) -> Faults:
        if not isinstance(value, list) or len(value) < least:
            yield fault(place, f"a list of at least {least} is wanted", "type_error.list")
            return
        for index, item in enumerate(value):
            yield from inner(item, (*place, index))

    return check


_pricing = _object(
    {"name": _text(), "unit_amount": _amount, "quantity": _amount}, "unit_amount", "quantity"
)
_phase = _object({"name": _text(), "pricings": _list_of(_pricing)}, "pricings")
_common = {"currency": _currency, "start_date": _moment}
_plan_contract = _object({"plan_id": _uuid, **_common}, "plan_id", *_common)
_product_contract = _object({**_common, "phases": _list_of(_phase)}, *_common, "phases")


def _contract(value: Any, place: Place) -> Faults:
    kind = value.get("is_plan_based") if isinstance(value, dict) else None
    if not isinstance(kind, bool):
        yield fault((*place, "is_plan_based"), "is_plan_based must be true or false")
    else:
        yield from (_plan_contract if kind else _product_contract)(value, place)


_customer = _object({name: _text() for name in ("customer_name", "email", "phone_number")})
_attribution = _or_null(
    _object(
        {f"utm_{x}": _or_null(_text()) for x in ("source", "medium", "campaign", "term", "content")}
    )
)
_custom_data = _or_null(_object({}))

CREATE: Mapping[str, Check] = {
    "contract": _contract,
    "customer_id": _uuid,
    "guest_checkout": _boolean,
    "customer": _customer,
    "business_entity_id": _uuid,
    "expires_at": _or_null(_moment),
    "idempotency_key": _or_null(_text(1)),
    "correlation_id": _or_null(_text(1)),
    "currency": _currency,
    "success_url": _url,
    "cancel_url": _url,
    "pending_url": _url,
    "attribution": _attribution,
    "custom_data": _custom_data,
}
UPDATE: Mapping[str, Check] = {
    "contract": _contract,
    "customer": _customer,
    "expires_at": _or_null(_moment),
    "currency": _currency,
    "success_url": _secure_url,
    "cancel_url": _secure_url,
    "pending_url": _secure_url,
    "attribution": _attribution,
    "custom_data": _custom_data,
    "reason": _or_null(
        _one_of(
            "customer_request",
            "admin_correction",
            "price_update",
            "contract_update",
            "error_correction",
            "other",
        )
    ),
    "note": _or_null(_text(0, 500)),
}
CONFIRM: Mapping[str, Check] = {
    "confirmation": _one_of("charge_immediately", "charge_when_due", "no_payment"),
    "redirect": _boolean,
    "preferred_payment_method": _or_null(_one_of("card", "bank_transfer", "wallet", "invoice")),
    "payment_description": _or_null(_text(0, 255)),
    "customer_notes": _or_null(_text(0, 1000)),
}
CANCEL: Mapping[str, Check] = {
    "reason_type": _or_null(
        _one_of(
            "customer_requested", "payment_failed", "expired", "duplicate", "fraudulent", "other"
        )
    ),
    "reason": _or_null(_text(0, 500)),
    "reference_id": _or_null(_text()),
}


def create_faults(body: Any) -> Faults:
    """What is wrong with the body of a new session, its members held against each other too."""
    found = list(body_faults(body, CREATE, "contract"))
    yield from found
    if not isinstance(body, dict):
        return
    wanted = ("customer", "business_entity_id") if body.get("guest_checkout") else ("customer_id",)
    for name in wanted:
        if name not in body:
            yield fault(("body", name), "field required", "value_error.missing")
    if not found:
        yield from currency_faults(body)


def currency_faults(body: dict[str, Any]) -> Faults:
    """What is wrong when a currency and a contract come together."""
    currency = body.get("currency")
    if currency and "contract" in body and currency != body["contract"]["currency"]:
        yield fault(("body", "currency"), "must be the contract's currency")
