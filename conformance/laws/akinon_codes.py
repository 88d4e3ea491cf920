"""Laws of Akinon's discount codes: checked at once, stored unchecked, and removed."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_money import Offer, around, hold_totals, vouchers
from .akinon_visit import (
    Visit,
    asked,
    basket,
    filled,
    goods,
    lines,
    look,
    money,
    state,
)
from .vendor import Entry

PATCH = "change_basket"
UNKNOWN = ("understudy-unknown", "understudy unknown", "?")
VOUCHER = "/components/schemas/Basket/properties/voucher_code"


def _hold_code(answer: Exchange, code: str | None) -> None:
    found = basket(answer)["voucher_code"]
    if found != code:
        raise Violation(f"the basket's voucher_code is {found!r}, not {code!r}", answer)


def _off(answer: Exchange) -> Decimal:
    return money(basket(answer)["total_discount_amount"])


def _fitting(trial: Trial) -> Iterator[tuple[Visit, Exchange, Offer]]:
    """Filled baskets, each with a voucher that it is large enough for."""
    for voucher in vouchers(trial):
        visit = filled(trial)
        if visit is None:
            return
        before = visit.read()
        if money(basket(before)["total_product_amount"]) >= voucher.minimum:
            yield visit, before, voucher


def _applied(trial: Trial) -> None:
    for visit, before, voucher in _fitting(trial):
        answer = visit.code(voucher_code=voucher.code)
        _hold_code(answer, voucher.code)
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
    for visit, before, voucher in _fitting(trial):
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
        for code in UNKNOWN:
            visit.refused(PATCH, {"voucher_code": code}, "a code that does not exist")
            trial.fire(code, look(visit.read()))
        visit.code(external_offer_code=UNKNOWN[0])
        visit.refused(PATCH, {"voucher_code": UNKNOWN[1]}, "a code that does not exist")


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
            _hold_code(answer, code)
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
                _hold_code(visit.good(PATCH, body), voucher.code)
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
            _hold_code(small, voucher.code)
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
        _hold_code(answer, second.code)
        both.code(remove_voucher_code=True)
        alone = both.code(voucher_code=second.code)
        if look(answer) != look(alone):
            raise Violation("the code that was there before still counts", answer, alone)
        trial.fire(first.code, second.code)


def _external(trial: Trial) -> None:
    """An external code is stored whatever it is, and discounts when it is a good one."""
    for code in UNKNOWN:
        visit = filled(trial)
        if visit is None:
            return
        before = visit.read()
        for answer in (visit.code(external_offer_code=code), visit.read()):
            _hold_code(answer, code)
            if {**look(answer), "voucher_code": None} != look(before):
                raise Violation("a code that does not exist discounts", before, answer)
        trial.fire(code)
    for voucher in vouchers(trial):
        visit = Visit(trial)
        answer = visit.code(external_offer_code=voucher.code)
        _hold_code(answer, voucher.code)
        trial.fire(voucher.code)
    for visit, _, voucher in _fitting(trial):
        stored = visit.code(external_offer_code=voucher.code)
        checked = visit.code(voucher_code=voucher.code)
        if look(stored) != look(checked):
            raise Violation(
                "an external code that is good counts otherwise than a checked one",
                stored,
                checked,
            )
        trial.fire(voucher.code, look(stored))


def _kept(trial: Trial) -> None:
    """`remove_voucher_code` with an external code: that one stays."""
    for number, code in enumerate(UNKNOWN):
        visit = filled(trial) or Visit(trial)
        visit.code(external_offer_code=f"understudy-{number}")
        answer = visit.code(remove_voucher_code=True, external_offer_code=code)
        _hold_code(answer, code)
        trial.fire(code)


def _not_removed(trial: Trial) -> None:
    for code in UNKNOWN:
        visit = filled(trial) or Visit(trial)
        before = visit.code(external_offer_code=code)
        answer = visit.code(remove_voucher_code=False)
        if look(before) != look(answer):
            raise Violation("remove_voucher_code: false changed the basket", before, answer)
        trial.fire(code)


def _together(trial: Trial) -> None:
    """Of a code to check and an external one the first is checked and the second stored."""
    for visit, _, voucher in _fitting(trial):
        answer = visit.code(voucher_code=voucher.code, external_offer_code=UNKNOWN[0])
        _hold_code(answer, UNKNOWN[0])
        body = {"voucher_code": UNKNOWN[1], "external_offer_code": voucher.code}
        visit.refused(PATCH, body, "a code that does not exist, with an external one,")
        trial.fire(voucher.code)


def _checked_and_removed(trial: Trial) -> None:
    for visit, before, voucher in _fitting(trial):
        body: dict[str, Any] = {"voucher_code": UNKNOWN[1], "remove_voucher_code": True}
        visit.refused(PATCH, body, "a code that does not exist, with a removal,")
        answer = visit.code(voucher_code=voucher.code, remove_voucher_code=True)
        if look(before) != look(answer):
            raise Violation("a code that came with a removal stayed", before, answer)
        trial.fire(voucher.code)


def _beside_product(trial: Trial) -> None:
    """Beside a product only an external code is honoured."""
    known: list[Offer | None] = [*vouchers(trial)[:3]]
    for voucher in known or [None]:
        for one in goods(trial, 2, least=1):
            visit = Visit(trial)
            visit.add(one.product, 1)
            visit.code(external_offer_code=UNKNOWN[0])
            more: list[tuple[dict[str, Any], str]] = [
                ({"remove_voucher_code": True}, UNKNOWN[0]),
                ({"voucher_code": UNKNOWN[1]}, UNKNOWN[0]),
                ({"external_offer_code": UNKNOWN[1]}, UNKNOWN[1]),
            ]
            if voucher is not None and not voucher.minimum:
                more.insert(1, ({"voucher_code": voucher.code}, UNKNOWN[0]))
            for number, (members, wanted) in enumerate(more, 2):
                answer = visit.good(PATCH, {**asked(one.product, number), **members})
                _hold_code(answer, wanted)
                if lines(answer)[0]["quantity"] != number:
                    raise Violation("a code beside a product hinders the quantity", answer)
                trial.fire(one.product, members)


def _on_empty(trial: Trial) -> None:
    for voucher in vouchers(trial):
        visit = Visit(trial)
        if voucher.minimum:
            visit.refused(PATCH, {"voucher_code": voucher.code}, "a code that needs more")
        else:
            answer = visit.code(voucher_code=voucher.code)
            _hold_code(answer, voucher.code)
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
            _hold_code(visit.add(one.product, 1), voucher.code)
            answer = visit.set(one.product, 2)
            _hold_code(answer, voucher.code)
            _hold_code(visit.set(one.product, 0), voucher.code)
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
        "codes.external",
        PATCH,
        "An external code is stored unchecked, and discounts when it is good.",
        ("seed", "A26"),
        _external,
    ),
    Entry(
        "codes.kept",
        PATCH,
        "An external code that comes with a removal is not removed.",
        ("seed",),
        _kept,
    ),
    Entry(
        "codes.not-removed",
        PATCH,
        "remove_voucher_code: false removes nothing.",
        ("seed",),
        _not_removed,
    ),
    Entry(
        "codes.together",
        PATCH,
        "Of a code to check and an external one the first is checked and the second stored.",
        ("A26",),
        _together,
    ),
    Entry(
        "codes.checked-and-removed",
        PATCH,
        "A code that comes with a removal is checked, and then removed.",
        ("A26",),
        _checked_and_removed,
    ),
    Entry(
        "codes.beside-product",
        PATCH,
        "Beside a product only an external code is honoured.",
        ("seed", "A26"),
        _beside_product,
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
