"""Laws of Akinon's discount codes: checked at once, stored unchecked, and removed."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_money import Offer, around, hold_totals, vouchers
from .akinon_visit import (
    Visit,
    basket,
    filled,
    goods,
    look,
    money,
    state,
)
from .vendor import Entry

PATCH = "change_basket"
UNKNOWN = ("understudy-unknown", "understudy unknown", "?")
VOUCHER = "/components/schemas/Basket/properties/voucher_code"


def hold_code(answer: Exchange, code: str | None) -> None:
    """Violation unless the basket shows that code."""
    found = basket(answer)["voucher_code"]
    if found != code:
        raise Violation(f"the basket's voucher_code is {found!r}, not {code!r}", answer)


def _off(answer: Exchange) -> Decimal:
    return money(basket(answer)["total_discount_amount"])


def fitting(trial: Trial) -> Iterator[tuple[Visit, Exchange, Offer]]:
    """Filled baskets, each with a voucher that it is large enough for."""
    for voucher in vouchers(trial):
        visit = filled(trial)
        if visit is None:
            return
        before = visit.read()
        if money(basket(before)["total_product_amount"]) >= voucher.minimum:
            yield visit, before, voucher


def _applied(trial: Trial) -> None:
    for visit, before, voucher in fitting(trial):
        answer = visit.code(voucher_code=voucher.code)
        hold_code(answer, voucher.code)
        hold_totals(answer)
        total = money(basket(answer)["total_product_amount"])
        wanted = min(_off(before) + voucher.takes(total), total)
        if _off(answer) != wanted:
            raise Violation(
                f"with {voucher.code} {_off(answer)} are taken off {total}, not {wanted}",
                before,
                answer,
            )
        again = visit.code(voucher_code=voucher.code)
        if look(again) != look(answer):
            raise Violation("a code that is applied twice is not as once", answer, again)
        trial.fire(voucher.code, look(before))


def _removed(trial: Trial) -> None:
    for visit, before, voucher in fitting(trial):
        for name, code in (
            ("voucher_code", voucher.code),
            ("external_offer_code", voucher.code),
            ("external_offer_code", UNKNOWN[0]),
        ):
            visit.code(**{name: code})
            after = visit.code(remove_voucher_code=True)
            if look(before) != look(after):
                raise Violation("a code that was removed left something", before, after)
            trial.fire(name, code)


def _unknown(trial: Trial) -> None:
    for visit in (filled(trial), Visit(trial)):
        if visit is None:
            continue
        for code in (*UNKNOWN, *_in_other_case(trial)):
            visit.refused(PATCH, {"voucher_code": code}, "a code that does not exist")
            trial.fire(code, look(visit.read()))
        visit.code(external_offer_code=UNKNOWN[0])
        visit.refused(PATCH, {"voucher_code": UNKNOWN[1]}, "a code that does not exist")


def _in_other_case(trial: Trial) -> list[str]:
    """Codes that differ from good ones in upper and lower case alone."""
    good = {voucher.code for voucher in vouchers(trial)}
    return sorted({code.swapcase() for code in good} - good)


def _expired(trial: Trial) -> None:
    known = trial.subject.known.get("expired-voucher", ())
    if not known:
        trial.reason = "the subject's file names no expired voucher as known.expired-voucher"
    for code in known:
        for _ in range(3):
            visit = filled(trial)
            if visit is None:
                return
            visit.refused(PATCH, {"voucher_code": code}, "a code that has expired")
            before = visit.read()
            answer = visit.code(external_offer_code=code)
            hold_code(answer, code)
            if _off(answer) != _off(before):
                raise Violation("a code that has expired discounts", before, answer)
            trial.fire(code, look(before))


def _with_minimum(trial: Trial) -> list[Offer]:
    found = [voucher for voucher in vouchers(trial) if voucher.minimum]
    if not found:
        trial.reason = "the subject's file names no voucher with a minimum as known.voucher"
    return found


def _minimum(trial: Trial) -> None:
    for voucher in _with_minimum(trial):
        for quantity, product in around(trial, voucher.minimum):
            visit = Visit(trial)
            before = visit.add(product, quantity)
            total = money(basket(before)["total_product_amount"])
            body = {"voucher_code": voucher.code}
            if total < voucher.minimum:
                visit.refused(PATCH, body, f"a code from {voucher.minimum} on, at {total},")
            else:
                hold_code(visit.good(PATCH, body), voucher.code)
            trial.fire(voucher.code, total)


def _fallen(trial: Trial) -> None:
    """A basket that falls below its code's minimum keeps it, without a discount, and regains it."""
    for voucher in _with_minimum(trial):
        for one in goods(trial, 12, 1, least=1):
            least = int(voucher.minimum / one.price) + 1 if one.price else 0
            if not 1 < least <= one.stock:
                continue
            visit = Visit(trial)
            visit.add(one.product, least)
            large = visit.code(voucher_code=voucher.code)
            small = visit.set(one.product, 1)
            if money(basket(small)["total_product_amount"]) >= voucher.minimum:
                continue
            hold_code(small, voucher.code)
            plain = Visit(trial).add(one.product, 1)
            if _off(small) != _off(plain):
                raise Violation("a code below its minimum discounts", small, plain)
            again = visit.set(one.product, least)
            if look(again) != look(large):
                raise Violation(
                    "a code that is good again does not discount again", large, small, again
                )
            trial.fire(voucher.code, one.product)


