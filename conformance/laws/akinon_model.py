"""Akinon's basket driven at random, and held against a small model written from the contract."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
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

EXAMPLES = 25
STEPS = 20
Place = tuple[int, str]
Step = tuple[str, dict[str, Any]]
"""What was done, by its name, and with what."""


class Ended(BaseException):
    """A walk is over: something was found, or the subject is gone.

    Hypothesis lets this out at once; what was found is said shorter by us, with fewer requests.
    """

    def __init__(self, cause: Violation | Unreachable) -> None:
        super().__init__(cause)
        self.cause = cause


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


@dataclass(frozen=True)
class Run:
    """What all walks of one trial share. `steps` are those of the walk under way."""

    trial: Trial
    shelf: tuple[Goods, ...]
    vouchers: Mapping[str, Offer]
    campaigns: list[Offer] | None
    steps: list[Step] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """Good codes, and one that does not exist."""
        return [*self.vouchers, "understudy-unknown"]


_index = st.integers(0, 100)
_attributes = st.sampled_from((None, None, {}, {"wrap": 1}, {"wrap": 1.0}))
_quantity = st.one_of(st.integers(0, 4), st.just(-1))
"""How many; -1 stands for more than there are in stock."""


class Shopper(RuleBasedStateMachine):
    """One shopper's way through the shop."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.visit = Visit(run.trial, cleans=False)
        self.model = Model({one.product: one for one in run.shelf}, run.vouchers)
        self.steps = run.steps
        self.steps.clear()

    @rule(
        operation=st.sampled_from(("add_product", "set_quantity", "change_basket")),
        which=_index,
        quantity=_quantity,
        attributes=_attributes,
    )
    def buy(self, operation: str, which: int, quantity: int, attributes: Attributes | None) -> None:
        """Units are added, or a quantity is set."""
        self._begin(
            "buy", operation=operation, which=which, quantity=quantity, attributes=attributes
        )
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
        self._begin("use_code", checked=checked, external=external, removes=removes)
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
        self._begin("change_item", which=which, is_all=is_all, attributes=attributes)
        places = sorted(self.model.lines)
        where = places[which % len(places)]
        before = self._asked(lambda: self.visit.read())
        old = line_of(before, where[0], self.model.attributes[where])
        body: dict[str, Any] = {"id": old["id"] if old else 0, "is_all": is_all}
        if attributes is not None:
            body["attributes"] = attributes
        goal, was_there = self.model.change_item(where, is_all=is_all, attributes=attributes)
        item = self._asked(lambda: self.visit.good("change_item", body))
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

    @precondition(lambda self: len(self.steps) % 8 == 7)
    @rule()
    def empty(self) -> None:
        """The basket is emptied."""
        self._begin("empty")
        self.model.lines.clear()
        self.model.code = None
        self._hold(self._asked(lambda: self.visit.empty()))

    @precondition(lambda self: len(self.steps) % 4 == 3)
    @rule()
    def look(self) -> None:
        """The basket is looked at."""
        self._begin("look")
        self._hold(self._asked(lambda: self.visit.read()))

    def teardown(self) -> None:
        """Leave the basket empty."""
        if self.steps:
            self.run.trial.fire(repr(self.steps))
        with suppress(Violation, Unreachable):
            self.visit.empty()

    def _step(self, operation: str, body: dict[str, Any], expect: Any) -> None:
        """One request, and what the contract says of it."""
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

    def _begin(self, name: str, **arguments: Any) -> None:
        self.steps.append((name, arguments))

    def _asked(self, act: Any) -> Any:
        """What `act` gives; a violation that it meets is shown with all that was said before."""
        try:
            return act()
        except Violation as violation:
            return self._fail(violation)
        except Unreachable as error:
            raise Ended(error) from None

    def _fail(self, violation: Violation) -> None:
        trail = self.visit.trail
        last = [one for one in violation.exchanges if one not in trail]
        told = Violation(
            violation.message, *trail, *last, pointer=violation.pointer, basis=violation.basis
        )
        raise Ended(told)


def _replayed(run: Run, steps: Sequence[Step]) -> Violation | Unreachable | None:
    """How these steps end, taken alone; None where nothing is found."""
    shopper = Shopper(run)
    try:
        for name, arguments in steps:
            if name != "change_item" or shopper.model.lines:
                getattr(shopper, name)(**arguments)
    except Ended as end:
        return end.cause
    finally:
        shopper.teardown()
    return None


def _shortest(run: Run, found: Violation) -> Violation:
    """What was found, by no more steps than it needs."""
    steps = list(run.steps)
    for number in range(len(steps) - 2, -1, -1):
        fewer = [*steps[:number], *steps[number + 1 :]]
        again = _replayed(run, fewer)
        if isinstance(again, Violation):
            steps, found = fewer, again
    return found


def _random_walks(trial: Trial) -> None:
    shelf = goods(trial, 2, least=1)
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
                phases=(Phase.generate,),
                print_blob=False,
                verbosity=Verbosity.quiet,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Ended as end:
        cause = end.cause
        raise (_shortest(run, cause) if isinstance(cause, Violation) else cause) from None


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
