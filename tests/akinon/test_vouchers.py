"""Discount codes: applied, stored unchecked, removed."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    BASKET,
    CART,
    GUITAR,
    Basket,
    as_session,
    assert_adds_up,
    assert_refused,
    basket_of,
    change,
    key,
    looked,
    quantities,
)

EXTERNAL = as_session("akinon-external")
VOUCHER = as_session("akinon-voucher")

pytestmark = pytest.mark.ruling("A26")


def patched(stand: Stand, headers: dict[str, str], **body: Any) -> Basket:
    """The basket after a PATCH."""
    basket = basket_of(stand.patch(BASKET, json=body, headers=headers))
    assert_adds_up(basket)
    assert looked(stand, headers) == basket
    return basket


def discounts(basket: Basket) -> dict[str, str]:
    return {each["description"]: each["discount"] for each in basket["discounts"]}


@pytest.mark.parametrize(
    ("code", "description", "discount", "total"),
    [
        ("aaa-bbb-ccc", "Ten Per Cent", "12.00", "84.00"),
        ("ddd-eee-fff", "Fifteen Off", "15.00", "81.00"),
        ("odd-per-cent", "Twelve And A Half", "15.00", "81.00"),
        ("from-a-hundred", "Five Off A Hundred", "5.00", "91.00"),
        ("on-the-house", "On The House", "96.00", "0.00"),
        ("gift-card", "Gift Card", "96.00", "0.00"),
        ("this-hour", "This Hour", "36.00", "60.00"),
    ],
)
@pytest.mark.parametrize("member", ["voucher_code", "external_offer_code"])
def test_a_good_code_discounts_beside_the_campaign(
    akinon: Stand, member: str, code: str, description: str, discount: str, total: str
) -> None:
    """Of 120.00, after the campaign's 24.00; applied either way."""
    basket = patched(akinon, GUITAR, **{member: code})

    assert discounts(basket) == {"Sitewide Campaign": "24.00", description: discount}
    assert (basket["voucher_code"], basket["total_amount"]) == (code, total)


@pytest.mark.parametrize("code", ["no-such-code", "AAA-BBB-CCC", " aaa-bbb-ccc", "too-late"])
def test_a_bad_code_is_refused(akinon: Stand, code: str) -> None:
    """Unknown, not to the letter, or expired: 400 at `voucher_code`, and nothing changes."""
    before = akinon.dump()

    response = akinon.patch(BASKET, json={"voucher_code": code}, headers=GUITAR)

    assert_refused(akinon, response, before, "voucher_code")


@pytest.mark.parametrize(("later", "status"), [({"minutes": 59}, 200), ({"minutes": 60}, 400)])
def test_a_code_expires_on_the_clock(akinon: Stand, later: dict[str, int], status: int) -> None:
    """It is good until its time, and not at it."""
    akinon.advance(**later)

    response = akinon.patch(BASKET, json={"voucher_code": "this-hour"}, headers=GUITAR)

    assert response.status_code == status


def test_a_code_that_expires_later_stays_and_does_not_discount(akinon: Stand) -> None:
    """It is still shown."""
    patched(akinon, GUITAR, voucher_code="this-hour")
    akinon.advance(hours=1)

    basket = looked(akinon, GUITAR)

    assert basket["voucher_code"] == "this-hour"
    assert discounts(basket) == {"Sitewide Campaign": "24.00"}


@pytest.mark.parametrize(("price", "status"), [("99.99", 400), ("100.00", 200), ("100.01", 200)])
def test_a_code_below_its_minimum_is_refused(akinon: Stand, price: str, status: int) -> None:
    """The minimum is of `total_product_amount`, and is enough."""
    change(akinon, "products", {"pk": 1309}, price=price)
    before = akinon.dump()

    response = akinon.patch(BASKET, json={"voucher_code": "from-a-hundred"}, headers=GUITAR)

    assert response.status_code == status
    if status == 400:
        assert_refused(akinon, response, before, "voucher_code")


