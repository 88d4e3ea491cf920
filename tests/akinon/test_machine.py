"""Any sequence of requests: the server's basket against a model that is worked out another way."""

import json
from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..stand import Stand
from .shop import BASKET, ITEMS, assert_adds_up, basket_of, cents, change, ids, quantities

# Products of the default fixture: pk, price in cents, stock. All cents fall badly.
PRICES = {2021: 1, 2022: 5, 2023: 333, 2024: 1999, 2028: 10000}
STOCK = {2021: 9, 2022: 30, 2023: 12, 2024: 5, 2028: 7}
# Codes: kind, value, minimum in cents. `nobody` is no voucher.
VOUCHERS = {
    "aaa-bbb-ccc": ("percentage", Fraction(10), 0),
    "odd-per-cent": ("percentage", Fraction("12.5"), 0),
    "ddd-eee-fff": ("amount", Fraction(1500), 0),
    "from-a-hundred": ("amount", Fraction(500), 10000),
    "on-the-house": ("percentage", Fraction(100), 0),
}

products = st.sampled_from(sorted(PRICES))
attributes = st.sampled_from([{}, {"size": "M"}, {"size": "L"}, {"n": 1, "gift": True}])
maybe_attributes = st.none() | attributes
codes = st.sampled_from([*VOUCHERS, "nobody"])

Key = tuple[int, str]


def key(product: int, sent: Mapping[str, Any]) -> Key:
    return product, json.dumps(sent, sort_keys=True)


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


