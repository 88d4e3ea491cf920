"""Beginning the change of a subscription: who is meant, what is kept, what is answered."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    ARCHIVE,
    CHECKOUT,
    CLIENT,
    FREE,
    HUMAN,
    LOCKED,
    MONTHLY,
    NEWSLETTER,
    SUBSCRIPTION,
    Basket,
    begun,
    landing,
    refused,
    settled,
    stored,
    update_of,
)


def posted(stand: Stand, **headers: str) -> Basket:
    """The basket of a checkout begun with further headers."""
    response = stand.post(SUBSCRIPTION, headers={**HUMAN, **headers}, json=update_of(id=FREE))
    return stored(stand, response.json()["order"]["checkoutId"])


@pytest.mark.ruling("L18")
@pytest.mark.parametrize(
    "named",
    [{"id": FREE}, {"name": "A-S00001001"}, {"id": FREE, "name": "A-S00001001"}],
    ids=["id", "name", "both"],
)
def test_a_subscription_is_meant_by_id_or_name(limio: Stand, named: dict[str, str]) -> None:
    """The answer names it by both, and the checkout is the basket's id."""
    answer = begun(limio, **named)

    identity = answer["order"]["checkoutId"]
    assert answer["order"] == {
        "checkoutId": identity,
        "external_id": identity,
        "order_type": "update_subscription",
        "forSubscription": {"id": FREE, "name": "A-S00001001"},
        "orderItems": [],
    }
    assert answer["completed"] is False
    assert stored(limio, identity)["subscriptionId"] == FREE


@pytest.mark.ruling("L18")
@pytest.mark.parametrize(
    "named",
    [
        {"id": "sub-0"},
        {"name": "A-S0"},
        {"id": "A-S00001001"},
        {"id": FREE, "name": "A-S00001002"},
        {"id": FREE.upper()},
    ],
    ids=["id", "name", "a name for the id", "two subscriptions", "another case"],
)
def test_an_unknown_subscription_is_not_found(limio: Stand, named: dict[str, str]) -> None:
    """404, and nothing changes."""
    before = settled(limio)

    refused(limio.post(SUBSCRIPTION, headers=HUMAN, json=update_of(**named)), 404)
    assert limio.dump() == before


def test_the_answer_shows_what_the_subscriber_has_and_may_change_to(limio: Stand) -> None:
    """The current offer; higher and lower tiers of its family, other families, missing add-ons."""
    offers = {offer["id"]: offer for offer in limio.documents("offers")}
    subscription = next(s for s in limio.documents("subscriptions") if s["id"] == FREE)
    limio.store("subscriptions", {**subscription, "addOnIds": [ARCHIVE]})
    current = offers[MONTHLY]

    def ids(keeps: Any) -> list[str]:
        kept = [offer for offer in offers.values() if keeps(offer)]
        return [o["id"] for o in sorted(kept, key=lambda o: (o["tier"], o["id"]))]

    sellable = [o["id"] for o in offers.values() if o["type"] == "offer"]
    family = [i for i in sellable if offers[i]["family"] == current["family"]]
    expected = {
        "upgrades": ids(lambda o: o["id"] in family and o["tier"] > current["tier"]),
        "downgrades": ids(lambda o: o["id"] in family and o["tier"] < current["tier"]),
        "crossSells": ids(lambda o: o["id"] in sellable and o["id"] not in family),
        "subscriptionAddOns": [NEWSLETTER],
    }
    answer = begun(limio, id=FREE)

    assert answer["forSubscriptionOffer"] == {
        name: current[name] for name in ("id", "version", "name", "path", "type", "products")
    }
    assert all(expected.values())
    assert {
        name: [o["id"] for o in found] for name, found in answer["nextActions"].items()
    } == expected


def test_a_current_offer_that_the_catalogue_lacks_is_shown_by_its_id(limio: Stand) -> None:
    """Then every offer is another family's."""
    limio.store("subscriptions", {"id": "sub-old", "name": "old", "offerId": "gone"})
    answer = begun(limio, id="sub-old")

    assert answer["forSubscriptionOffer"]["id"] == "gone"
    assert [len(found) for found in answer["nextActions"].values()] == [0, 0, 8, 0]


@pytest.mark.ruling("L18")
def test_every_checkout_is_a_new_basket(limio: Stand) -> None:
    """Also for one subscription."""
    assert begun(limio, id=FREE)["order"] != begun(limio, id=FREE)["order"]


@pytest.mark.ruling("L17")
def test_the_basket_knows_the_subscribers_email(limio: Stand) -> None:
    """It is null where the subscription has none."""
    emails = [
        stored(limio, begun(limio, id=identity)["order"]["checkoutId"])["customerDetails"]["email"]
        for identity in (FREE, "sub-9d8c7b6a")
    ]

    assert emails == ["grace@example.com", None]


