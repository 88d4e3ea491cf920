"""Changing a subscription checkout: what joins, what replaces, what is brought, what is refused."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    ANNUAL,
    ARCHIVE,
    CHECKOUT,
    COMPLETED,
    FREE,
    HUMAN,
    MONTHLY,
    NEWSLETTER,
    STUDENT,
    SUBSCRIPTION,
    action,
    begun,
    changed,
    landing,
    order_items,
    refused,
    settled,
    stored,
)

LEAVING = action("remove", "offer", MONTHLY)
COOKIE = landing(CHECKOUT)


@pytest.mark.ruling("L19")
def test_items_join_what_the_basket_has(limio: Stand) -> None:
    """Add-ons and removals of several updates, in their order; the answer is what a read shows."""
    visitor = limio.session()
    begun(visitor, id=FREE)
    first = action("add", "add_on", NEWSLETTER, 2)
    second = action("remove", "add_on", ARCHIVE)
    third = {**action("add", "add_on", "other"), "parentId": "p"}

    changed(visitor, first)
    response = changed(visitor, second, third)

    assert response.status_code == 200
    assert response.json()["order"]["orderItems"] == [first, second, third]
    assert order_items(visitor) == [first, second, third]


@pytest.mark.ruling("L19")
def test_an_empty_list_changes_nothing(limio: Stand) -> None:
    """It is answered with the checkout as it stands, though an offer has got another name."""
    changed(limio, action("add", "offer", ANNUAL), cookies=COOKIE)
    offer = next(offer for offer in limio.documents("offers") if offer["id"] == ANNUAL)
    limio.store("offers", {**offer, "name": "renamed"})
    before = settled(limio)
    items = order_items(limio, cookies=COOKIE)

    response = changed(limio, cookies=COOKIE)

    assert response.status_code == 200
    assert response.json()["order"]["orderItems"] == items
    assert limio.dump() == before


@pytest.mark.ruling("L19")
def test_an_added_offer_brings_the_removal_of_the_current_one(limio: Stand) -> None:
    """Once, and beside it those of the current add-ons stay that fit the new offer."""
    added = action("add", "offer", ANNUAL)

    changed(limio, added, cookies=COOKIE)

    assert order_items(limio, cookies=COOKIE) == [LEAVING, added]


@pytest.mark.ruling("L19")
def test_a_later_offer_takes_the_place_of_an_earlier_one(limio: Stand) -> None:
    """The add-ons asked for stay, and the current offer is still removed once."""
    extra = action("add", "add_on", NEWSLETTER)
    changed(limio, action("add", "offer", STUDENT), extra, cookies=COOKIE)
    later = {**action("add", "offer", ANNUAL, 3), "offer": {"id": ANNUAL, "version": "9"}}

    changed(limio, later, cookies=COOKIE)

    assert order_items(limio, cookies=COOKIE) == [LEAVING, extra, later]


@pytest.mark.ruling("L19")
def test_current_add_ons_that_do_not_fit_the_new_offer_leave_with_it(limio: Stand) -> None:
    """The subscriber's archive does not fit the student's offer; it comes back with one it fits."""
    student = action("add", "offer", STUDENT)
    annual = action("add", "offer", ANNUAL)

    changed(limio, student, cookies=COOKIE)
    narrow = order_items(limio, cookies=COOKIE)
    changed(limio, annual, cookies=COOKIE)

    assert narrow == [LEAVING, action("remove", "add_on", ARCHIVE), student]
    assert order_items(limio, cookies=COOKIE) == [LEAVING, annual]


@pytest.mark.ruling("L19")
def test_a_removal_that_was_asked_for_is_not_brought_again(limio: Stand) -> None:
    """The client's own removals of the current offer and add-on do."""
    items = [LEAVING, action("remove", "add_on", ARCHIVE), action("add", "offer", STUDENT)]

    changed(limio, *items, cookies=COOKIE)

    assert order_items(limio, cookies=COOKIE) == items


@pytest.mark.ruling("L19")
def test_an_offer_that_the_catalogue_lacks_takes_no_add_ons_away(limio: Stand) -> None:
    """What fits it is not known; the current offer leaves all the same."""
    added = action("add", "offer", "not-in-the-catalogue")

    changed(limio, added, cookies=COOKIE)

    assert order_items(limio, cookies=COOKIE) == [LEAVING, added]


