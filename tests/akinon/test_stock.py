"""Stock, and products that can no longer be bought."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    BASKET,
    CART,
    GUITAR,
    ITEMS,
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

UNAVAILABLE = as_session("akinon-unavailable")

pytestmark = pytest.mark.ruling("A28", "A18")


def gone(basket: Basket) -> list[tuple[int, str | None, int]]:
    return [
        (each["pk"], each["name"], each["unavailable_quantity"])
        for each in basket["unavailable_basket_products"]
    ]


@pytest.mark.parametrize(
    ("method", "product", "attributes", "most"),
    [
        ("POST", 49, {}, 37),
        ("POST", 49, {"a": 1}, 37),
        ("POST", 2002, {}, 3),
        ("POST", 2001, {"engraving": "Ringo"}, 97),
        ("PUT", 49, {}, 40),
        ("PUT", 49, {"a": 1}, 37),
        ("PUT", 2001, {}, 98),
        ("PUT", 2002, {}, 3),
        ("PATCH", 49, {}, 40),
        ("PATCH", 2001, {"engraving": "Ringo"}, 99),
    ],
)
def test_stock_counts_over_all_lines_of_a_product(
    akinon: Stand, method: str, product: int, attributes: Any, most: int
) -> None:
    """The last unit is sold; one more is 400 at `quantity`, and nothing changes."""
    before = akinon.dump()
    body = {"product": product, "attributes": attributes}

    too_many = akinon.request(method, BASKET, json={**body, "quantity": most + 1}, headers=CART)
    assert_refused(akinon, too_many, before, "quantity")

    basket = basket_of(
        akinon.request(method, BASKET, json={**body, "quantity": most}, headers=CART)
    )
    assert basket["unavailable_basket_products"] == []


def test_stock_is_not_taken_by_other_baskets(akinon: Stand) -> None:
    """A basket reserves nothing."""
    body = {"product": 2013, "quantity": 1}

    for headers in (CART, GUITAR):
        assert basket_of(akinon.post(BASKET, json=body, headers=headers))


@pytest.mark.parametrize("product", [2031, 2003])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_is_not_sold_cannot_be_added(akinon: Stand, method: str, product: int) -> None:
    """Inactive: 400 at `product`; without any stock: at `quantity`."""
    before = akinon.dump()
    body = {"product": product, "quantity": 1}

    response = akinon.request(method, BASKET, json=body, headers=CART)

    member = "product" if product == 2031 else "quantity"
    assert_refused(akinon, response, before, member)


def test_looking_takes_out_what_cannot_be_bought(akinon: Stand) -> None:
    """Inactive, short in one line, short in two: whole lines, each with its quantity."""
    basket = looked(akinon, UNAVAILABLE)

    assert gone(basket) == [
        (2002, "Drum sticks 5B", 2),
        (2002, "Drum sticks 5B", 2),
        (2031, "Theremin", 2),
        (2032, "Kazoo", 3),
    ]
    assert quantities(basket) == {key(2034): 2}
    assert basket["total_amount"] == "30.00"
    assert_adds_up(basket)


@pytest.mark.ruling("A30")
def test_what_was_taken_out_stays_out_and_listed_until_the_next_write(akinon: Stand) -> None:
    """Looking again shows the same, even when there is stock again; a write clears the list."""
    akinon.advance(hours=1)
    first = looked(akinon, UNAVAILABLE)
    change(akinon, "products", {"pk": 2031}, is_active=True)
    change(akinon, "products", {"pk": 2032}, stock=100)

    second = looked(akinon, UNAVAILABLE)
    written = basket_of(
        akinon.put(BASKET, json={"product": 2034, "quantity": 1}, headers=UNAVAILABLE)
    )

    assert second == first
    assert first["modified_date"] == "2026-01-14T12:00:00Z"
    assert gone(written) == []
    assert looked(akinon, UNAVAILABLE) == written
    assert quantities(written) == {key(2034): 1}


def test_what_goes_later_joins_the_list(akinon: Stand) -> None:
    """Two looks, two products."""
    looked(akinon, CART)
    change(akinon, "products", {"pk": 2001}, is_active=False)
    looked(akinon, CART)
    change(akinon, "products", {"pk": 49}, stock=2)

    basket = looked(akinon, CART)

    assert gone(basket) == [
        (2001, "Drum sticks 5A", 2),
        (2001, "Drum sticks 5A", 1),
        (49, "Metronome", 3),
    ]
    assert (basket["basketitem_set"], basket["total_amount"]) == ([], "0.00")


def test_just_enough_stock_is_enough(akinon: Stand) -> None:
    """Three are in the basket, three are there."""
    change(akinon, "products", {"pk": 49}, stock=3)

    assert quantities(looked(akinon, CART))[key(49)] == 3


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", BASKET, {"product": 1780, "quantity": 1}),
        ("PUT", BASKET, {"product": 1780, "quantity": 1}),
        ("PATCH", BASKET, {"remove_voucher_code": True}),
    ],
)
def test_the_answer_of_a_write_is_what_looking_shows(
    akinon: Stand, method: str, path: str, body: Any
) -> None:
    """It takes out and lists as well, and the list stays for the next look."""
    change(akinon, "products", {"pk": 49}, is_active=False)

    basket = basket_of(akinon.request(method, path, json=body, headers=CART))

    assert gone(basket) == [(49, "Metronome", 3)]
    assert key(49) not in quantities(basket)
    assert looked(akinon, CART) == basket


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("POST", {"product": 999, "quantity": 1}, 400),
        ("PATCH", {"voucher_code": "too-late"}, 400),
        ("PUT", {"product": 49, "quantity": 0}, 200),
    ],
)
def test_a_write_that_changes_nothing_leaves_the_list(
    akinon: Stand, method: str, body: Any, status: int
) -> None:
    """Refused, or nothing to do."""
    listed = gone(looked(akinon, UNAVAILABLE))

    response = akinon.request(method, BASKET, json=body, headers=UNAVAILABLE)

    assert response.status_code == status
    assert gone(looked(akinon, UNAVAILABLE)) == listed != []


def test_emptying_clears_the_list(akinon: Stand) -> None:
    """Nothing is there, nothing is missing."""
    looked(akinon, UNAVAILABLE)

    assert gone(basket_of(akinon.delete(BASKET, headers=UNAVAILABLE))) == []
    assert gone(looked(akinon, UNAVAILABLE)) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("product", [2031, 2032])
def test_a_line_that_cannot_be_bought_may_be_removed(
    akinon: Stand, method: str, product: int
) -> None:
    """Before anybody looks: 0 removes it without a word, another quantity is refused."""
    before = akinon.dump()
    body = {"product": product}
    refused = akinon.request(method, BASKET, json={**body, "quantity": 3}, headers=UNAVAILABLE)
    assert_refused(akinon, refused, before, "product" if product == 2031 else "quantity")

    basket = basket_of(
        akinon.request(method, BASKET, json={**body, "quantity": 0}, headers=UNAVAILABLE)
    )

    assert product not in [pk for pk, _, _ in gone(basket)]
    assert key(product) not in quantities(basket)


def test_a_short_line_may_shrink_to_what_is_there(akinon: Stand) -> None:
    """Before anybody looks: it stays in the basket."""
    response = akinon.patch(BASKET, json={"product": 2032, "quantity": 2}, headers=UNAVAILABLE)

    assert quantities(basket_of(response))[key(2032)] == 2


@pytest.mark.ruling("A25")
@pytest.mark.parametrize("is_all", [True, False])
@pytest.mark.parametrize("item", [1761, 1762, 1763])
def test_an_item_that_cannot_be_bought_cannot_be_changed(
    akinon: Stand, item: int, *, is_all: bool
) -> None:
    """Inactive, short in one line, short in two: 400 at `id`, and nothing changes."""
    before = akinon.dump()
    body = {"id": item, "is_all": is_all, "attributes": {"a": 1}}

    assert_refused(akinon, akinon.patch(ITEMS, json=body, headers=UNAVAILABLE), before, "id")


def test_a_product_that_is_gone_has_no_name(akinon: Stand) -> None:
    """Its lines are taken out; its items cannot be changed, but be removed."""
    for item in (9001, 9002):
        attributes = {"item": item}
        line = {"basket": 6863, "product": 777, "quantity": 4, "attributes": attributes}
        akinon.store("basket_items", {"id": item, **line})
    before = akinon.dump()
    assert_refused(
        akinon, akinon.patch(ITEMS, json={"id": 9001, "is_all": True}, headers=GUITAR), before, "id"
    )
    more = {"product": 777, "quantity": 1, "attributes": {"item": 9001}}
    assert_refused(akinon, akinon.put(BASKET, json=more, headers=GUITAR), before, "product")

    basket = basket_of(akinon.put(BASKET, json={**more, "quantity": 0}, headers=GUITAR))

    assert gone(basket) == [(777, None, 4)]
    assert quantities(basket) == {key(1309): 1}


def test_in_stock_follows_the_stock(akinon: Stand) -> None:
    """A product in the basket says what there is, whatever the catalogue said before."""
    change(akinon, "products", {"pk": 1309}, stock=1, in_stock=False)

    [item] = looked(akinon, GUITAR)["basketitem_set"]

    assert (item["stock"], item["product"]["stock"], item["product"]["in_stock"]) == (1, 1, True)
