"""Properties of the basket's pure core, over any lines, offers and sequences of operations."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.server.apis.akinon_basket import Offer, PricedBasket, money, priced, shares
from understudy.server.apis.akinon_lines import (
    AmbiguousError,
    Line,
    Lines,
    added,
    canonical,
    changed,
    meant,
    swept,
    units,
    with_quantity,
)

settings.register_profile("same each time", derandomize=True, database=None)
SAME = settings.get_profile("same each time")

PRODUCTS = range(1, 6)
amounts = st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))
small_amounts = st.integers(0, 30).map(lambda cents: Decimal(cents).scaleb(-2))
prices = st.fixed_dictionaries(dict.fromkeys(PRODUCTS, small_amounts | amounts))
attributes: st.SearchStrategy[Mapping[str, Any]] = st.sampled_from(
    [{}, {"a": 1}, {"a": 1.0}, {"a": True}, {"b": "x"}, {"a": 1, "b": "x"}, {"b": "x", "a": 1}]
)
per_cents = st.integers(0, 12000).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
minimums = st.none() | amounts
offers = st.lists(
    st.builds(Offer, st.sampled_from("ABC"), st.just("percentage"), per_cents, minimums)
    | st.builds(
        Offer, st.sampled_from("ABC"), st.just("amount"), small_amounts | amounts, minimums
    ),
    max_size=4,
)
additions = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), attributes, st.integers(1, 50)), max_size=12
)

Operation = Callable[[Lines, Callable[[], int]], Lines]


def in_cents(amount: Decimal) -> int:
    """`amount`, which must be whole cents written with two places."""
    assert amount == amount.quantize(Decimal("0.01"))
    assert len(str(amount).partition(".")[2]) == 2
    return int(amount * 100)


def filled(rows: Sequence[tuple[int, Any, int]]) -> Lines:
    """The lines after each of `rows` was added."""
    numbers = count(1)
    lines: Lines = ()
    for product, sent, quantity in rows:
        lines = added(lines, product, sent, quantity, lambda: next(numbers))
    return lines


def assert_adds_up(basket: PricedBasket) -> None:
    """The equations of ruling A27, in whole cents."""
    for each in basket.lines:
        assert in_cents(each.total) == in_cents(each.unit_price) * each.line.quantity
        badges = sum(in_cents(badge.amount) for badge in each.badges)
        assert badges == in_cents(each.discount) <= in_cents(each.total)
        assert all(badge.amount > 0 for badge in each.badges)
    products = sum(in_cents(each.total) for each in basket.lines)
    discounts = sum(in_cents(each.amount) for each in basket.discounts)
    assert in_cents(basket.total_product) == products
    assert in_cents(basket.total_discount) == discounts
    assert sum(in_cents(each.discount) for each in basket.lines) == discounts
    assert in_cents(basket.total) == products - discounts >= 0
    for discount in {each.description for each in basket.discounts}:
        of_basket = sum(e.amount for e in basket.discounts if e.description == discount)
        badges_of = (b for each in basket.lines for b in each.badges)
        assert sum(b.amount for b in badges_of if b.description == discount) == of_basket


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """One thing done to a basket; what cannot be done leaves it as it is."""
    kind = draw(st.sampled_from(["add", "set", "change", "sweep"]))
    product, sent = draw(st.sampled_from(PRODUCTS)), draw(attributes)
    quantity, which, is_all = draw(st.integers(0, 9)), draw(st.integers(0, 9)), draw(st.booleans())
    stock = draw(st.dictionaries(st.sampled_from(PRODUCTS), st.integers(0, 30)))

    def run(lines: Lines, new_id: Callable[[], int]) -> Lines:
        if kind == "add":
            return added(lines, product, sent, quantity + 1, new_id)
        if kind == "sweep":
            return swept(lines, stock)[0]
        if not lines:
            return lines
        line = lines[which % len(lines)]
        if kind == "set":
            return with_quantity(lines, line, quantity)
        after, made = changed(lines, line, sent, new_id, is_all=is_all)
        assert made in after
        return after

    return run


@pytest.mark.ruling("A24", "A25", "A27")
@SAME
@given(st.lists(operations(), max_size=25), prices, offers)
def test_any_sequence_of_operations_adds_up(
    sequence: list[Operation], catalogue: dict[int, Decimal], given_offers: list[Offer]
) -> None:
    """After each step the money is exact, and lines differ in key and in id."""
    numbers = count(1)
    lines: Lines = ()

    for run in sequence:
        lines = run(lines, lambda: next(numbers))

        assert len({line.key for line in lines}) == len({line.id for line in lines}) == len(lines)
        assert all(line.quantity >= 1 for line in lines)
        assert_adds_up(priced(lines, catalogue, given_offers))


@pytest.mark.ruling("A27")
@SAME
@given(
    additions.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), prices, offers
)
def test_adding_in_any_order_gives_the_same_basket(
    orders: tuple[Any, Any], catalogue: dict[int, Decimal], given_offers: list[Offer]
) -> None:
    """Every figure, badge and line, in the same order; only the ids tell."""
    baskets = [priced(filled(rows), catalogue, given_offers) for rows in orders]

    one, other = (
        [(e.line.key, e.line.quantity, e.total, e.discount, e.badges) for e in basket.lines]
        for basket in baskets
    )
    assert one == other
    assert baskets[0].discounts == baskets[1].discounts


@pytest.mark.ruling("A27")
@SAME
@given(st.lists(small_amounts | amounts, min_size=1, max_size=8), st.data())
def test_shares_are_fair_to_the_cent(weights: list[Decimal], data: st.DataObject) -> None:
    """They sum to the amount; each is its exact share, of which the larger remainders go up."""
    whole = sum(map(in_cents, weights))
    cents = data.draw(st.integers(0, whole))

    found = [in_cents(share) for share in shares(Decimal(cents).scaleb(-2), weights)]

    assert sum(found) == cents
    exact = [Fraction(cents * in_cents(w), whole) if whole else Fraction(0) for w in weights]
    assert all(abs(share - fair) < 1 for share, fair in zip(found, exact, strict=True))
    assert all(share <= in_cents(w) for share, w in zip(found, weights, strict=True))
    # By larger remainder, then by place: those rounded up come before those rounded down.
    ranks = [(floor(fair) - fair, index) for index, fair in enumerate(exact)]
    up = [rank for rank, share, fair in zip(ranks, found, exact, strict=True) if share > fair]
    down = [rank for rank, share, fair in zip(ranks, found, exact, strict=True) if share < fair]
    assert not up or not down or max(up) < min(down)


@pytest.mark.ruling("A27")
@SAME
@given(st.fractions(0, 10**6, max_denominator=1000))
def test_money_is_rounded_half_up(exact: Fraction) -> None:
    """As schools teach it, for whatever has three places or fewer."""
    thousandths = floor(exact * 1000)

    rounded = money(Decimal(thousandths).scaleb(-3))

    assert in_cents(rounded) == (thousandths + 5) // 10


@pytest.mark.ruling("A28")
@SAME
@given(additions, st.dictionaries(st.sampled_from(PRODUCTS), st.integers(0, 120)))
def test_sweeping_leaves_what_the_stock_suffices_for(
    rows: list[Any], stock: dict[int, int]
) -> None:
    """Whole products stay or go; sweeping twice is sweeping once; no line is lost."""
    lines = filled(rows)

    kept, gone = swept(lines, stock)

    assert sorted((*kept, *gone), key=lambda line: line.id) == list(lines)
    assert {line.product for line in kept}.isdisjoint(line.product for line in gone)
    assert all(units(lines, line.product) <= stock.get(line.product, 0) for line in kept)
    assert all(units(lines, line.product) > stock.get(line.product, 0) for line in gone)
    assert swept(kept, stock) == (kept, ())


@pytest.mark.ruling("A25")
@SAME
@given(additions.filter(bool), st.integers(0, 99), attributes, st.booleans())
def test_changing_a_line_keeps_every_unit(
    rows: list[Any],
    which: int,
    sent: Any,
    is_all: bool,
) -> None:
    """As many units of the product as before, and those that moved have the new attributes."""
    lines = filled(rows)
    line = lines[which % len(lines)]
    there = sum(each.quantity for each in lines if each.key == (line.product, canonical(sent)))

    after, made = changed(lines, line, sent, lambda: 1000, is_all=is_all)

    assert units(after, line.product) == units(lines, line.product)
    assert made.key == (line.product, canonical(sent))
    moved = line.quantity if is_all else 1
    assert made.quantity == (
        there if canonical(sent) == canonical(line.attributes) else there + moved
    )
    others = [each for each in lines if each.key not in (line.key, made.key)]
    assert [each for each in after if each.key not in (line.key, made.key)] == others


@pytest.mark.ruling("A24")
@SAME
@given(additions, st.sampled_from(PRODUCTS))
def test_without_attributes_a_line_is_meant_only_where_it_is_plain(
    rows: list[Any], product: int
) -> None:
    """None of none, the only one, the bare one of several, else nobody knows."""
    lines = filled(rows)
    own = [line for line in lines if line.product == product]
    bare = [line for line in own if not line.attributes]
    candidates: list[Line] = own if len(own) == 1 else bare

    if own and not candidates:
        with pytest.raises(AmbiguousError):
            meant(lines, product, None)
    else:
        assert meant(lines, product, None) == next(iter(candidates), None)