@pytest.mark.ruling("L19")
def test_two_added_offers_in_one_update_are_refused(limio: Stand) -> None:
    """400, and nothing changes, though each of them would do; removals and add-ons do not count."""
    offers = [action("add", "offer", ANNUAL), action("add", "offer", STUDENT)]
    extras = [action("add", "add_on", NEWSLETTER), action("remove", "offer", MONTHLY)]
    before = settled(limio)

    response = changed(limio, *offers, cookies=COOKIE)

    refused(response, 400)
    assert "orderItems" in response.headers["Understudy-Reason"]
    assert limio.dump() == before
    assert changed(limio, offers[0], *extras, *extras, cookies=COOKIE).status_code == 200


@pytest.mark.ruling("L11", "L19")
@pytest.mark.parametrize("items", [[], [action("add", "add_on", NEWSLETTER)]], ids=["none", "one"])
def test_a_completed_checkout_is_not_changed(limio: Stand, items: list[Any]) -> None:
    """400 also for an empty list; it can still be read."""
    before = settled(limio)

    response = changed(limio, *items, cookies=landing(COMPLETED))

    refused(response, 400)
    assert "transition" in response.headers["Understudy-Reason"]
    assert limio.dump() == before
    assert order_items(limio, cookies=landing(COMPLETED))


@pytest.mark.ruling("L19")
def test_the_list_of_abandoned_baskets_shows_what_is_added(limio: Stand) -> None:
    """The offer and the add-ons, not what leaves; times and entry stay as they were."""
    before = stored(limio, CHECKOUT)
    limio.advance(hours=1)

    changed(
        limio,
        action("add", "offer", ANNUAL),
        action("add", "add_on", NEWSLETTER),
        action("remove", "add_on", ARCHIVE),
        cookies=COOKIE,
    )

    after = stored(limio, CHECKOUT)
    assert [item["name"] for item in after["orderItems"]] == ["Digital annual", "Newsletter plus"]
    assert {name for name in after if after[name] != before[name]} == {"orderItems", "ordered"}


ITEM = action("add", "add_on", NEWSLETTER)


def without(name: str) -> dict[str, Any]:
    """A good item that lacks a member."""
    return {member: value for member, value in ITEM.items() if member != name}


@pytest.mark.ruling("L14", "L19")
@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "order is required"),
        ({"order": {}}, "order.orderItems is required"),
        ({"orderItems": [ITEM]}, "order is required"),
        ({"order": {"orderItems": None}}, "order.orderItems"),
        ({"order": {"orderItems": ITEM}}, "order.orderItems"),
        ({"order": {"orderItems": [ITEM, 1]}}, "order.orderItems.1"),
        *(
            ({"order": {"orderItems": [without(name)]}}, f"order.orderItems.0.{name} is required")
            for name in ITEM
        ),
        ({"order": {"orderItems": [{**ITEM, "orderItemActionType": "keep"}]}}, "ActionType"),
        ({"order": {"orderItems": [{**ITEM, "type": "add-on"}]}}, "0.type"),
        ({"order": {"orderItems": [{**ITEM, "offer": {}}]}}, "0.offer.id is required"),
        ({"order": {"orderItems": [{**ITEM, "offer": {"id": ""}}]}}, "0.offer.id"),
        ({"order": {"orderItems": [{**ITEM, "quantity": 0}]}}, "0.quantity"),
        ({"order": {"orderItems": [{**ITEM, "quantity": 1.5}]}}, "0.quantity"),
        ({"order": {"orderItems": [{**ITEM, "quantity": 2**31}]}}, "0.quantity"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_body_is_refused(limio: Stand, sent: Any, named: str) -> None:
    """400 names what is wrong, and nothing changes, of the good items neither."""
    before = settled(limio)

    response = limio.put(SUBSCRIPTION, headers=HUMAN, cookies=COOKIE, json=sent)

    assert named in refused(response, 400)
    assert limio.dump() == before


@pytest.mark.ruling("L19")
def test_a_quantity_may_be_written_with_a_fraction_of_nothing(limio: Stand) -> None:
    """JSON has one kind of number; 2.0 comes back as 2."""
    body = b'{"order": {"orderItems": [{"orderItemActionType": "add", "type": "add_on",'
    body += b' "offer": {"id": "x"}, "quantity": 2.0}]}}'
    headers = {**HUMAN, "Content-Type": "application/json"}

    response = limio.put(SUBSCRIPTION, headers=headers, cookies=COOKIE, data=body)

    assert b'"quantity":2}' in response.content
