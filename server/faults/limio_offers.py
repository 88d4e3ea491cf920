"""Limio with faults: the items of a subscription checkout."""

from typing import Any

from ..call import Answer, Call
from ..refusal import Refusal
from .decorate import Body, instead, on_refusal, sent, shown
from .fault import Fault, faults
from .limio import CHECKOUTS, READ, UPDATE, items, ordering, target
from .stage import Stage


def _replayed(stage: Stage, call: Call) -> Answer:
    """The update with what was there left out."""
    basket = target(call)
    if basket is not None and not basket["completed"]:
        call.state.replace("baskets", {**basket, "ordered": [], "orderItems": []})
    return stage.play(call)


def _emptied_by_nothing(stage: Stage, call: Call) -> Answer:
    if not call.body["order"]["orderItems"]:
        return _replayed(stage, call)
    return stage.play(call)


def _adds_offer(item: Any) -> bool:
    return bool(item["orderItemActionType"] == "add" and item["type"] == "offer")


def _piled(stage: Stage, call: Call) -> Answer:
    before = target(call)
    answer = stage.play(call)
    after = target(call)
    if before is None or after is None or not call.body["order"]["orderItems"]:
        return answer
    sent_ = after["ordered"][-len(call.body["order"]["orderItems"]) :]
    call.state.replace("baskets", {**after, "ordered": [*before["ordered"], *sent_]})
    return stage.play(call, READ)


def _one_by_one(stage: Stage, call: Call, refusal: Refusal) -> Answer | None:
    items = call.body["order"]["orderItems"]
    if refusal.status != 400 or sum(map(_adds_offer, items)) < 2:
        return None
    for item in items:
        answer = stage.play(call._replace(body=ordering(orderItems=[item])(call.body)))
    return answer


def _not_brought(call: Call, body: Body) -> Body:
    basket = call.state.get("baskets", body["order"]["checkoutId"])
    return ordering(orderItems=basket["ordered"])(body) if basket else body


FAULTS: tuple[Fault, ...] = faults(
    "limio",
    "offers",
    (
        "removal-not-brought",
        "Adding an offer does not bring the removal of the current one.",
        shown(CHECKOUTS, _not_brought),
    ),
    (
        "offers-pile-up",
        "An offer that is added leaves the one added before in its place.",
        instead(UPDATE, _piled),
    ),
    (
        "update-replaces",
        "The items sent take the place of those that the checkout has.",
        instead(UPDATE, _replayed),
    ),
    (
        "empty-update-empties",
        "An empty list of items empties the checkout.",
        instead(UPDATE, _emptied_by_nothing),
    ),
    (
        "two-offers-taken",
        "Two offers can be added in one update.",
        on_refusal(UPDATE, _one_by_one),
    ),
    (
        "quantity-always-one",
        "An item's quantity is 1, whatever was sent.",
        sent(UPDATE, items(lambda sent_: [{**item, "quantity": 1} for item in sent_])),
    ),
    (
        "add-ons-lost",
        "Add-ons that are sent do not join the checkout.",
        sent(UPDATE, items(lambda sent_: [i for i in sent_ if i["type"] == "offer"])),
    ),
    (
        "removals-become-adds",
        "An item that removes is kept as one that adds.",
        sent(
            UPDATE,
            items(
                lambda sent_: [
                    {**i, "orderItemActionType": "add"} if i["type"] == "add_on" else i
                    for i in sent_
                ]
            ),
        ),
    ),
)
