"""What an Akinon basket must come to, by the judge's own arithmetic, and the laws about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_visit import Visit, basket, goods, lines, look, money, place, some_attributes
from .vendor import Entry

CENT = Decimal("0.01")
ZERO = Decimal(0)
BASKET = "/components/schemas/Basket"
ITEM = "/components/schemas/BasketItem"


@dataclass(frozen=True, slots=True)
class Offer:
    """A discount of the whole basket, by `percent` or by `amount`; a `code` makes it a voucher."""

    percent: Decimal | None
    amount: Decimal | None
    minimum: Decimal
    code: str = ""

    def takes(self, total: Decimal) -> Decimal:
        """What it takes off `total`, if nothing came before it."""
        if total < self.minimum:
            return ZERO
        if self.percent is None:
            return self.amount or ZERO
        return (total * self.percent / 100).quantize(CENT, ROUND_HALF_UP)


def _offer(node: Any) -> Offer:
    percent, amount = node.get("percent"), node.get("amount")
    return Offer(
        None if percent is None else Decimal(percent),
        None if amount is None else Decimal(amount),
        Decimal(node.get("minimum", "0")),
        node.get("code", ""),
    )


def campaigns(trial: Trial) -> list[Offer] | None:
    """The campaigns in force; None where the subject's file does not say."""
    known = trial.subject.known.get("campaign")
    return None if known is None else [_offer(node) for node in known]


def vouchers(trial: Trial) -> list[Offer]:
    """The good vouchers that the subject's file names, in a random order."""
    found = [_offer(node) for node in trial.subject.known.get("voucher", ())]
    trial.random.shuffle(found)
    if not found:
        trial.reason = "the subject's file names no good voucher as known.voucher"
    return found


def discounts(total: Decimal, offers: Sequence[Offer]) -> list[Decimal]:
    """What each offer takes, in their order; those that take nothing are left out."""
    left, found = total, []
    for offer in offers:
        taken = min(offer.takes(total), left)
        if taken:
            found.append(taken)
            left -= taken
    return found


