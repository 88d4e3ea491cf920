"""Laws of Akinon's lines: what adding and setting a quantity mean, and which line is meant."""

from collections.abc import Callable
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_visit import (
    Attributes,
    Visit,
    asked,
    basket,
    canonical,
    filled,
    goods,
    line_of,
    lines,
    look,
    quantities,
    some_attributes,
    state,
    unknown_product,
)
from .vendor import Entry

ATTRIBUTES = "/components/schemas/Attributes"
SAME: tuple[tuple[Attributes, Attributes], ...] = (
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({"a": 1}, {"a": 1.0}),
    ({"a": {"c": [1, {"d": 2, "e": 3}]}}, {"a": {"c": [1.0, {"e": 3, "d": 2}]}}),
    ({"name": "Ölçü"}, {"name": "\u00d6l\u00e7\u00fc"}),
)
"""Pairs that are equal as JSON values."""
DIFFERENT: tuple[tuple[Attributes, Attributes], ...] = (
    ({"a": 1}, {"a": "1"}),
    ({"a": 1}, {"a": True}),
    ({"a": 0}, {"a": False}),
    ({"a": 0}, {"a": None}),
    ({"a": [1, 2]}, {"a": [2, 1]}),
    ({"a": "x"}, {"a": "X"}),
    ({"a": "x"}, {"a": "x "}),
    ({}, {"a": None}),
    ({"a": 1}, {"a": 1, "b": 1}),
)
"""Pairs that are not."""
Set = Callable[[Visit, int, int, Attributes | None], Exchange]


def _hold(answer: Exchange, product: int, attributes: Attributes | None, quantity: int) -> None:
    """Violation when the line has not that many units; 0 is for no line."""
    line = line_of(answer, product, attributes)
    found = line["quantity"] if line else 0
    if found != quantity:
        which = f" with {canonical(attributes)}" if attributes else ""
        raise Violation(f"product {product}{which} has {found} units, not {quantity}", answer)


def _adds(trial: Trial) -> None:
    for one in goods(trial, 4, least=1):
        for attributes in (None, some_attributes(trial)):
            visit, whole = Visit(trial), Visit(trial)
            first, second = trial.random.randint(1, 4), trial.random.randint(1, 4)
            _hold(visit.add(one.product, first, attributes), one.product, attributes, first)
            answer = visit.add(one.product, second, attributes)
            _hold(answer, one.product, attributes, first + second)
            at_once = whole.add(one.product, first + second, attributes)
            if look(answer) != look(at_once):
                raise Violation("adding in parts differs from adding at once", answer, at_once)
            trial.fire(one.product, first, second)


