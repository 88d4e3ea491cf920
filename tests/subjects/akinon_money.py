"""How the Akinon subject adds up a basket: lines, offers, and each line's share of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .akinon_rows import Basket, Line, Offer, State
from .common import Vendor
from .values import cents, stamp

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Discount:
    """What one offer takes off, and each line's share of it."""

    description: str
    amount: Decimal
    shares: Mapping[int, Decimal]


def line_total(state: State, line: Line) -> Decimal:
    """The unit price times the quantity, before any offer."""
    return cents(Decimal(state.products[line.product].price)) * line.quantity


def product_total(state: State, basket: Basket) -> Decimal:
    """What all lines come to, before any offer."""
    return sum((line_total(state, line) for line in basket.lines), NOTHING)


def shares(amount: Decimal, totals: Sequence[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """The amount over the lines by their totals, so that it comes out exactly.

    The cents that are left go to the largest remainders, and among equal ones to the first: the
    lines come in the order of their products and attributes.
    """
    units = [(key, int(total * 100)) for key, total in totals]
    whole = sum(unit for _, unit in units)
    cut = [(key, *divmod(int(amount * 100) * unit, whole)) for key, unit in units]
    parts = {key: part for key, part, _ in cut}
    left = int(amount * 100) - sum(parts.values())
    # Sorting is stable: equal remainders stay in the order of the lines.
    for key, _, _ in sorted(cut, key=lambda share: -share[2])[:left]:
        parts[key] += 1
    return {key: Decimal(part) / 100 for key, part in parts.items()}


def discounts(state: State, basket: Basket, now: datetime) -> list[Discount]:
    """The offers that discount this basket: campaigns, then the code; never more than all."""
    totals = [(line.id, line_total(state, line)) for line in sorted_lines(basket)]
    whole = product_total(state, basket)
    left = whole
    offers = [*state.campaigns]
    if voucher := state.vouchers.get(basket.voucher or ""):
        offers.append(voucher)
    found = []
    for offer in offers:
        amount = min(left, _amount(offer, whole))
        if offer.good(now, whole) and amount > 0:
            found.append(Discount(offer.description, amount, shares(amount, totals)))
            left -= amount
    return found


def _amount(offer: Offer, whole: Decimal) -> Decimal:
    return cents(whole * offer.value / 100) if offer.percentage else cents(offer.value)


def sorted_lines(basket: Basket) -> list[Line]:
    """The lines by product, then by attributes."""
    return sorted(basket.lines, key=Line.place)


def shown_line(
    vendor: Vendor, state: State, line: Line, taken: Sequence[Discount]
) -> dict[str, Any]:
    """A line as answers show it."""
    product = state.products[line.product]
    unit = f"{cents(Decimal(product.price)):f}"
    return vendor.more(
        {
            "quantity": line.quantity,
            "product": vendor.more(product.shown()),
            "unit_price": unit,
            "currency_type": "try",
            "tax_rate": "18.00",
            "total_amount": f"{line_total(state, line):f}",
            "shipping_discount": None,
            "attributes": line.attributes,
            "id": line.id,
            "attributes_kwargs": {},
            "image": None,
            "parent": None,
            "offer_badges": [
                {"description": one.description, "discount": f"{cents(one.shares[line.id]):f}"}
                for one in taken
            ],
            "price": unit,
            "retail_price": f"{cents(Decimal(product.retail_price)):f}",
            "stock": product.stock,
            "discount_amount": f"{cents(sum((o.shares[line.id] for o in taken), NOTHING)):f}",
        }
    )


def shown_basket(vendor: Vendor, state: State, basket: Basket, now: datetime) -> dict[str, Any]:
    """A basket as answers show it."""
    taken = discounts(state, basket, now)
    whole = product_total(state, basket)
    off = sum((discount.amount for discount in taken), NOTHING)
    return vendor.more(
        {
            "basketitem_set": [
                shown_line(vendor, state, line, taken) for line in sorted_lines(basket)
            ],
            "total_amount": f"{whole - off:f}",
            "total_quantity": sum(line.quantity for line in basket.lines),
            "unavailable_basket_products": basket.unavailable,
            "upsell_details": [],
            "discounts": [
                {"description": discount.description, "discount": f"{discount.amount:f}"}
                for discount in taken
            ],
            "total_discount_amount": f"{off:f}",
            "total_product_amount": f"{whole:f}",
            "voucher_code": basket.voucher,
            "pk": basket.pk,
            "created_date": stamp(basket.created),
            "modified_date": stamp(basket.modified),
            "segment": {"pk": None, "stock_list": None, "price_list": None},
        }
    )
