"""What the tests of Akinon share: paths, sessions and ways to look into a basket."""

import json
from collections.abc import Mapping
from typing import Any

from requests import Response

from ..stand import Calls, Stand

BASKET = "/baskets/basket/"
ITEMS = "/baskets/basket_items/"
CSRF = "/csrf_token/"

Basket = Mapping[str, Any]
LineKey = tuple[int, str]


def as_session(name: str) -> dict[str, str]:
    """The headers of a request in a session of the fixture."""
    return {"Cookie": f"osessionid={name}"}


GUITAR = as_session("akinon-guitar")
CART = as_session("akinon-cart")


def basket_of(response: Response) -> Basket:
    """The basket in an answer that must be 200."""
    assert response.status_code == 200, response.text
    basket: Basket = response.json()["basket"]
    return basket


def looked(stand: Calls, headers: Mapping[str, str]) -> Basket:
    """The session's basket as GET shows it."""
    return basket_of(stand.get(BASKET, headers=headers))


def key(product: int, **attributes: Any) -> LineKey:
    """What tells lines apart."""
    return product, json.dumps(attributes, sort_keys=True)


def quantities(basket: Basket) -> dict[LineKey, int]:
    """How many units of what there are."""
    return {key(i["product"]["pk"], **i["attributes"]): i["quantity"] for i in items(basket)}


def ids(basket: Basket) -> dict[LineKey, int]:
    """The id of each line."""
    return {key(i["product"]["pk"], **i["attributes"]): i["id"] for i in items(basket)}


def items(basket: Basket) -> list[dict[str, Any]]:
    """The lines."""
    found: list[dict[str, Any]] = basket["basketitem_set"]
    return found


def assert_refused(stand: Stand, response: Response, before: Any, *members: str) -> None:
    """400 with messages at exactly these members, and nothing is changed."""
    assert response.status_code == 400, response.text
    assert set(response.json()) == set(members)
    assert stand.dump() == before


def change(stand: Stand, collection: str, where: Mapping[str, Any], **members: Any) -> None:
    """Change members of the one document that has `where`, as a back office would."""
    [document] = [each for each in stand.documents(collection) if where.items() <= each.items()]
    stand.store(collection, {**document, **members})


def assert_adds_up(basket: Basket) -> None:
    """The equations of ruling A27, in whole cents."""
    lines = items(basket)
    for line in lines:
        assert cents(line["total_amount"]) == cents(line["unit_price"]) * line["quantity"]
        badges = sum(cents(badge["discount"]) for badge in line["offer_badges"])
        assert badges == cents(line["discount_amount"]) <= cents(line["total_amount"])
    products = sum(cents(line["total_amount"]) for line in lines)
    shares = sum(cents(line["discount_amount"]) for line in lines)
    discounts = sum(cents(discount["discount"]) for discount in basket["discounts"])
    assert cents(basket["total_product_amount"]) == products
    assert cents(basket["total_discount_amount"]) == shares == discounts
    assert cents(basket["total_amount"]) == products - discounts >= 0
    assert basket["total_quantity"] == sum(line["quantity"] for line in lines)


def cents(amount: str) -> int:
    """An amount with two places, without its point."""
    whole, point, places = amount.partition(".")
    assert point == "."
    assert len(places) == 2
    return int(whole + places)