def test_the_minimum_is_of_what_can_be_bought(akinon: Stand) -> None:
    """A line that can no longer be bought does not help to reach it."""
    akinon.post(BASKET, json={"product": 2011, "quantity": 2}, headers=GUITAR)
    big = {"voucher_code": "big-spender"}
    assert akinon.patch(BASKET, json=big, headers=GUITAR).status_code == 200
    change(akinon, "products", {"pk": 1309}, is_active=False)
    before = akinon.dump()

    assert_refused(akinon, akinon.patch(BASKET, json=big, headers=GUITAR), before, "voucher_code")


def test_a_code_stays_below_its_minimum_and_comes_back(akinon: Stand) -> None:
    """It does not discount until the basket is large enough again."""
    at_minimum = looked(akinon, VOUCHER)
    below = basket_of(akinon.put(BASKET, json={"product": 2023, "quantity": 1}, headers=VOUCHER))
    below = basket_of(akinon.put(BASKET, json={"product": 2028, "quantity": 0}, headers=VOUCHER))
    again = basket_of(akinon.put(BASKET, json={"product": 2028, "quantity": 1}, headers=VOUCHER))

    assert discounts(at_minimum)["Five Off A Hundred"] == "5.00"
    assert below["voucher_code"] == again["voucher_code"] == "from-a-hundred"
    assert discounts(below) == {"Sitewide Campaign": "0.67"}
    assert discounts(again)["Five Off A Hundred"] == "5.00"


def test_an_external_code_is_stored_unchecked(akinon: Stand) -> None:
    """Shown as `voucher_code`; it discounts only when it turns out valid."""
    basket = patched(akinon, GUITAR, external_offer_code="from-the-partner")
    assert (basket["voucher_code"], basket["total_amount"]) == ("from-the-partner", "96.00")

    terms = {"kind": "amount", "value": "6"}
    akinon.store("vouchers", {"code": "from-the-partner", "description": "Partner", **terms})

    assert discounts(looked(akinon, GUITAR)) == {"Sitewide Campaign": "24.00", "Partner": "6.00"}


def test_a_code_takes_the_place_of_the_one_before(akinon: Stand) -> None:
    """A basket has one code."""
    patched(akinon, GUITAR, voucher_code="aaa-bbb-ccc")
    basket = patched(akinon, GUITAR, voucher_code="ddd-eee-fff")

    assert discounts(basket) == {"Sitewide Campaign": "24.00", "Fifteen Off": "15.00"}


@pytest.mark.parametrize("headers", [VOUCHER, EXTERNAL, GUITAR])
def test_removing_takes_either_kind_of_code(akinon: Stand, headers: dict[str, str]) -> None:
    """A checked one, an external one, or none."""
    basket = patched(akinon, headers, remove_voucher_code=True)

    assert basket["voucher_code"] is None
    assert list(discounts(basket)) == ["Sitewide Campaign"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"remove_voucher_code": False}, "from-a-hundred"),
        ({"remove_voucher_code": True, "external_offer_code": "ext"}, "ext"),
        ({"remove_voucher_code": False, "external_offer_code": "ext"}, "ext"),
        ({"voucher_code": "aaa-bbb-ccc", "external_offer_code": "ext"}, "ext"),
        ({"voucher_code": "aaa-bbb-ccc", "remove_voucher_code": True}, None),
        ({"voucher_code": "aaa-bbb-ccc", "remove_voucher_code": False}, "aaa-bbb-ccc"),
        (
            {
                "voucher_code": "aaa-bbb-ccc",
                "remove_voucher_code": True,
                "external_offer_code": "e",
            },
            "e",
        ),
    ],
)
def test_members_sent_together(akinon: Stand, body: dict[str, Any], code: str | None) -> None:
    """An external code survives the removal that comes with it, and wins over a checked one."""
    assert patched(akinon, VOUCHER, **body)["voucher_code"] == code