class Baskets(RuleBasedStateMachine):
    """One guest's basket, and what it must be."""

    stand: Stand

    def __init__(self) -> None:
        super().__init__()
        self.stand.reset()
        for pk, stock in STOCK.items():
            change(self.stand, "products", {"pk": pk}, stock=stock)
        self.stock = dict(STOCK)
        self.guest = self.stand.session()
        self.pk = basket_of(self.guest.get(BASKET))["pk"]
        self.units: dict[Key, int] = {}
        self.code: str | None = None
        self.gone: list[tuple[int, int]] = []
        self.shown: Mapping[str, Any] = {}
        self.look()

    # What is expected

    def units_of(self, product: int) -> int:
        """The units of all lines of a product."""
        return sum(units for (pk, _), units in self.units.items() if pk == product)

    def meant(self, product: int, sent: Mapping[str, Any] | None) -> Key | None:
        """The line that a request means; LookupError when it could be several."""
        own = [each for each in self.units if each[0] == product]
        if sent is not None or not own:
            found = key(product, sent or {})
            return found if found in self.units else None
        if len(own) == 1:
            return own[0]
        if key(product, {}) in own:
            return key(product, {})
        raise LookupError

    def sweep(self) -> None:
        """Lines of products that are short leave, in the order of the basket."""
        short = {pk for pk in PRICES if self.units_of(pk) > self.stock[pk]}
        for each in sorted(each for each in self.units if each[0] in short):
            self.gone.append((each[0], self.units.pop(each)))

    def total(self) -> int:
        """What the products cost."""
        return sum(PRICES[pk] * units for (pk, _), units in self.units.items())

    def discount(self) -> int:
        """The campaign's 20 % (and 25.00 from 1000.00), then the code; never more than there is."""
        total = self.total()
        taken = half_up(Fraction(total, 5)) + (2500 if total >= 100000 else 0)
        kind, value, minimum = VOUCHERS.get(self.code or "", ("amount", Fraction(0), 0))
        if total >= minimum:
            taken += half_up(total * value / 100) if kind == "percentage" else int(value)
        return min(total, taken)

    # What is done

    def write(self, method: str, body: Mapping[str, Any] | None, *, allowed: bool) -> None:
        """One write to the basket; when it is refused, nothing changes."""
        before = None if allowed else self.stand.dump()
        response = self.guest.request(method, BASKET, json=body)
        assert response.status_code == (200 if allowed else 400), response.text
        if allowed:
            self.shown = basket_of(response)
        else:
            assert self.stand.dump() == before

    def written(self, line: Key, units: int) -> None:
        """The line has that many units, what was listed as gone is forgotten."""
        self.units[line] = units
        if not units:
            del self.units[line]
        self.gone = []
        self.sweep()

    def may_have(self, product: int, units: int) -> bool:
        """Whether there is stock for that many units."""
        return units <= self.stock[product]

    @rule(product=products, quantity=st.integers(1, 6), sent=maybe_attributes)
    def add(self, product: int, quantity: int, sent: Mapping[str, Any] | None) -> None:
        """POST."""
        body = {"product": product, "quantity": quantity}
        allowed = self.may_have(product, self.units_of(product) + quantity)
        self.write("POST", body if sent is None else {**body, "attributes": sent}, allowed=allowed)
        if allowed:
            line = key(product, sent or {})
            self.written(line, self.units.get(line, 0) + quantity)

    @rule(
        method=st.sampled_from(["PUT", "PATCH"]),
        product=products,
        quantity=st.integers(0, 12),
        sent=maybe_attributes,
        external=st.none() | codes,
    )
    def set_quantity(
        self,
        method: str,
        product: int,
        quantity: int,
        sent: Mapping[str, Any] | None,
        external: str | None,
    ) -> None:
        """PUT, or PATCH with a product."""
        body: dict[str, Any] = {"product": product, "quantity": quantity}
        body |= {} if sent is None else {"attributes": sent}
        body |= {} if external is None else {"external_offer_code": external}
        try:
            line = self.meant(product, sent)
        except LookupError:
            self.write(method, body, allowed=False)
            return
        if line is None and method == "PATCH":
            self.write(method, body, allowed=False)
            return
        there = 0 if line is None else self.units[line]
        allowed = not quantity or self.may_have(product, self.units_of(product) - there + quantity)
        self.write(method, body, allowed=allowed)
        if allowed and (line is not None or quantity):
            self.written(line or key(product, sent or {}), quantity)
            if method == "PATCH" and external is not None:
                self.code = external
        elif allowed:
            self.sweep()

    @rule(code=codes, remove=st.none() | st.booleans(), external=st.none() | codes)
    def apply_code(self, code: str, remove: bool | None, external: str | None) -> None:
        """PATCH with a code that is checked."""
        body: dict[str, Any] = {"voucher_code": code}
        body |= {} if remove is None else {"remove_voucher_code": remove}
        body |= {} if external is None else {"external_offer_code": external}
        kept = {each for each in self.units if self.units_of(each[0]) <= self.stock[each[0]]}
        total = sum(PRICES[each[0]] * self.units[each] for each in kept)
        allowed = code in VOUCHERS and total >= VOUCHERS[code][2]
        self.write("PATCH", body, allowed=allowed)
        if allowed:
            self.code = external or (None if remove else code)
            self.gone = []
            self.sweep()

    @rule(external=codes, remove=st.booleans())
    def store_code(self, external: str, remove: bool) -> None:
        """PATCH with a code that is not checked."""
        body = {"external_offer_code": external, "remove_voucher_code": remove}
        self.write("PATCH", body, allowed=True)
        self.code = external
        self.gone = []
        self.sweep()

    @rule()
    def remove_code(self) -> None:
        """PATCH without a code."""
        self.write("PATCH", {"remove_voucher_code": True}, allowed=True)
        self.code = None
        self.gone = []
        self.sweep()

    @rule()
    def empty(self) -> None:
        """DELETE."""
        self.write("DELETE", None, allowed=True)
        self.units, self.code, self.gone = {}, None, []

    @precondition(lambda self: self.units)
    @rule(which=st.integers(0, 9), is_all=st.booleans(), sent=maybe_attributes)
    def change_item(self, which: int, is_all: bool, sent: Mapping[str, Any] | None) -> None:
        """PATCH of an item."""
        before, dump = ids(self.shown), self.stand.dump()
        line = sorted(before)[which % len(before)]
        product, own = line
        target = key(product, json.loads(own) if sent is None else sent)
        body: dict[str, Any] = {"id": before[line], "is_all": is_all}
        body |= {} if sent is None else {"attributes": sent}

        response = self.guest.patch(ITEMS, json=body)

        if not self.may_have(product, self.units_of(product)):
            assert response.status_code == 400
            assert self.stand.dump() == dump
            return
        assert response.status_code == 200, response.text
        moved = self.units[line] if is_all or target == line else 1
        merges = target in self.units and target != line
        self.units[line] -= moved
        if not self.units[line]:
            del self.units[line]
        self.units[target] = self.units.get(target, 0) + moved
        self.gone = []
        self.sweep()
        item = response.json()
        assert item["quantity"] == self.units[target]
        assert key(item["product"]["pk"], item["attributes"]) == target
        if merges:
            assert item["id"] == before[target]
        else:
            assert item["id"] not in before.values()
        self.shown = basket_of(self.guest.get(BASKET))
        assert item in self.shown["basketitem_set"]

    @rule(product=products, stock=st.integers(0, 12))
    def restock(self, product: int, stock: int) -> None:
        """The back office changes the stock; no basket notices before it is asked for."""
        change(self.stand, "products", {"pk": product}, stock=stock)
        self.stock[product] = stock

    @rule()
    def look(self) -> None:
        """GET."""
        self.sweep()
        self.shown = basket_of(self.guest.get(BASKET))

    @invariant()
    def what_was_shown_last_is_the_models_basket(self) -> None:
        """Lines, code, what is gone, and every cent."""
        shown = self.shown
        assert_adds_up(shown)
        assert shown["pk"] == self.pk
        assert quantities(shown) == self.units
        assert shown["voucher_code"] == self.code
        assert cents(shown["total_product_amount"]) == self.total()
        assert cents(shown["total_discount_amount"]) == self.discount()
        listed = shown["unavailable_basket_products"]
        assert [(each["pk"], each["unavailable_quantity"]) for each in listed] == self.gone


@pytest.mark.whole
@pytest.mark.ruling("A24", "A25", "A26", "A27", "A28")
def test_any_sequence_of_requests_leaves_the_models_basket(akinon: Stand) -> None:
    """After each request the basket is the model's to the cent; a refused one changes nothing."""

    class Served(Baskets):
        stand = akinon

    run_state_machine_as_test(
        Served,
        settings=settings(
            max_examples=40,
            stateful_step_count=15,
            derandomize=True,
            database=None,
        ),
    )
