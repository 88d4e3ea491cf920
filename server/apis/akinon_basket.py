"""A basket's arithmetic: pure functions on `Decimal`, exact to the cent (rulings A26, A27)."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from .akinon_lines import Line, Lines, ordered

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


class Offer(NamedTuple):
    """A discount of the basket as a whole: `value` per cent of it, or the amount `value`.

    It counts where `total_product_amount` is at least `minimum`.
    """

    description: str
    kind: Literal["percentage", "amount"]
    value: Decimal
    minimum: Decimal | None = None

    def counts_for(self, total: Decimal) -> bool:
        """Whether products of `total` reach the minimum."""
        return self.minimum is None or total >= self.minimum

    def of(self, total: Decimal) -> Decimal:
        """What it takes off products of `total`, if nothing else does."""
        if not self.counts_for(total):
            return NOTHING
        return money(total * self.value / 100 if self.kind == "percentage" else self.value)


class Discount(NamedTuple):
    """What one offer takes off a basket or a line."""

    description: str
    amount: Decimal


class PricedLine(NamedTuple):
    """A line with its money; `badges` are its shares of the discounts, and add up to `discount`."""

    line: Line
    unit_price: Decimal
    total: Decimal
    discount: Decimal
    badges: tuple[Discount, ...]


class PricedBasket(NamedTuple):
    """All lines with their money, in the order in which they are shown."""

    lines: tuple[PricedLine, ...]
    discounts: tuple[Discount, ...]
    total_product: Decimal
    total_discount: Decimal

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.total_product - self.total_discount

    @property
    def quantity(self) -> int:
        """The units of all lines."""
        return sum(line.line.quantity for line in self.lines)


def money(amount: Decimal) -> Decimal:
    """`amount` in whole cents, rounded half-up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def product_total(lines: Lines, prices: Mapping[int, Decimal]) -> Decimal:
    """What all lines cost before discounts."""
    return sum((money(prices[line.product]) * line.quantity for line in lines), NOTHING)


def priced(lines: Lines, prices: Mapping[int, Decimal], offers: Sequence[Offer]) -> PricedBasket:
    """The basket of `lines`, with `prices` by product; offers count in their order.

    A line's discount is its share of all discounts together, so it is never more than the line
    costs. Its badges divide that share among the offers.
    """
    lines = ordered(lines)
    totals = [product_total((line,), prices) for line in lines]
    total = sum(totals, NOTHING)
    discounts = discounts_of(total, offers)
    total_discount = sum((discount.amount for discount in discounts), NOTHING)
    line_discounts = shares(total_discount, totals)
    badges = _badges(discounts, line_discounts)
    return PricedBasket(
        tuple(
            PricedLine(line, money(prices[line.product]), line_total, share, line_badges)
            for line, line_total, share, line_badges in zip(
                lines, totals, line_discounts, badges, strict=True
            )
        ),
        discounts,
        total,
        total_discount,
    )


def discounts_of(total: Decimal, offers: Sequence[Offer]) -> tuple[Discount, ...]:
    """What each offer takes off `total`, at most what the ones before it left; none of nothing."""
    left = total
    found = []
    for offer in offers:
        amount = min(offer.of(total), left)
        if amount:
            found.append(Discount(offer.description, amount))
            left -= amount
    return tuple(found)


def shares(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`amount` in proportion to `weights`, in whole cents that add up, by largest remainder.

    Of equal remainders the earlier weight's gets the cent. No share exceeds its weight where
    `amount` does not exceed their sum.
    """
    cents, parts = _cents(amount), [_cents(weight) for weight in weights]
    whole = sum(parts)
    if not whole:
        return [NOTHING for _ in parts]
    found = [cents * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: -(cents * parts[i] % whole))
    for index in by_remainder[: cents - sum(found)]:
        found[index] += 1
    return [CENT * share for share in found]


def _badges(
    discounts: Sequence[Discount], line_discounts: Sequence[Decimal]
) -> list[tuple[Discount, ...]]:
    """Each line's discount divided among the discounts, so that lines and discounts both add up."""
    left = list(line_discounts)
    badges: list[list[Discount]] = [[] for _ in left]
    for discount in discounts:
        # In proportion to what is left of the lines' shares, the last discount takes just that.
        for index, share in enumerate(shares(discount.amount, left)):
            left[index] -= share
            if share:
                badges[index].append(Discount(discount.description, share))
    return [tuple(line) for line in badges]


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))
