"""Akinon with faults: the basket's arithmetic, and its discount codes."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from ..call import Answer, Call
from ..refusal import Refusal
from ..state import Document
from .akinon import (
    ADD,
    BASKETS,
    CHANGE,
    ITEM,
    SET,
    basket_of,
    change_basket,
    of_basket,
)
from .decorate import Body, instead, on_refusal, sent, shown
from .fault import Apply, Fault, faults
from .stage import Stage

CENT = Decimal("0.01")


def _less(amount: str, by: Decimal) -> str:
    return str(max(Decimal(amount) - by, Decimal("0.00")))


def _of_lines(change: Callable[[Body], Body]) -> Apply:
    """Every line is changed, also the one that stands alone in an answer."""

    def apply_to(_: Call, body: Body) -> Body:
        if "basket" not in body:
            return change(body)
        basket = body["basket"]
        lines = [change(line) for line in basket["basketitem_set"]]
        return {**body, "basket": {**basket, "basketitem_set": lines}}

    return shown((*BASKETS, ITEM), apply_to)


def _cent_moved(_: Call, basket: Body) -> Body:
    """The first line that has a discount gives a cent of it to the last line."""
    lines = [dict(line) for line in basket["basketitem_set"]]
    giving = next((line for line in lines if Decimal(line["discount_amount"]) > 0), None)
    if giving is not None and giving is not lines[-1]:
        giving["discount_amount"] = _less(giving["discount_amount"], CENT)
        lines[-1]["discount_amount"] = _less(lines[-1]["discount_amount"], -CENT)
    return {**basket, "basketitem_set": lines}


def _first_line_more(_: Call, basket: Body) -> Body:
    first, *others = basket["basketitem_set"] or [None]
    if first is None:
        return basket
    more = {**first, "discount_amount": _less(first["discount_amount"], -CENT)}
    return {**basket, "basketitem_set": [more, *others]}


def _rounded_down(_: Call, basket: Body) -> Body:
    """Discounts in per cent lose the part of a cent that half-up rounding gives them."""
    total = Decimal(basket["total_product_amount"])
    discounts = list(basket["discounts"])
    if not discounts or discounts[0]["description"] != "Sitewide Campaign":
        return basket
    exact = total * 20 / 100
    lower = exact.quantize(CENT, ROUND_DOWN)
    lost = Decimal(discounts[0]["discount"]) - lower
    if lost <= 0:
        return basket
    discounts[0] = {**discounts[0], "discount": str(lower)}
    return {
        **basket,
        "discounts": discounts,
        "total_discount_amount": _less(basket["total_discount_amount"], lost),
        "total_amount": _less(basket["total_amount"], -lost),
    }


def _badge_more(line: Body) -> Body:
    if not line["offer_badges"]:
        return line
    first, *others = line["offer_badges"]
    return {
        **line,
        "offer_badges": [{**first, "discount": _less(first["discount"], -CENT)}, *others],
    }


def _twice_discounted(_: Call, basket: Body) -> Body:
    off = Decimal(basket["total_discount_amount"])
    return {**basket, "total_amount": _less(basket["total_amount"], off)}


def _taxed(_: Call, basket: Body) -> Body:
    total = Decimal(basket["total_amount"]) * Decimal("1.18")
    return {**basket, "total_amount": str(total.quantize(CENT))}


def _summed(line: Body) -> Body:
    return {**line, "total_amount": line["unit_price"]}


def _net(line: Body) -> Body:
    return {
        **line,
        "total_amount": _less(line["total_amount"], Decimal(line["discount_amount"])),
    }


ARITHMETIC = faults(
    "akinon",
    "arithmetic",
    (
        "total-not-reduced",
        "The basket's total_amount leaves the discounts out.",
        of_basket(lambda _, b: {**b, "total_amount": b["total_product_amount"]}),
    ),
    (
        "discounts-twice",
        "The basket's total_amount is reduced twice.",
        of_basket(_twice_discounted),
    ),
    ("tax-on-top", "The basket's total_amount has tax on top.", of_basket(_taxed)),
    (
        "quantity-counts-lines",
        "The total_quantity counts the lines, not their units.",
        of_basket(lambda _, b: {**b, "total_quantity": len(b["basketitem_set"])}),
    ),
    ("line-is-one-unit", "A line's total_amount is the price of one unit.", _of_lines(_summed)),
    ("line-after-discount", "A line's total_amount is after discount.", _of_lines(_net)),
    (
        "unit-is-retail",
        "A line's unit_price is the product's retail price.",
        _of_lines(lambda line: {**line, "unit_price": line["retail_price"]}),
    ),
    (
        "shares-exceed",
        "The lines' discounts are a cent more than the basket's.",
        of_basket(_first_line_more),
    ),
    (
        "cent-to-the-last",
        "A cent of the first discounted line's share goes to the last line.",
        of_basket(_cent_moved),
    ),
    ("rounded-down", "Per cents are rounded down.", of_basket(_rounded_down)),
    ("badges-exceed", "A line's badges are a cent more than its discount.", _of_lines(_badge_more)),
    (
        "discounts-reversed",
        "The discounts are listed with the code first.",
        of_basket(lambda _, b: {**b, "discounts": b["discounts"][::-1]}),
    ),
    (
        "item-undiscounted",
        "The item that a change answers with shows no discount.",
        shown(ITEM, lambda _, line: {**line, "discount_amount": "0.00", "offer_badges": []}),
    ),
)


def _stored_voucher(call: Call) -> Document | None:
    """The voucher of the body's code, expired or not."""
    return call.state.store.get("vouchers", call.body.get("voucher_code", ""))