def shares(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`amount` divided in proportion, in whole cents by largest remainder; ties to the first."""
    whole = sum(weights)
    if not whole:
        return [ZERO for _ in weights]
    exact = [amount / CENT * weight / whole for weight in weights]
    cents = [int(part) for part in exact]
    missing = int(amount / CENT) - sum(cents)
    by_remainder = sorted(range(len(exact)), key=lambda n: (cents[n] - exact[n], n))
    for number in by_remainder[:missing]:
        cents[number] += 1
    return [count * CENT for count in cents]


# ------------------------------------------------------------------------------------ the laws


def hold_totals(answer: Exchange) -> None:
    """Violation when the sums of a basket do not agree with its lines and discounts."""
    shown = basket(answer)
    rows = lines(answer)
    for line in rows:
        if money(line["total_amount"]) != money(line["unit_price"]) * line["quantity"]:
            raise Violation(
                f"{line['quantity']} units at {line['unit_price']} are not {line['total_amount']}",
                answer,
            )
    product = sum((money(line["total_amount"]) for line in rows), ZERO)
    off_lines = sum((money(line["discount_amount"]) for line in rows), ZERO)
    off_offers = sum((money(one["discount"]) for one in shown["discounts"]), ZERO)
    wanted = {
        "total_product_amount": product,
        "total_discount_amount": off_offers,
        "total_amount": product - off_offers,
    }
    for name, amount in wanted.items():
        if money(shown[name]) != amount:
            raise Violation(f"{name} is {shown[name]}, and should be {amount}", answer)
    if off_lines != off_offers:
        raise Violation(
            f"the lines are discounted by {off_lines}, the basket by {off_offers}", answer
        )
    if product < off_offers:
        raise Violation("the discounts exceed what the lines come to", answer)
    count = sum(line["quantity"] for line in rows)
    if shown["total_quantity"] != count:
        raise Violation(f"total_quantity is {shown['total_quantity']} for {count} units", answer)


def hold_shares(answer: Exchange) -> None:
    """Violation when the discounts are not divided over the lines as ruled."""
    rows = sorted(lines(answer), key=place)
    total = money(basket(answer)["total_discount_amount"])
    wanted = shares(total, [money(line["total_amount"]) for line in rows])
    for line, share in zip(rows, wanted, strict=True):
        if money(line["discount_amount"]) != share:
            raise Violation(
                f"the share of {place(line)} in {total} is {share}, not {line['discount_amount']}",
                answer,
            )


def hold_offers(answer: Exchange, offers: Sequence[Offer]) -> None:
    """Violation when the basket is discounted otherwise than `offers` say."""
    shown = basket(answer)
    total = sum((money(line["total_amount"]) for line in lines(answer)), ZERO)
    wanted = discounts(total, offers)
    found = [money(one["discount"]) for one in shown["discounts"]]
    if found != wanted:
        raise Violation(
            f"of {total} the offers take {_listed(wanted)}, and not {_listed(found)}", answer
        )


def _listed(amounts: Sequence[Decimal]) -> str:
    return " and ".join(str(amount) for amount in amounts) or "nothing"


def baskets(trial: Trial, count: int = 6) -> Iterator[tuple[Visit, Exchange]]:
    """Baskets with random contents, some with two lines of one product."""
    for number in range(count):
        chosen = goods(trial, 1 + number % 4, least=1)
        if not chosen:
            return
        visit = Visit(trial)
        for one in chosen:
            answer = visit.add(one.product, trial.random.randint(1, 5))
            if trial.random.random() < 0.5:
                answer = visit.add(one.product, trial.random.randint(1, 3), some_attributes(trial))
        yield visit, answer


def _with_codes(trial: Trial) -> Iterator[tuple[Exchange, Offer | None]]:
    """Random baskets, each without a code and with some that it is large enough for."""
    for visit, answer in baskets(trial):
        yield answer, None
        total = money(basket(answer)["total_product_amount"])
        for voucher in [v for v in vouchers(trial) if v.minimum <= total][:3]:
            yield visit.code(voucher_code=voucher.code), voucher


def _totals(trial: Trial) -> None:
    for answer, _ in _with_codes(trial):
        hold_totals(answer)
        trial.fire(look(answer))


def _shares(trial: Trial) -> None:
    for answer, _ in _with_codes(trial):
        if len(basket(answer)["discounts"]) == 1:
            hold_shares(answer)
            trial.fire(look(answer))


def _shares_of_several(trial: Trial) -> None:
    for answer, _ in _with_codes(trial):
        if len(basket(answer)["discounts"]) > 1:
            hold_shares(answer)
            trial.fire(look(answer))


def _badges(trial: Trial) -> None:
    for answer, _ in _with_codes(trial):
        for line in lines(answer):
            told = sum((money(one["discount"]) for one in line["offer_badges"]), ZERO)
            if told != money(line["discount_amount"]):
                raise Violation(
                    f"the badges of {place(line)} add up to {told}, "
                    f"its discount is {line['discount_amount']}",
                    answer,
                )
        trial.fire(look(answer))


def _offers(trial: Trial) -> None:
    in_force = campaigns(trial)
    if in_force is None:
        trial.reason = "the subject's file does not name the campaigns as known.campaign"
        return
    for answer, voucher in _with_codes(trial):
        hold_offers(answer, [*in_force, voucher] if voucher else in_force)
        trial.fire(look(answer))


def _thresholds(trial: Trial) -> None:
    """Around the minimum of a campaign: just below it, at it, and above it."""
    in_force = campaigns(trial)
    if in_force is None:
        trial.reason = "the subject's file does not name the campaigns as known.campaign"
        return
    for offer in in_force:
        for quantity, one in around(trial, offer.minimum):
            answer = Visit(trial).add(one, quantity)
            hold_offers(answer, in_force)
            trial.fire(one, quantity)


def around(trial: Trial, minimum: Decimal) -> Iterator[tuple[int, int]]:
    """Quantities and products that come to just less than `minimum`, to it, or to just more."""
    for one in goods(trial, 6, 1, least=1):
        least = int(minimum / one.price) if one.price else 0
        for quantity in (least, least + 1):
            if 0 < quantity <= one.stock:
                yield quantity, one.product


def _any_order(trial: Trial) -> None:
    chosen = goods(trial, 2)
    if not chosen:
        return
    one, other = chosen
    for _ in range(2):
        extra = some_attributes(trial)
        steps = [(one.product, 1, extra), (other.product, 3, None), (one.product, 2, None)]
        seen: Exchange | None = None
        for order in permutations(steps):
            visit = Visit(trial)
            for step in order:
                answer = visit.add(*step)
            if seen is not None and look(seen) != look(answer):
                raise Violation("what was added in another order looks otherwise", seen, answer)
            seen = seen or answer
            trial.fire(order)


def _line_order(trial: Trial) -> None:
    for number in range(3):
        chosen = goods(trial, 3)
        if not chosen:
            return
        visit = Visit(trial)
        for one in sorted(chosen, key=lambda each: each.product, reverse=number > 0):
            for attributes in ({"b": 1}, {"a": "ü"}, {"a": "v", "b": 0}, None):
                answer = visit.add(one.product, 1, attributes)
        found = [place(line) for line in lines(answer)]
        if found != sorted(found):
            raise Violation("the lines do not stand by product and attributes", answer)
        trial.fire(found)


def _unit_price(trial: Trial) -> None:
    for one in goods(trial, 5, least=1):
        visit = Visit(trial)
        for quantity in (1, 2, 5, 8):
            answer = visit.set(one.product, quantity)
            line = lines(answer)[0]
            if money(line["unit_price"]) != one.price:
                raise Violation(
                    f"the price of {quantity} is {line['unit_price']} each, of one {one.price}",
                    answer,
                )
            if money(line["total_amount"]) != one.price * quantity:
                raise Violation(f"{quantity} at {one.price} are {line['total_amount']}", answer)
            trial.fire(one.product, quantity)


LAWS = (
    Entry(
        "basket.totals",
        "get_basket",
        "Totals are the sums of the lines and of the discounts, to the cent.",
        ("seed", "A27"),
        _totals,
        BASKET,
    ),
    Entry(
        "basket.shares",
        "get_basket",
        "Each line bears its share of a discount, in whole cents by largest remainder.",
        ("A27",),
        _shares,
        f"{ITEM}/properties/discount_amount",
    ),
    Entry(
        "basket.shares-of-several",
        "get_basket",
        "Of several discounts a line bears its share in their sum.",
        ("A27",),
        _shares_of_several,
        f"{ITEM}/properties/discount_amount",
    ),
    Entry(
        "basket.badges",
        "get_basket",
        "A line's badges add up to its discount.",
        ("A22", "A27"),
        _badges,
        f"{ITEM}/properties/offer_badges",
    ),
    Entry(
        "basket.offers",
        "get_basket",
        "Campaigns and codes discount by what they say, in their order, to the cent.",
        ("A26", "A27"),
        _offers,
        f"{BASKET}/properties/discounts",
    ),
    Entry(
        "basket.minimum",
        "get_basket",
        "An offer discounts from its minimum on, and not below it.",
        ("A26", "A27"),
        _thresholds,
        f"{BASKET}/properties/discounts",
    ),
    Entry(
        "basket.any-order",
        "add_product",
        "A basket does not show in what order it was filled.",
        ("A27",),
        _any_order,
        f"{BASKET}/properties/basketitem_set",
    ),
    Entry(
        "basket.line-order",
        "get_basket",
        "Lines stand by product, then by attributes.",
        ("seed", "A27"),
        _line_order,
        f"{BASKET}/properties/basketitem_set",
    ),
    Entry(
        "basket.unit-price",
        "set_quantity",
        "Any number of units costs that many times one.",
        ("seed", "A27"),
        _unit_price,
        f"{ITEM}/properties/unit_price",
    ),
)
