"""What is wrong with a body that the Limio subject is sent: a text, or None when nothing is."""

from collections.abc import Callable
from typing import Any

from .values import is_integer, is_number

MOST = 2**31 - 1


def adds_offer(item: dict[str, Any]) -> bool:
    """Whether an order item puts an offer in the place of the current one."""
    return (item["orderItemActionType"], item["type"]) == ("add", "offer")


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _optional(parent: dict[str, Any], name: str, good: Callable[[Any], bool]) -> bool:
    return name not in parent or good(parent[name])


def _is_tracking(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    offers = value.get("offers", [])
    names = ("purchaseCountryCode", "accountId", "contactId", "userId")
    return (
        isinstance(offers, list)
        and all(isinstance(offer, str) for offer in offers)
        and all(_optional(value, name, lambda v: isinstance(v, str)) for name in names)
    )


def _is_offer(value: Any, *required: str) -> bool:
    return (
        isinstance(value, dict)
        and all(name in value for name in required)
        and all(_optional(value, name, _text) for name in ("id", "version"))
    )


def _is_kind(value: Any) -> bool:
    return value in ("offer", "add_on")


def _order(body: Any) -> dict[str, Any]:
    order = body.get("order") if isinstance(body, dict) else None
    return order if isinstance(order, dict) else {}


def check_initiate(body: Any) -> str | None:
    """What is wrong with the body of a new basket."""
    order = _order(body)
    items = order.get("orderItems")
    if not isinstance(items, list) or not items:
        return "order.orderItems is required, with at least one item"
    for item in items:
        good = (
            isinstance(item, dict)
            and _is_offer(item.get("offer"), "id", "version")
            and is_number(item.get("quantity"), 1, MOST)
            and _optional(item, "type", _is_kind)
        )
        if not good:
            return "order.orderItems has an item that is not valid"
    if not _text(order.get("external_id")):
        return "order.external_id is required"
    if not _optional(order, "tracking", _is_tracking):
        return "order.tracking is not valid"
    if not all(_optional(order, n, lambda v: isinstance(v, str)) for n in ("country", "source")):
        return "order.country and order.source are texts"
    return None if order.get("order_type", "new") == "new" else "order.order_type must be new"


def check_begin(body: Any) -> str | None:
    """What is wrong with the body that begins a subscription checkout."""
    order = _order(body)
    if order.get("order_type") != "update_subscription":
        return "order.order_type must be update_subscription"
    wanted = order.get("forSubscription")
    names = ("id", "name")
    if not isinstance(wanted, dict) or not any(name in wanted for name in names):
        return "order.forSubscription needs id or name"
    if not all(_optional(wanted, name, _text) for name in names):
        return "order.forSubscription is not valid"
    return None if _optional(body, "tracking", _is_tracking) else "tracking is not valid"


def check_update(body: Any) -> str | None:
    """What is wrong with the body of an update."""
    items = _order(body).get("orderItems")
    if not isinstance(items, list):
        return "order.orderItems is required"
    for item in items:
        good = (
            isinstance(item, dict)
            and item.get("orderItemActionType") in ("add", "remove")
            and _is_kind(item.get("type"))
            and _is_offer(item.get("offer"), "id")
            and is_integer(item.get("quantity"), 1, MOST)
            and _optional(item, "parentId", lambda value: isinstance(value, str))
        )
        if not good:
            return "order.orderItems has an item that is not valid"
    adding = sum(adds_offer(item) for item in items)
    return "Only one offer can be added in one update." if adding > 1 else None