def _taken(is_meant: Callable[[Call], bool]) -> Apply:
    """A code that is refused is taken after all, if it is meant."""

    def act(stage: Stage, call: Call, _: Refusal) -> Answer | None:
        code = call.body.get("voucher_code")
        if code is None or "product" in call.body or not is_meant(call):
            return None
        return stage.play(call._replace(body={"external_offer_code": code}))

    return on_refusal(CHANGE, act)


def _is_expired(call: Call) -> bool:
    return _stored_voucher(call) is not None and not _is_live(call)


def _is_live(call: Call) -> bool:
    return call.state.get("vouchers", call.body.get("voucher_code", "")) is not None


def _folded(stage: Stage, call: Call, _: Refusal) -> Answer | None:
    code = call.body.get("voucher_code")
    if code is None or code == code.lower():
        return None
    return stage.play(call._replace(body={**call.body, "voucher_code": code.lower()}))


def _external_checked(stage: Stage, call: Call) -> Answer:
    code = call.body.get("external_offer_code")
    if code is not None and call.state.get("vouchers", code) is None:
        raise Refusal(400, "This code is not valid.")
    return stage.play(call)


def _external_dropped(body: Body) -> Body:
    if "product" in body or "external_offer_code" not in body:
        return body
    kept = {name: value for name, value in body.items() if name != "external_offer_code"}
    return kept if "voucher_code" in kept else {"remove_voucher_code": False}


def _never_removed(body: Body) -> Body:
    return {**body, "remove_voucher_code": False} if "remove_voucher_code" in body else body


def _removed_for_show(stage: Stage, call: Call) -> Answer:
    before = basket_of(call)
    answer = stage.play(call)
    if call.body.get("remove_voucher_code") and before is not None:
        change_basket(call, voucher_code=before["voucher_code"])
    return answer


def _lost_on_write(stage: Stage, call: Call) -> Answer:
    stage.play(call)
    change_basket(call, voucher_code=None)
    answer = stage.play(call, "get_basket")
    session = call.identity.name if call.identity else "unknown"
    return answer._replace(body={**answer.body, "osessionid": session})


def _first_code_stays(stage: Stage, call: Call) -> Answer:
    before = basket_of(call)
    if before is None or not before["voucher_code"] or "product" in call.body:
        return stage.play(call)
    if not {"voucher_code", "external_offer_code"} & call.body.keys():
        return stage.play(call)
    return stage.play(call._replace(body={"remove_voucher_code": False}))


def _code_untold(_: Call, basket: Body) -> Body:
    return {**basket, "voucher_code": None}


def _discount_untold(call: Call, basket: Body) -> Body:
    voucher = call.state.get("vouchers", basket["voucher_code"] or "")
    told = voucher["description"] if voucher else None
    kept = [d for d in basket["discounts"] if d["description"] != told]
    return {**basket, "discounts": kept}


def _dropped_below(stage: Stage, call: Call) -> Answer:
    """A code whose minimum the basket misses is taken off it."""
    answer = stage.play(call)
    basket = basket_of(call)
    voucher = call.state.get("vouchers", (basket or {}).get("voucher_code") or "")
    minimum = voucher["minimum"] if voucher else None
    shown_: Any = answer.body["basket"]
    if minimum is None or Decimal(shown_["total_product_amount"]) >= Decimal(minimum):
        return answer
    change_basket(call, voucher_code=None)
    return answer._replace(body={**answer.body, "basket": {**shown_, "voucher_code": None}})


VOUCHERS = faults(
    "akinon",
    "vouchers",
    ("expired-code-taken", "A code that has expired is taken.", _taken(_is_expired)),
    (
        "unknown-code-taken",
        "A code that nobody gave is taken.",
        _taken(lambda call: _stored_voucher(call) is None),
    ),
    ("minimum-unasked", "A code is taken below its minimum.", _taken(_is_live)),
    ("code-folded", "A code is taken in capital letters.", on_refusal(CHANGE, _folded)),
    (
        "external-code-checked",
        "An external code that is no good is refused.",
        instead(CHANGE, _external_checked),
    ),
    (
        "external-code-dropped",
        "An external code is not stored.",
        sent(CHANGE, _external_dropped),
    ),
    ("removal-ignored", "Removing the code has no effect.", sent(CHANGE, _never_removed)),
    (
        "removal-for-show",
        "A removed code is back at the next look.",
        instead(CHANGE, _removed_for_show),
    ),
    ("code-lost-on-add", "Adding a product drops the code.", instead(ADD, _lost_on_write)),
    (
        "first-code-stays",
        "A second code does not take the place of the first.",
        instead(CHANGE, _first_code_stays),
    ),
    ("code-untold", "The basket does not show its code.", of_basket(_code_untold)),
    (
        "discount-untold",
        "What the code takes off is not among the discounts.",
        of_basket(_discount_untold),
    ),
    (
        "missed-minimum-drops-code",
        "A code is dropped once the basket misses its minimum.",
        instead((SET, CHANGE), _dropped_below),
    ),
)

FAULTS: tuple[Fault, ...] = (*ARITHMETIC, *VOUCHERS)