@pytest.mark.parametrize("more", [{"external_offer_code": "ext"}, {"remove_voucher_code": True}])
def test_a_bad_code_is_refused_whatever_comes_with_it(akinon: Stand, more: dict[str, Any]) -> None:
    """It is checked first; the other member has no effect then."""
    before = akinon.dump()

    response = akinon.patch(BASKET, json={"voucher_code": "too-late", **more}, headers=VOUCHER)

    assert_refused(akinon, response, before, "voucher_code")


@pytest.mark.ruling("A7")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "from-a-hundred"),
        ({"voucher_code": "aaa-bbb-ccc"}, "from-a-hundred"),
        ({"voucher_code": "no-such-code"}, "from-a-hundred"),
        ({"remove_voucher_code": True}, "from-a-hundred"),
        ({"external_offer_code": "ext"}, "ext"),
        ({"external_offer_code": "ext", "remove_voucher_code": True}, "ext"),
        ({"external_offer_code": "ext", "voucher_code": "no-such-code"}, "ext"),
    ],
)
def test_beside_a_product_only_an_external_code_is_honoured(
    akinon: Stand, more: dict[str, Any], code: str
) -> None:
    """With `product` it is the quantity form."""
    basket = patched(akinon, VOUCHER, product=2028, quantity=2, **more)

    assert quantities(basket) == {key(2028): 2}
    assert basket["voucher_code"] == code


@pytest.mark.ruling("A7")
def test_a_quantity_alone_is_not_the_quantity_form(akinon: Stand) -> None:
    """Without `product` the other members are the voucher form."""
    basket = patched(akinon, CART, quantity=9, voucher_code="aaa-bbb-ccc")

    assert quantities(basket)[key(49)] == 3
    assert basket["voucher_code"] == "aaa-bbb-ccc"


def test_a_refused_quantity_stores_no_code(akinon: Stand) -> None:
    """The request is refused as a whole."""
    before = akinon.dump()
    body = {"product": 2028, "quantity": 51, "external_offer_code": "ext"}

    assert_refused(akinon, akinon.patch(BASKET, json=body, headers=VOUCHER), before, "quantity")


def test_emptying_removes_the_code(akinon: Stand) -> None:
    """It does not come back with new products."""
    akinon.delete(BASKET, headers=VOUCHER)

    basket = basket_of(akinon.post(BASKET, json={"product": 2028, "quantity": 1}, headers=VOUCHER))

    assert basket["voucher_code"] is None
    assert discounts(basket) == {"Sitewide Campaign": "20.00"}


@pytest.mark.ruling("A27")
def test_campaigns_count_in_the_order_of_their_keys_and_before_the_code(akinon: Stand) -> None:
    """The one that has expired is not there, the one with a minimum when it is reached."""
    for pk in (9, 8):
        terms = {"description": f"Campaign {pk}", "kind": "amount", "value": "1"}
        akinon.store("campaigns", {"pk": pk, **terms})
    akinon.post(BASKET, json={"product": 2028, "quantity": 9}, headers=VOUCHER)

    basket = looked(akinon, VOUCHER)

    assert list(discounts(basket).items()) == [
        ("Sitewide Campaign", "200.00"),
        ("Large Basket", "25.00"),
        ("Campaign 8", "1.00"),
        ("Campaign 9", "1.00"),
        ("Five Off A Hundred", "5.00"),
    ]
    assert basket["total_amount"] == "768.00"
    assert [badge["description"] for badge in basket["basketitem_set"][0]["offer_badges"]] == list(
        discounts(basket)
    )


def test_a_code_on_an_empty_basket_takes_nothing(akinon: Stand) -> None:
    """One without a minimum is good there too."""
    basket = patched(akinon, as_session("akinon-new"), voucher_code="ddd-eee-fff")

    assert (basket["voucher_code"], basket["discounts"]) == ("ddd-eee-fff", [])
    assert basket["total_amount"] == "0.00"