def _sets(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for one in goods(trial, 3, least=1):
            for attributes in (None, some_attributes(trial)):
                visit = Visit(trial)
                visit.add(one.product, 2, attributes)
                for quantity in (5, 3, 3, 1):
                    body = asked(one.product, quantity, attributes)
                    answer = visit.good(operation, body)
                    _hold(answer, one.product, attributes, quantity)
                    _hold(visit.read(), one.product, attributes, quantity)
                    trial.fire(one.product, quantity, attributes)

    return check


def _removes(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for one in goods(trial, 3, least=1):
            visit = filled(trial)
            if visit is None:
                return
            extra = some_attributes(trial)
            before = visit.read()
            visit.add(one.product, 2, extra)
            after = visit.good(operation, asked(one.product, 0, extra))
            if look(before) != look(after):
                raise Violation(
                    "a line that was added and set to 0 left something", before, *visit.trail[-2:]
                )
            trial.fire(one.product, look(before))

    return check


def _put_adds(trial: Trial) -> None:
    for one in goods(trial, 4, least=1):
        for attributes in (None, some_attributes(trial)):
            visit = Visit(trial)
            answer = visit.set(one.product, 2, attributes)
            _hold(answer, one.product, attributes, 2)
            trial.fire(one.product, attributes)


def _put_nothing(trial: Trial) -> None:
    for one in goods(trial, 4, least=1):
        visit = Visit(trial)
        visit.add(one.product, 1, some_attributes(trial))
        before = visit.read()
        answer = visit.set(one.product, 0, some_attributes(trial))
        if state(before) != state(answer):
            raise Violation("setting 0 for what is not there changed something", before, answer)
        trial.fire(one.product)


def _patch_absent(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        visit = Visit(trial)
        for quantity, attributes in ((2, None), (0, None), (1, some_attributes(trial))):
            body = asked(one.product, quantity, attributes)
            visit.refused("change_basket", body, "PATCH of a product that is not there")
            visit.add(one.product, 1, {"other": quantity})
            body = asked(one.product, quantity, some_attributes(trial))
            visit.refused("change_basket", body, "PATCH of a line that is not there")
            visit.empty()
            trial.fire(one.product, quantity)


def _same_line(trial: Trial) -> None:
    for one in goods(trial, 2, least=1):
        for attributes, again in SAME:
            visit = Visit(trial)
            visit.add(one.product, 1, attributes)
            answer = visit.add(one.product, 2, again)
            if len(lines(answer)) != 1 or lines(answer)[0]["quantity"] != 3:
                raise Violation("equal attributes make two lines", *visit.trail[-2:])
            answer = visit.set(one.product, 4, again)
            _hold(answer, one.product, attributes, 4)
            trial.fire(one.product, repr(attributes))


def _other_line(trial: Trial) -> None:
    for one in goods(trial, 2, least=1):
        for attributes, other in DIFFERENT:
            visit = Visit(trial)
            visit.add(one.product, 1, attributes)
            answer = visit.add(one.product, 2, other)
            _hold(answer, one.product, attributes, 1)
            _hold(answer, one.product, other, 2)
            trial.fire(one.product, repr(other))


def _meant(operation: str) -> Callable[[Trial], None]:
    """Which line is meant without attributes: the only one, else the one without, else none."""

    def check(trial: Trial) -> None:
        for one in goods(trial, 3, least=1):
            visit = Visit(trial)
            white, red = some_attributes(trial), some_attributes(trial)
            body = asked(one.product, 3)
            visit.add(one.product, 1, white)
            answer = visit.good(operation, body)
            _hold(answer, one.product, white, 3)
            _hold(answer, one.product, None, 0)
            visit.add(one.product, 1, red)
            visit.refused(operation, body, "a product with two lines, and none without attributes,")
            visit.add(one.product, 1)
            answer = visit.good(operation, asked(one.product, 2))
            for attributes, quantity in ((None, 2), (white, 3), (red, 1)):
                _hold(answer, one.product, attributes, quantity)
            answer = visit.good(operation, asked(one.product, 0))
            for attributes, quantity in ((None, 0), (white, 3), (red, 1)):
                _hold(answer, one.product, attributes, quantity)
            trial.fire(one.product)

    return check


def _add_without(trial: Trial) -> None:
    for one in goods(trial, 4, least=1):
        visit = Visit(trial)
        extra = some_attributes(trial)
        visit.add(one.product, 1, extra)
        answer = visit.add(one.product, 2)
        _hold(answer, one.product, extra, 1)
        _hold(answer, one.product, None, 2)
        answer = visit.add(one.product, 1, {})
        _hold(answer, one.product, None, 3)
        trial.fire(one.product)


def _unknown(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for _ in range(3):
            visit = filled(trial) or Visit(trial)
            visit.code(external_offer_code="understudy-kept")
            product = unknown_product(trial)
            visit.refused(operation, asked(product, 1), "a product that is not for sale")
            trial.fire(product)

    return check


def _alone(trial: Trial) -> None:
    """Each write to one line leaves the others as they were."""
    chosen = goods(trial, 2)
    if not chosen:
        return
    one, other = chosen
    for operation, quantity in (("add_product", 2), ("set_quantity", 3), ("change_basket", 2)):
        visit = Visit(trial)
        extra = some_attributes(trial)
        visit.add(one.product, 1)
        visit.add(other.product, 4)
        before = visit.add(other.product, 1, extra)
        answer = visit.good(operation, asked(one.product, quantity))
        kept = {key: count for key, count in quantities(before).items() if key[0] == other.product}
        found = quantities(answer)
        if {key: found.get(key) for key in kept} != kept or len(found) != 3:
            raise Violation("a write to one line changed another", before, answer)
        trial.fire(operation)


def _emptied(trial: Trial) -> None:
    for code in (None, "understudy-external", "understudy-other"):
        visit = filled(trial) or Visit(trial)
        if code is not None:
            visit.code(external_offer_code=code)
        before = visit.read()
        for answer in (visit.empty(), visit.read()):
            _hold_empty(before, answer)
        trial.fire(code, look(before))


def _hold_empty(before: Exchange, answer: Exchange) -> None:
    wanted: dict[str, Any] = {
        "basketitem_set": [],
        "discounts": [],
        "total_amount": "0.00",
        "total_discount_amount": "0.00",
        "total_product_amount": "0.00",
        "total_quantity": 0,
        "voucher_code": None,
        "unavailable_basket_products": [],
        "pk": basket(before)["pk"],
    }
    for name, value in wanted.items():
        if basket(answer)[name] != value:
            raise Violation(
                f"{name} of an emptied basket is {basket(answer)[name]!r}, not {value!r}",
                before,
                answer,
            )


_SET = (("set_quantity", "PUT"), ("change_basket", "PATCH"))
LAWS = (
    Entry(
        "lines.add",
        "add_product",
        "POST adds to what the line has.",
        ("public",),
        _adds,
    ),
    *(
        Entry(
            "lines.set",
            operation,
            f"{method} sets how many units a line has, again and again.",
            ("seed", "A24"),
            _sets(operation),
        )
        for operation, method in _SET
    ),
    *(
        Entry(
            "lines.remove",
            operation,
            f"{method} of 0 takes the line out, and all is as before it was added.",
            ("seed", "A24"),
            _removes(operation),
        )
        for operation, method in _SET
    ),
    Entry(
        "lines.put-adds",
        "set_quantity",
        "PUT puts a product in that is not in the basket.",
        ("A24",),
        _put_adds,
    ),
    Entry(
        "lines.put-nothing",
        "set_quantity",
        "PUT of 0 for what is not in the basket changes nothing, not even the date.",
        ("A24",),
        _put_nothing,
    ),
    Entry(
        "lines.patch-absent",
        "change_basket",
        "PATCH of a product that is not in the basket is refused.",
        ("A24",),
        _patch_absent,
    ),
    Entry(
        "lines.same",
        "add_product",
        "Attributes that are equal as JSON values mean one line.",
        ("A24",),
        _same_line,
        ATTRIBUTES,
    ),
    Entry(
        "lines.different",
        "add_product",
        "Other attributes mean another line.",
        ("public",),
        _other_line,
        ATTRIBUTES,
    ),
    *(
        Entry(
            "lines.meant",
            operation,
            "Without attributes the only line is meant, else the one without, else none.",
            ("A24",),
            _meant(operation),
        )
        for operation, _ in _SET
    ),
    Entry(
        "lines.add-without",
        "add_product",
        "POST without attributes means the line that has none.",
        ("A24",),
        _add_without,
    ),
    *(
        Entry(
            "lines.unknown-product",
            operation,
            "A product that is not for sale is refused, and nothing changes.",
            ("A24", "A29"),
            _unknown(operation),
            "/responses/400",
        )
        for operation in ("add_product", "set_quantity", "change_basket")
    ),
    Entry(
        "lines.alone",
        "add_product",
        "Changing one line changes no other.",
        ("seed", "public"),
        _alone,
    ),
    Entry(
        "lines.emptied",
        "empty_basket",
        "An emptied basket has no lines, no code, and its key still.",
        ("seed",),
        _emptied,
    ),
)
