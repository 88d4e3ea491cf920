"""`Cart`: the basket of a session with its lines, as it is opened, saved and shown."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ...fixtures.fixture import complete
from .. import resource
from ..call import Call
from ..state import Document, State
from . import akinon_vouchers as vouchers
from .akinon_basket import Discount, PricedBasket, PricedLine, priced, product_total
from .akinon_lines import Line, Lines, ordered, swept


class Cart(NamedTuple):
    """What a session has in its basket; `is_new` when this request began the session."""

    session: str
    basket: Document
    lines: Lines
    is_new: bool


def opened(call: Call) -> Cart:
    """The cart of the request's session; without a known one, that of a new guest (ruling A23)."""
    state, identity = call.state, call.identity
    known = None if identity is None else state.get("sessions", identity.name)
    session = known or {"osessionid": state.token(), "basket": None}
    key = session["basket"]
    basket = None if key is None else state.get("baskets", key)
    lines: Lines = ()
    if basket is None:
        basket = _new_basket(call)
        put = state.insert if known is None else state.replace
        put("sessions", {**session, "basket": basket["pk"]})
    else:
        lines = _lines(state, basket)
    return Cart(session["osessionid"], basket, lines, known is None)


def looked_at(call: Call, cart: Cart) -> Cart:
    """`cart` without what can no longer be bought, which stays listed (ruling A28)."""
    kept, gone = swept(cart.lines, _stock(call.state, cart.lines))
    if not gone:
        return cart
    earlier = cart.basket["unavailable_basket_products"]
    listed = [*earlier, *(_unavailable(call.state, line) for line in ordered(gone))]
    return _stored(call, cart, kept, {"unavailable_basket_products": listed})


def saved(call: Call, cart: Cart, lines: Lines, **members: Any) -> Cart:
    """`cart` with these lines and members of the basket after a write, as GET would show it."""
    kept, gone = swept(lines, _stock(call.state, lines))
    listed = [_unavailable(call.state, line) for line in ordered(gone)]
    changes = {
        "unavailable_basket_products": listed,
        "modified_date": call.state.timestamp(),
        **members,
    }
    return _stored(call, cart, kept, changes)


def payable(call: Call, lines: Lines) -> Decimal:
    """What the lines that can be bought cost before discounts."""
    kept, _ = swept(lines, _stock(call.state, lines))
    return product_total(kept, _prices(_products(call.state, kept)))


def shown(call: Call, cart: Cart) -> dict[str, Any]:
    """The basket as answers have it (rulings A27, A30)."""
    basket = cart.basket
    products = _products(call.state, cart.lines)
    money = _priced(call.state, cart, products)
    return {
        "basketitem_set": [_item(call, line, products) for line in money.lines],
        "total_amount": str(money.total),
        "total_quantity": money.quantity,
        "unavailable_basket_products": basket["unavailable_basket_products"],
        "upsell_details": [],
        "discounts": _discounts(money.discounts),
        "total_discount_amount": str(money.total_discount),
        "total_product_amount": str(money.total_product),
        "voucher_code": basket["voucher_code"],
        "pk": basket["pk"],
        "created_date": basket["created_date"],
        "modified_date": basket["modified_date"],
        "segment": basket["segment"],
    }


def shown_line(call: Call, cart: Cart, line: Line) -> dict[str, Any]:
    """One line of the basket as answers have it."""
    products = _products(call.state, cart.lines)
    lines = _priced(call.state, cart, products).lines
    return next(_item(call, each, products) for each in lines if each.line.id == line.id)


def _new_basket(call: Call) -> Document:
    now = call.state.timestamp()
    members = {
        "pk": call.state.next_number("baskets"),
        "created_date": now,
        "modified_date": now,
    }
    return call.state.insert("baskets", complete(call.contract, "baskets", members))


def _lines(state: State, basket: Document) -> Lines:
    return tuple(
        Line(item["id"], item["product"], item["attributes"], item["quantity"])
        for item in state.find("basket_items", basket=basket["pk"])
    )


def _stored(call: Call, cart: Cart, lines: Lines, changes: Mapping[str, Any]) -> Cart:
    """`cart` with these lines and changes, of which what differs is written."""
    state, basket = call.state, {**cart.basket, **changes}
    before = {line.id: line for line in cart.lines}
    for key in before.keys() - {line.id for line in lines}:
        state.delete("basket_items", key)
    for line in lines:
        if before.get(line.id) != line:
            item = {
                "id": line.id,
                "basket": basket["pk"],
                "product": line.product,
                "quantity": line.quantity,
                "attributes": line.attributes,
            }
            put = state.replace if line.id in before else state.insert
            put("basket_items", item)
    state.replace("baskets", basket)
    return Cart(cart.session, basket, lines, cart.is_new)


def _priced(state: State, cart: Cart, products: Mapping[int, Document]) -> PricedBasket:
    offers = vouchers.offers(state, cart.basket["voucher_code"])
    return priced(cart.lines, _prices(products), offers)


def _products(state: State, lines: Lines) -> dict[int, Document]:
    """The lines' products by key, as far as there are any."""
    found = {key: state.get("products", key) for key in {line.product for line in lines}}
    return {key: product for key, product in found.items() if product is not None}


def _prices(products: Mapping[int, Document]) -> dict[int, Decimal]:
    return {key: Decimal(product["price"]) for key, product in products.items()}


def _stock(state: State, lines: Lines) -> dict[int, int]:
    """What there is of the lines' products that can be bought."""
    products = _products(state, lines)
    return {key: product["stock"] for key, product in products.items() if product["is_active"]}


def _unavailable(state: State, line: Line) -> dict[str, Any]:
    product = state.get("products", line.product)
    return {
        "pk": line.product,
        "name": None if product is None else product["name"],
        "unavailable_quantity": line.quantity,
    }


def _item(call: Call, priced_line: PricedLine, products: Mapping[int, Document]) -> dict[str, Any]:
    line = priced_line.line
    product = products[line.product]
    unit_price = str(priced_line.unit_price)
    in_stock = {"in_stock": product["stock"] > 0}
    return {
        "quantity": line.quantity,
        "product": {**resource.shown(call.contract, "products", product), **in_stock},
        "unit_price": unit_price,
        "currency_type": product["currency_type"],
        "tax_rate": product["tax_rate"],
        "total_amount": str(priced_line.total),
        "shipping_discount": None,
        "attributes": line.attributes,
        "id": line.id,
        "attributes_kwargs": {},
        "image": None,
        "parent": None,
        "offer_badges": _discounts(priced_line.badges),
        "price": unit_price,
        "retail_price": f"{Decimal(product['retail_price']):.2f}",
        "stock": product["stock"],
        "discount_amount": str(priced_line.discount),
    }


def _discounts(discounts: tuple[Discount, ...]) -> list[dict[str, str]]:
    return [
        {"description": discount.description, "discount": str(discount.amount)}
        for discount in discounts
    ]
