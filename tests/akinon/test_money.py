"""The basket's arithmetic, held to the table `money.yaml`: the pure core, and the server."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.server.apis.akinon_basket import Offer, PricedBasket, discounts_of, money, priced
from understudy.server.apis.akinon_lines import Line

from ..stand import Stand
from .shop import BASKET, assert_adds_up, basket_of

TABLE = yaml.safe_load((Path(__file__).parents[1] / "tables" / "money.yaml").read_text())

pytestmark = pytest.mark.ruling("A27")


def about(row: Any) -> str:
    return str(row["about"])


def offer(description: str, kind: Any, value: str, minimum: str | None) -> Offer:
    return Offer(description, kind, Decimal(value), None if minimum is None else Decimal(minimum))


@pytest.mark.parametrize(("total", "per_cent", "discount"), TABLE["percentages"])
def test_a_percentage_is_rounded_half_up(total: str, per_cent: str, discount: str) -> None:
    """Each row's percentage takes just that off."""
    assert str(offer("", "percentage", per_cent, None).of(Decimal(total))) == discount


@pytest.mark.ruling("A15")
@pytest.mark.parametrize(("price", "quantity", "unit_price", "total"), TABLE["lines"])
def test_a_line_costs_its_unit_price_times_its_quantity(
    price: str, quantity: int, unit_price: str, total: str
) -> None:
    """Each row's line costs just that, before discounts, in text with two places."""
    [line] = priced((Line(1, 7, {}, quantity),), {7: Decimal(price)}, ()).lines

    assert (str(line.unit_price), str(line.total)) == (unit_price, total)


@pytest.mark.ruling("A26")
@pytest.mark.parametrize("row", TABLE["offers"], ids=about)
def test_offers_take_what_the_ones_before_them_left(row: Mapping[str, Any]) -> None:
    """Each row's offers take just that off; what takes nothing is not there."""
    offers = [offer(str(index), *each) for index, each in enumerate(row["offers"])]

    taken = {
        each.description: str(each.amount) for each in discounts_of(Decimal(row["total"]), offers)
    }

    assert "0.00" not in taken.values()
    assert [taken.get(each.description, "0.00") for each in offers] == row["take"]


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize("row", TABLE["shares"], ids=about)
def test_a_discount_is_divided_by_largest_remainder(
    row: Mapping[str, Any], *, backwards: bool
) -> None:
    """Each row's lines get just these shares, whichever way round they were added."""
    rows = row["lines"][::-1] if backwards else row["lines"]
    # One unit each, at the line's amount: a product with several lines has one price in all rows.
    lines = tuple(
        Line(i, product, attributes, 1) for i, (product, attributes, *_) in enumerate(rows)
    )
    prices = {product: Decimal(total) for product, _, total, _ in rows}

    basket = priced(lines, prices, [offer("A", "amount", row["discount"], None)])

    shares = {line.line.id: str(line.discount) for line in basket.lines}
    assert [shares[i] for i in range(len(rows))] == [share for *_, share in rows]


def figures(basket: PricedBasket) -> dict[str, Any]:
    """A priced basket as the table has it."""
    return {
        "items": [
            [
                each.line.product,
                each.line.attributes,
                str(each.total),
                str(each.discount),
                {badge.description: str(badge.amount) for badge in each.badges},
            ]
            for each in basket.lines
        ],
        "discounts": {each.description: str(each.amount) for each in basket.discounts},
        "total_product_amount": str(basket.total_product),
        "total_discount_amount": str(basket.total_discount),
        "total_amount": str(basket.total),
    }


def expected(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("about", "lines", "offers")}


@pytest.mark.ruling("A26")
@pytest.mark.parametrize("row", TABLE["baskets"], ids=about)
def test_a_basket_comes_out_to_the_cent(row: Mapping[str, Any]) -> None:
    """Each row's basket has just these figures."""
    lines = tuple(
        Line(i, product, attributes, quantity)
        for i, (product, attributes, _, quantity) in enumerate(row["lines"])
    )
    prices = {product: Decimal(price) for product, _, price, _ in row["lines"]}

    basket = priced(lines, prices, [offer(*each) for each in row["offers"]])

    assert figures(basket) == expected(row)


def sold(stand: Stand, row: Mapping[str, Any]) -> None:
    """A shop that sells the row's products, with the row's offers as its campaigns."""
    stand.reset("empty")
    stock = {"retail_price": "0", "absolute_url": "/", "stock": 5000}
    for product, _, price, _ in row["lines"]:
        name = {"pk": product, "name": "", "sku": "", "base_code": "", "price": price}
        stand.store("products", {**name, **stock})
    for pk, (description, kind, value, minimum) in zip(count(1), row["offers"], strict=False):
        terms = {"kind": kind, "value": value, "minimum": minimum}
        stand.store("campaigns", {"pk": pk, "description": description, **terms})


def filled(stand: Stand, lines: list[Any]) -> Iterator[Mapping[str, Any]]:
    """A guest's basket after each of these lines was added."""
    guest = stand.session()
    for product, attributes, _, quantity in lines:
        body = {"product": product, "quantity": quantity, "attributes": attributes}
        yield basket_of(guest.post(BASKET, json=body))


@pytest.mark.ruling("A26")
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize("row", TABLE["baskets"], ids=about)
def test_the_server_answers_a_basket_to_the_cent(
    akinon: Stand, row: Mapping[str, Any], *, backwards: bool
) -> None:
    """Each row's basket comes out over HTTP, and every basket on the way there adds up."""
    sold(akinon, row)
    baskets = list(filled(akinon, row["lines"][::-1] if backwards else row["lines"]))

    for each in baskets:
        assert_adds_up(each)
    basket = baskets[-1]
    shown = {name: basket[name] for name in expected(row) if name not in ("items", "discounts")}
    shown["discounts"] = {each["description"]: each["discount"] for each in basket["discounts"]}
    shown["items"] = [
        [
            item["product"]["pk"],
            item["attributes"],
            item["total_amount"],
            item["discount_amount"],
            {badge["description"]: badge["discount"] for badge in item["offer_badges"]},
        ]
        for item in basket["basketitem_set"]
    ]
    assert shown == expected(row)


def test_a_half_cent_goes_up_and_less_goes_down() -> None:
    """Whole cents stay, halves go up."""
    amounts = ["0.004", "0.005", "0.015", "0.0049999999999999999", "2.675", "1"]

    assert [str(money(Decimal(amount))) for amount in amounts] == [
        "0.00", "0.01", "0.02", "0.00", "2.68", "1.00",
    ]  # fmt: skip
