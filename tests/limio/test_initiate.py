"""Beginning a basket for new offers, and updating it under its external_id."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    ANNUAL,
    CLIENT,
    INITIATE,
    MONTHLY,
    NEWSLETTER,
    initiated,
    listed,
    order,
    refused,
    settled,
    stored,
    walked,
)


def last(stand: Stand) -> dict[str, Any]:
    """The newest abandoned basket."""
    item: dict[str, Any] = listed(stand, limit=100)["items"][-1]
    return item


@pytest.mark.ruling("L5", "L17")
def test_a_new_external_id_begins_a_basket(limio: Stand) -> None:
    """It is created now, at the default entry, for nobody in particular."""
    limio.advance(seconds=1)
    identity = initiated(limio, "order-1")

    item = last(limio)
    assert identity.startswith("basket-")
    assert item == {
        "id": identity,
        "created": "2026-01-15T12:00:01.000Z",
        "customerDetails": {"email": None},
        "orderItems": [
            {
                "name": "Digital monthly",
                "path": "/offers/digital/monthly",
                "products": [{"path": "/products/digital", "productCode": "DIGITAL"}],
            }
        ],
        "tracking": {},
        "identities": [],
        "entry": "/checkout",
        "completed": False,
        "recoveryLink": item["recoveryLink"],
    }
    assert f"?basket={identity}&recover=" in item["recoveryLink"]


@pytest.mark.ruling("L17")
def test_other_external_ids_begin_other_baskets(limio: Stand) -> None:
    """Also those that differ in case or space alone."""
    names = ["order-1", "Order-1", "order-1 ", "order-2"]
    found = [initiated(limio, name) for name in names]

    assert len(set(found)) == len(names)
    assert set(found) <= set(walked(limio))


@pytest.mark.ruling("L5", "L17")
def test_the_same_external_id_updates_the_basket(limio: Stand) -> None:
    """Same id; `created` and the end stay, and the contents are the new ones."""
    identity = initiated(limio, "order-1", ANNUAL, tracking={"userId": "u"}, country="GB")
    before = stored(limio, identity)
    count = len(limio.documents("baskets"))
    limio.advance(hours=1)

    assert initiated(limio, "order-1", MONTHLY, NEWSLETTER, source="shop") == identity

    after = stored(limio, identity)
    names = [item["name"] for item in after["orderItems"]]
    kept = ("created", "expiresAt", "recoveryLink", "external_id", "kind")
    assert len(limio.documents("baskets")) == count
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert names == ["Digital monthly", "Newsletter plus"]
    assert (after["tracking"], after["country"], after["source"]) == ({}, None, "shop")
    assert (before["tracking"], before["country"], before["source"]) == (
        {"userId": "u"},
        "GB",
        None,
    )


@pytest.mark.ruling("L17")
def test_a_completed_basket_is_not_updated(limio: Stand) -> None:
    """A new one is begun under its external_id, and updated from then on."""
    first = initiated(limio, "order-1")
    limio.store("baskets", {**stored(limio, first), "completed": True})
    completed = stored(limio, first)
    second = initiated(limio, "order-1", ANNUAL)

    assert second != first
    assert initiated(limio, "order-1") == second
    assert stored(limio, first) == completed


@pytest.mark.ruling("L17", "L20")
def test_an_expired_basket_is_not_updated(limio: Stand) -> None:
    """Until the last moment it is; on it a new one is begun."""
    first = initiated(limio, "order-1")

    limio.advance(days=14, milliseconds=-1)
    assert initiated(limio, "order-1") == first
    limio.advance(milliseconds=1)
    assert initiated(limio, "order-1") != first


@pytest.mark.ruling("L6", "L17")
def test_a_subscription_basket_is_not_updated(limio: Stand) -> None:
    """The `external_id` of a subscription checkout names no basket for new offers."""
    other = next(b for b in limio.documents("baskets") if b["kind"] == "subscription")

    assert initiated(limio, other["external_id"]) != other["id"]
    assert stored(limio, other["id"]) == other


@pytest.mark.ruling("L17")
def test_an_id_is_never_given_out_twice(limio: Stand) -> None:
    """Also when the random numbers begin anew beside baskets that are kept, as after a restart."""
    basket = stored(limio, initiated(limio, "order-1"))
    limio.reset()
    limio.store("baskets", basket)

    assert initiated(limio, "order-2") != basket["id"]
    assert stored(limio, basket["id"]) == basket


@pytest.mark.ruling("L17")
def test_the_tracking_that_was_sent_is_shown(limio: Stand) -> None:
    """Known members and others, as they came."""
    tracking = {"offers": ["/offers/x"], "accountId": "a", "more": {"deep": [1, None, 0.5]}}
    limio.advance(seconds=1)
    initiated(limio, "order-1", tracking=tracking)

    assert last(limio)["tracking"] == tracking


@pytest.mark.ruling("L17")
def test_an_offer_that_the_catalogue_lacks_is_shown_by_its_id(limio: Stand) -> None:
    """It is accepted, since the shop's catalogue is the tenant's own."""
    limio.advance(seconds=1)
    initiated(limio, "order-1", "not-in-the-catalogue", ANNUAL)

    first, second = last(limio)["orderItems"]
    assert first == {
        "name": "not-in-the-catalogue",
        "path": "/offers/not-in-the-catalogue",
        "products": [],
    }
    assert second["name"] == "Digital annual"


@pytest.mark.ruling("L17")
def test_the_items_are_kept_as_they_were_asked_for(limio: Stand) -> None:
    """Offer, version, type and quantity; what has no meaning is left out."""
    body = order("order-1")
    body["order"]["orderItems"] = [
        {"offer": {"id": ANNUAL, "version": "7", "x": 1}, "quantity": 2.0, "type": "offer", "y": 1},
        {"offer": {"id": NEWSLETTER, "version": "8"}, "quantity": 1.5, "type": "add_on"},
    ]
    response = limio.post(INITIATE, headers=CLIENT, json=body)

    assert stored(limio, response.json()["id"])["ordered"] == [
        {"type": "offer", "offer": {"id": ANNUAL, "version": "7"}, "quantity": 2},
        {"type": "add_on", "offer": {"id": NEWSLETTER, "version": "8"}, "quantity": 1.5},
    ]


ITEM = {"offer": {"id": "a", "version": "b"}, "quantity": 1}
GOOD = {"external_id": "order-1", "orderItems": [ITEM]}


@pytest.mark.ruling("L7", "L14", "L17")
@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "order is required"),
        ([], "body"),
        ({"order": None}, "order"),
        ({"order": {"orderItems": [ITEM]}}, "order.external_id is required"),
        ({"order": {"external_id": "x"}}, "order.orderItems is required"),
        ({"order": {**GOOD, "external_id": ""}}, "order.external_id"),
        ({"order": {**GOOD, "external_id": None}}, "order.external_id"),
        ({"order": {**GOOD, "external_id": 7}}, "order.external_id"),
        ({"order": {**GOOD, "orderItems": []}}, "order.orderItems"),
        ({"order": {**GOOD, "orderItems": [{}]}}, "order.orderItems.0.offer is required"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "quantity": 0}]}}, "0.quantity"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "quantity": 0.99}]}}, "0.quantity"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "quantity": "1"}]}}, "0.quantity"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "quantity": True}]}}, "0.quantity"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "type": "gift"}]}}, "0.type"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "offer": {"id": "a"}}]}}, "offer.version"),
        ({"order": {**GOOD, "orderItems": [{**ITEM, "offer": {"version": "a"}}]}}, "offer.id"),
        (
            {"order": {**GOOD, "orderItems": [{**ITEM, "offer": {"id": "", "version": "a"}}]}},
            "offer.id",
        ),
        (
            {"order": {**GOOD, "orderItems": [{**ITEM, "offer": {"id": "a", "version": ""}}]}},
            "offer.version",
        ),
        ({"order": {**GOOD, "tracking": {"offers": "x"}}}, "order.tracking.offers"),
        ({"order": {**GOOD, "order_type": "update_subscription"}}, "order.order_type"),
        ({"order": {**GOOD, "country": 44}}, "order.country"),
        ({"order": {**GOOD, "source": None}}, "order.source"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_body_is_answered_with_bad_gateway(limio: Stand, sent: Any, named: str) -> None:
    """502 names what is wrong, and nothing changes."""
    before = settled(limio)

    assert named in refused(limio.post(INITIATE, headers=CLIENT, json=sent), 502)
    assert limio.dump() == before


@pytest.mark.ruling("L17")
def test_the_least_that_is_asked_for_will_do(limio: Stand) -> None:
    """The body that the bad ones were made from begins a basket."""
    assert limio.post(INITIATE, headers=CLIENT, json={"order": GOOD}).status_code == 200