@pytest.mark.ruling("L8")
@pytest.mark.parametrize(
    ("referrer", "entry"),
    [
        ("https://shop.example.com/account/manage?x=1#y", "/account/manage"),
        ("https://shop.example.com", "/checkout"),
        ("http://[", "/checkout"),
        ("", "/checkout"),
    ],
)
def test_the_page_that_the_customer_came_from_is_the_entry(
    limio: Stand, referrer: str, entry: str
) -> None:
    """The path of `referer`, as far as it has one."""
    basket = posted(limio, referer=referrer)

    assert (basket["entry"], basket["referrer"]) == (entry, referrer)


@pytest.mark.ruling("L8")
def test_the_customers_address_is_kept(limio: Stand) -> None:
    """From `x-forwarded-for`; nothing where it is not sent."""
    assert posted(limio, **{"x-forwarded-for": "203.0.113.7"})["clientAddress"] == "203.0.113.7"
    assert posted(limio)["clientAddress"] is None


@pytest.mark.ruling("L18")
def test_the_tracking_of_the_body_is_kept(limio: Stand) -> None:
    """It stands beside the order, and is optional."""
    tracking = {"contactId": "c", "more": [1]}
    body = {**update_of(id=FREE), "tracking": tracking}
    response = limio.post(SUBSCRIPTION, headers=HUMAN, json=body)

    assert stored(limio, response.json()["order"]["checkoutId"])["tracking"] == tracking


@pytest.mark.ruling("L18")
@pytest.mark.parametrize(
    ("identity", "hours"), [(LOCKED, 1), ("sub-b7d2e0a4", 240)], ids=["an hour", "ten days"]
)
def test_a_pending_change_locks_until_its_date(limio: Stand, identity: str, hours: int) -> None:
    """423 until the last second, and nothing changes; on the date a checkout can be begun."""
    limio.advance(hours=hours, seconds=-1)
    before = settled(limio)

    refused(limio.post(SUBSCRIPTION, headers=HUMAN, json=update_of(id=identity)), 423)
    assert limio.dump() == before
    limio.advance(seconds=1)
    assert begun(limio, id=identity)["order"]["forSubscription"]["id"] == identity


@pytest.mark.ruling("L18")
@pytest.mark.parametrize("identity", ["sub-4c3d2e1f", "sub-66aa77bb"], ids=["past", "now"])
def test_a_change_whose_date_has_come_locks_nothing(limio: Stand, identity: str) -> None:
    """Also where the fixture had it pending."""
    assert begun(limio, id=identity)["order"]["orderItems"] == []


def test_a_pending_change_without_a_date_locks_for_good(limio: Stand) -> None:
    """Nothing on the clock ends it."""
    subscription = {"id": "sub-x", "name": "x", "offerId": MONTHLY, "status": "pending_change"}
    limio.store("subscriptions", subscription)
    limio.advance(days=365)

    refused(limio.post(SUBSCRIPTION, headers=HUMAN, json=update_of(id="sub-x")), 423)


@pytest.mark.ruling("L18")
def test_a_lock_does_not_hold_back_a_checkout_that_was_begun_before(limio: Stand) -> None:
    """423 is asked at the beginning alone."""
    subscription = next(s for s in limio.documents("subscriptions") if s["id"] == FREE)
    limio.store("subscriptions", {**subscription, "status": "pending_change"})

    response = limio.get(SUBSCRIPTION, headers=CLIENT, cookies=landing(CHECKOUT))

    assert response.status_code == 200


ORDER = {"order_type": "update_subscription", "forSubscription": {"id": FREE}}


@pytest.mark.ruling("L14", "L18")
@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "order is required"),
        ("text", "body"),
        ({"order": []}, "order"),
        ({"order": {"order_type": "update_subscription"}}, "order.forSubscription is required"),
        ({"order": {"forSubscription": {"id": FREE}}}, "order.order_type is required"),
        ({"order": {**ORDER, "order_type": "new"}}, "order.order_type"),
        ({"order": {**ORDER, "order_type": None}}, "order.order_type"),
        ({"order": {**ORDER, "forSubscription": {}}}, "order.forSubscription"),
        ({"order": {**ORDER, "forSubscription": {"id": ""}}}, "order.forSubscription.id"),
        ({"order": {**ORDER, "forSubscription": {"name": ""}}}, "order.forSubscription.name"),
        ({"order": {**ORDER, "forSubscription": {"id": 1}}}, "order.forSubscription.id"),
        ({"order": {**ORDER, "forSubscription": FREE}}, "order.forSubscription"),
        ({"order": ORDER, "tracking": "x"}, "tracking"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_body_is_refused(limio: Stand, sent: Any, named: str) -> None:
    """400 names what is wrong, and nothing changes."""
    before = settled(limio)

    assert named in refused(limio.post(SUBSCRIPTION, headers=HUMAN, json=sent), 400)
    assert limio.dump() == before
