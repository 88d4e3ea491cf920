"""Akinon's basket driven at random, and held against a small model written from the contract."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ..exchange import Exchange
from ..law import Unreachable, Violation
from ..trial import Trial
from .akinon_money import ZERO, Offer, campaigns, hold_offers, hold_shares, hold_totals, vouchers
from .akinon_visit import (
    Attributes,
    Goods,
    Visit,
    asked,
    basket,
    canonical,
    goods,
    line_of,
    lines,
    place,
    quantities,
)
from .vendor import Entry

EXAMPLES = 20
STEPS = 20
ATTEMPTS = 100
"""How often a failing sequence is tried to be made shorter."""
Place = tuple[int, str]


class Enough(BaseException):
    """What was found has been tried to be said shorter often enough; Hypothesis lets this out."""


class Refused(Exception):
    """The contract says that the request is refused."""


@dataclass
class Model:
    """What the contract says that a basket holds after each request."""

    shelf: Mapping[int, Goods]
    vouchers: Mapping[str, Offer]
    lines: dict[Place, int] = field(default_factory=dict)
    attributes: dict[Place, Attributes] = field(default_factory=dict)
    code: str | None = None

    def add(self, product: int, quantity: int, attributes: Attributes | None) -> None:
        """POST: more of a line; 0 is no quantity."""
        if quantity < 1:
            raise Refused
        where = product, canonical(attributes or {})
        self._hold(where, self.lines.get(where, 0) + quantity, attributes)

    def set(
        self, product: int, quantity: int, attributes: Attributes | None, *, adds: bool
    ) -> None:
        """PUT and PATCH: so many of a line; only PUT puts in what is not there."""
        where = self._meant(product, attributes)
        if where not in self.lines:
            if not adds:
                raise Refused
            if not quantity:
                return
        self._hold(where, quantity, self.attributes.get(where, attributes))

    def change_code(self, body: Mapping[str, Any]) -> None:
        """A code checked, stored or removed."""
        code, external = body.get("voucher_code"), body.get("external_offer_code")
        if code is not None:
            voucher = self.vouchers.get(code)
            if voucher is None or self.total() < voucher.minimum:
                raise Refused
            self.code = code
        if body.get("remove_voucher_code"):
            self.code = None
        if external is not None:
            self.code = external

    def change_item(
        self, where: Place, *, is_all: bool, attributes: Attributes | None
    ) -> tuple[Place, bool]:
        """A line or a unit of it changed; where it is now, and whether that line was there."""
        wanted = self.attributes[where] if attributes is None else attributes
        goal = where[0], canonical(wanted)
        moved = self.lines[where] if is_all else 1
        was_there = goal != where and goal in self.lines
        self._put(where, self.lines[where] - moved, self.attributes[where])
        self._put(goal, self.lines.get(goal, 0) + moved, wanted)
        return goal, was_there

    def total(self) -> Any:
        """What the lines come to, before discounts."""
        return sum((self.shelf[p].price * count for (p, _), count in self.lines.items()), ZERO)

    def offers(self, in_force: Sequence[Offer]) -> list[Offer]:
        """What discounts this basket: the campaigns, then the code if it is a good one."""
        voucher = self.vouchers.get(self.code or "")
        return [*in_force, voucher] if voucher else list(in_force)

    def _meant(self, product: int, attributes: Attributes | None) -> Place:
        mine = [where for where in self.lines if where[0] == product]
        if attributes is not None:
            return product, canonical(attributes)
        plain = product, canonical({})
        if len(mine) == 1:
            return mine[0]
        if mine and plain not in mine:
            raise Refused
        return plain

    def _hold(self, where: Place, quantity: int, attributes: Attributes | None) -> None:
        others = sum(n for place, n in self.lines.items() if place[0] == where[0])
        others -= self.lines.get(where, 0)
        if quantity and others + quantity > self.shelf[where[0]].stock:
            raise Refused
        self._put(where, quantity, attributes or {})

    def _put(self, where: Place, quantity: int, attributes: Attributes) -> None:
        if quantity:
            self.lines[where] = quantity
            self.attributes[where] = attributes
        else:
            self.lines.pop(where, None)


@dataclass
class Run:
    """What all attempts of one trial share. `lost` holds what ended it, `found` what was found.

    `attempts` counts those to say shorter what was found first.
    """

    trial: Trial
    shelf: tuple[Goods, ...]
    vouchers: Mapping[str, Offer]
    campaigns: list[Offer] | None
    found: list[Violation] = field(default_factory=list)
    lost: list[Unreachable] = field(default_factory=list)
    attempts: int = 0

    @property
    def codes(self) -> list[str]:
        """Good codes, and one that does not exist."""
        return [*self.vouchers, "understudy-unknown"]


_index = st.integers(0, 100)
_attributes = st.sampled_from((None, None, {}, {"wrap": 1}, {"wrap": 1.0}, {"wrap": "1"}))
_quantity = st.one_of(st.integers(0, 4), st.just(-1))
"""How many; -1 stands for more than there are in stock."""


class Shopper(RuleBasedStateMachine):
    """One shopper's way through the shop."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        if run.lost:
            raise run.lost[0]
        if run.found:
            run.attempts += 1
            if run.attempts > ATTEMPTS:
                raise Enough
        self.run = run
        self.visit = Visit(run.trial, cleans=False)
        self.model = Model({one.product: one for one in run.shelf}, run.vouchers)
        self.steps: list[str] = []

    @rule(
        operation=st.sampled_from(("add_product", "set_quantity", "change_basket")),
        which=_index,
        quantity=_quantity,
        attributes=_attributes,
    )
    def buy(self, operation: str, which: int, quantity: int, attributes: Attributes | None) -> None:
        """Units are added, or a quantity is set."""
        one = self.run.shelf[which % len(self.run.shelf)]
        count = one.stock + 1 if quantity < 0 else quantity
        body = asked(one.product, count, attributes)
        if operation == "add_product":
            self._step(operation, body, lambda: self.model.add(one.product, count, attributes))
        else:
            adds = operation == "set_quantity"
            self._step(
                operation,
                body,
                lambda: self.model.set(one.product, count, attributes, adds=adds),
            )

    @rule(
        checked=st.none() | _index,
        external=st.none() | _index,
        removes=st.sampled_from((None, None, True)),
    )
    def use_code(self, checked: int | None, external: int | None, removes: bool | None) -> None:
        """A code is applied, stored or removed."""
        codes = self.run.codes
        body: dict[str, Any] = {}
        if checked is not None:
            body["voucher_code"] = codes[checked % len(codes)]
        if external is not None:
            body["external_offer_code"] = codes[external % len(codes)]
        # A code and a removal in one request are a law of their own.
        if (removes and checked is None) or not body:
            body["remove_voucher_code"] = True
        self._step("change_basket", body, lambda: self.model.change_code(body))

    @precondition(lambda self: self.model.lines)
    @rule(which=_index, is_all=st.booleans(), attributes=_attributes)
    def change_item(self, which: int, is_all: bool, attributes: Attributes | None) -> None:
        """A line is changed, or a unit of it."""
        places = sorted(self.model.lines)
        where = places[which % len(places)]
        before = self._asked(lambda: self.visit.read())
        old = line_of(before, where[0], self.model.attributes[where])
        body: dict[str, Any] = {"id": old["id"] if old else 0, "is_all": is_all}
        if attributes is not None:
            body["attributes"] = attributes
        goal, was_there = self.model.change_item(where, is_all=is_all, attributes=attributes)
        item = self._asked(lambda: self.visit.good("change_item", body))
        self.steps.append(repr(body))
        ids = {place(line): line["id"] for line in lines(before)}
        self._check(
            (item.data["id"] == ids[goal]) if was_there else (item.data["id"] != body["id"]),
            "the item has the wrong id",
        )
        self._check(
            item.data["quantity"] == self.model.lines[goal]
            and canonical(item.data["attributes"]) == goal[1],
            "the item answered is not what the change made",
        )
        self._hold(self._asked(lambda: self.visit.read()))

    @rule()
    def empty(self) -> None:
        """The basket is emptied."""
        self.model.lines.clear()
        self.model.code = None
        self.steps.append("empty")
        self._hold(self._asked(lambda: self.visit.empty()))

    @rule()
    def look(self) -> None:
        """The basket is looked at."""
        self._hold(self._asked(lambda: self.visit.read()))

    def teardown(self) -> None:
        """Leave the basket empty."""
        if self.steps:
            self.run.trial.fire(*self.steps)
        with suppress(Violation, Unreachable):
            self.visit.empty()

    def _step(self, operation: str, body: dict[str, Any], expect: Any) -> None:
        """One request, and what the contract says of it."""
        self.steps.append(f"{operation} {body}")
        try:
            expect()
        except Refused:
            answer = self._asked(lambda: self.visit.send(operation, body))
            self._check(answer.status == 400, f"400 was expected, not {answer.status}")
            answer = self._asked(lambda: self.visit.read())
        else:
            answer = self._asked(lambda: self.visit.send(operation, body))
            self._check(answer.status == 200, f"a good request was refused with {answer.status}")
        self._hold(answer)

    def _hold(self, answer: Exchange) -> None:
        """Violation when the basket is not what the model says."""
        found = quantities(answer)
        self._check(found == self.model.lines, f"the lines should be {self.model.lines}")
        code = basket(answer)["voucher_code"]
        self._check(code == self.model.code, f"voucher_code should be {self.model.code!r}")
        self._check(
            [place(line) for line in lines(answer)] == sorted(found), "the lines are out of order"
        )

        def hold_money() -> None:
            hold_totals(answer)
            # How several discounts are divided is a law of its own.
            if len(basket(answer)["discounts"]) < 2:
                hold_shares(answer)
            if self.run.campaigns is not None:
                hold_offers(answer, self.model.offers(self.run.campaigns))

        self._asked(hold_money)

    def _check(self, holds: bool, message: str) -> None:
        if not holds:
            self._fail(Violation(message))

    def _asked(self, act: Any) -> Any:
        """What `act` gives; a violation that it meets is shown with all that was said before."""
        try:
            return act()
        except Unreachable as error:
            self.run.lost.append(error)
            raise
        except Violation as violation:
            return self._fail(violation)

    def _fail(self, violation: Violation) -> None:
        trail = tuple(one for one in self.visit.trail)
        last = tuple(one for one in violation.exchanges if one not in trail)
        told = Violation(
            violation.message, *trail, *last, pointer=violation.pointer, basis=violation.basis
        )
        self.run.found.append(told)
        raise told from None


def _random_walks(trial: Trial) -> None:
    shelf = goods(trial, 3, least=1)
    if not shelf:
        return
    found = {voucher.code: voucher for voucher in vouchers(trial)}
    run = Run(trial, tuple(shelf), found, campaigns(trial))

    @seed(trial.random.getrandbits(64))
    class Walk(Shopper):
        def __init__(self) -> None:
            super().__init__(run)

    try:
        run_state_machine_as_test(
            Walk,
            settings=settings(
                database=None,
                deadline=None,
                derandomize=False,
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                phases=(Phase.generate, Phase.shrink),
                report_multiple_bugs=False,
                print_blob=False,
                verbosity=Verbosity.quiet,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except (Flaky, Enough):
        # What does not happen every time has happened.
        raise min(run.found, key=lambda each: len(each.exchanges)) from None


LAWS = (
    Entry(
        "basket.model",
        "get_basket",
        "Whatever is done to a basket in any order, it holds and costs what the contract says.",
        ("seed", "public", "A24", "A25", "A26", "A27", "A28"),
        _random_walks,
        "/components/schemas/Basket",
    ),
)
