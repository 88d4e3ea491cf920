"""Laws of Akinon's refusals: worded as Django REST framework words them, and nothing changes."""

from collections.abc import Callable
from typing import Any

from ..client import UNSET
from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_visit import (
    LARGEST,
    Visit,
    asked,
    filled,
    goods,
    lines,
    unknown_product,
)
from .vendor import Entry

ERRORS = "/components/schemas/Errors"
WRITES = ("add_product", "set_quantity", "change_basket")
NO_NUMBERS: tuple[Any, ...] = (-1, 1.5, "two", None, True, [], {}, LARGEST + 1)


def _hold_member(answer: Exchange, name: str) -> None:
    """Violation unless the refusal speaks about the member `name`."""
    if not isinstance(answer.data, dict) or name not in answer.data:
        raise Violation(f"the refusal does not name {name}", answer)


def _quantity(operation: str) -> Callable[[Trial], None]:
    wrong = (0, *NO_NUMBERS) if operation == "add_product" else NO_NUMBERS

    def check(trial: Trial) -> None:
        found = goods(trial)
        if not found:
            return
        visit = filled(trial) or Visit(trial)
        product = lines(visit.read())[0]["product"]["pk"]
        for quantity in wrong:
            answer = visit.refused(operation, asked(product, quantity), f"a quantity {quantity!r}")
            _hold_member(answer, "quantity")
            trial.fire(quantity)
        answer = visit.refused(operation, {"product": product}, "a product without a quantity")
        _hold_member(answer, "quantity")

    return check


def _product(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        visit = filled(trial) or Visit(trial)
        for product in (0, *NO_NUMBERS):
            answer = visit.refused(operation, asked(product, 1), f"a product {product!r}")
            _hold_member(answer, "product")
            trial.fire(product)
        if operation != "change_basket":
            answer = visit.refused(operation, {"quantity": 1}, "a quantity of nothing")
            _hold_member(answer, "product")

    return check


def _attributes(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for one in goods(trial):
            visit = Visit(trial)
            visit.add(one.product, 1)
            for attributes in ("red", 1, True, [], [{"a": 1}], None):
                body = {**asked(one.product, 1), "attributes": attributes}
                answer = visit.refused(operation, body, f"attributes {attributes!r}")
                _hold_member(answer, "attributes")
                trial.fire(attributes)

    return check


def _whole(trial: Trial) -> None:
    visit = filled(trial) or Visit(trial)
    for operation in (*WRITES, "change_item"):
        for body in ([], [1], "text", 7, None):
            answer = visit.refused(operation, body, "a body that is no object")
            _hold_member(answer, "non_field_errors")
            trial.fire(operation, body)


def _unreadable(trial: Trial) -> None:
    visit = filled(trial) or Visit(trial)
    for operation in (*WRITES, "change_item"):
        for body in (b"{", b"{'product': 1}", b'{"product": 1,}', b"product=1&quantity=1"):
            answer = visit.refused(operation, body, "a body that is no JSON")
            _hold_member(answer, "detail")
            trial.fire(operation, body)


def _codes(trial: Trial) -> None:
    visit = filled(trial) or Visit(trial)
    for name in ("voucher_code", "external_offer_code", "remove_voucher_code"):
        values: tuple[Any, ...] = (7, [], {}, None, "" if name != "remove_voucher_code" else "yes")
        for value in values:
            answer = visit.refused("change_basket", {name: value}, f"{name} {value!r}")
            _hold_member(answer, name)
            trial.fire(name, value)
    visit.refused("change_basket", {}, "a change of nothing")
    visit.refused("change_basket", {"quantity": 1}, "a change of no product")


def _members(trial: Trial) -> None:
    """What a handler refuses names the member that is to blame."""
    visit = Visit(trial)
    blamed: list[tuple[str, Any, str]] = [
        ("add_product", asked(unknown_product(trial), 1), "product"),
        ("change_basket", {"voucher_code": "understudy-unknown"}, "voucher_code"),
        ("change_item", {"id": LARGEST, "is_all": True}, "id"),
    ]
    blamed += [
        ("set_quantity", asked(one.product, one.stock + 1), "quantity")
        for one in goods(trial, 3, least=1)
        if one.stock < LARGEST
    ]
    for operation, body, name in blamed:
        answer = visit.send(operation, body)
        if answer.status != 400:
            raise Violation(f"400 was expected, not {answer.status}", answer)
        _hold_member(answer, name)
        trial.fire(operation)
    for operation in WRITES:
        answer = visit.refused(
            operation, {"product": "no", "quantity": -1}, "a body with two mistakes"
        )
        _hold_member(answer, "product")
        _hold_member(answer, "quantity")
        trial.fire(operation, "two")


def _none_begun(trial: Trial) -> None:
    """A refused write of a guest leaves nothing in the basket that the guest then gets."""
    for one in goods(trial, 2, least=1):
        for body in (asked(one.product, -1), asked(unknown_product(trial), 1), UNSET):
            visit = Visit(trial)
            answer = visit.send("add_product", body)
            if answer.status not in (400, 415):
                raise Violation(f"a bad request was answered with {answer.status}", answer)
            after = visit.read()
            if lines(after):
                raise Violation("a refused write left a line", answer, after)
            trial.fire(one.product, repr(body))


LAWS = (
    *(
        Entry(
            "errors.quantity",
            operation,
            "A quantity that is none is refused in its own name, and nothing changes.",
            ("A29",),
            _quantity(operation),
            "/responses/400",
        )
        for operation in WRITES
    ),
    *(
        Entry(
            "errors.product",
            operation,
            "A product that can be none is refused in its own name, and nothing changes.",
            ("A29",),
            _product(operation),
            "/responses/400",
        )
        for operation in WRITES
    ),
    *(
        Entry(
            "errors.attributes",
            operation,
            "Attributes that are no object are refused in their own name.",
            ("A29",),
            _attributes(operation),
            "/responses/400",
        )
        for operation in WRITES
    ),
    Entry(
        "errors.whole",
        "add_product",
        "A body that is no object is refused under non_field_errors.",
        ("A29",),
        _whole,
        ERRORS,
    ),
    Entry(
        "errors.unreadable",
        "add_product",
        "A body that is no JSON is refused with a detail.",
        ("A29", "G5"),
        _unreadable,
        ERRORS,
    ),
    Entry(
        "errors.codes",
        "change_basket",
        "A code of the wrong kind is refused in its own name, and nothing changes.",
        ("A29",),
        _codes,
        "/responses/400",
    ),
    Entry(
        "errors.members",
        "add_product",
        "A refusal names the member that is to blame.",
        ("A29",),
        _members,
        ERRORS,
    ),
    Entry(
        "errors.none-begun",
        "add_product",
        "A refused write leaves nothing in a guest's basket.",
        ("A29",),
        _none_begun,
        "/responses/400",
    ),
)