def _replaced(trial: Trial) -> None:
    found = [voucher for voucher in vouchers(trial) if not voucher.minimum]
    for first, second in pairwise(found):
        both = filled(trial)
        if both is None:
            return
        both.code(voucher_code=first.code)
        answer = both.code(voucher_code=second.code)
        hold_code(answer, second.code)
        both.code(remove_voucher_code=True)
        alone = both.code(voucher_code=second.code)
        if look(answer) != look(alone):
            raise Violation("the code that was there before still counts", answer, alone)
        trial.fire(first.code, second.code)


def _on_empty(trial: Trial) -> None:
    for voucher in vouchers(trial):
        visit = Visit(trial)
        if voucher.minimum:
            visit.refused(PATCH, {"voucher_code": voucher.code}, "a code that needs more")
        else:
            answer = visit.code(voucher_code=voucher.code)
            hold_code(answer, voucher.code)
            if basket(answer)["discounts"]:
                raise Violation("an empty basket is discounted", answer)
        trial.fire(voucher.code)


def _stays(trial: Trial) -> None:
    """A code outlives changes of the lines."""
    for voucher in [voucher for voucher in vouchers(trial) if not voucher.minimum]:
        visit = filled(trial)
        if visit is None:
            return
        visit.code(voucher_code=voucher.code)
        for one in goods(trial, 2, least=1):
            hold_code(visit.add(one.product, 1), voucher.code)
            answer = visit.set(one.product, 2)
            hold_code(answer, voucher.code)
            hold_code(visit.set(one.product, 0), voucher.code)
        if state(visit.read())["voucher_code"] != voucher.code:
            raise Violation("the code is gone", *visit.trail[-2:])
        trial.fire(voucher.code)


LAWS = (
    Entry(
        "codes.applied",
        PATCH,
        "A good code is shown and takes off what it says, once.",
        ("seed", "A26", "A27"),
        _applied,
        VOUCHER,
    ),
    Entry(
        "codes.removed",
        PATCH,
        "A code that is removed leaves the basket as it was before.",
        ("seed",),
        _removed,
    ),
    Entry(
        "codes.unknown",
        PATCH,
        "A code that does not exist is refused at once, and nothing changes.",
        ("seed", "A26", "A29"),
        _unknown,
        "/responses/400",
    ),
    Entry(
        "codes.expired",
        PATCH,
        "A code that has expired is refused, and discounts nothing where it is stored.",
        ("seed", "A26", "A29"),
        _expired,
        "/responses/400",
    ),
    Entry(
        "codes.minimum",
        PATCH,
        "A code is good from its minimum on, and refused below.",
        ("A26", "A29"),
        _minimum,
    ),
    Entry(
        "codes.fallen",
        PATCH,
        "A code whose minimum is missed later stays, and discounts again when it is met.",
        ("A26",),
        _fallen,
    ),
    Entry(
        "codes.replaced",
        PATCH,
        "A new code takes the place of the one before.",
        ("seed", "A26"),
        _replaced,
        VOUCHER,
    ),
    Entry(
        "codes.empty-basket",
        PATCH,
        "In an empty basket a code without a minimum takes nothing.",
        ("A26", "A27"),
        _on_empty,
    ),
    Entry(
        "codes.stays",
        PATCH,
        "A code outlives changes of the lines.",
        ("seed", "A26"),
        _stays,
        VOUCHER,
    ),
)
