"""Laws of Akinon's stock: what cannot be bought is refused, or taken out when it is looked at."""

from collections import Counter
from collections.abc import Callable

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_money import hold_totals
from .akinon_visit import (
    LARGEST,
    Visit,
    asked,
    basket,
    goods,
    line_of,
    lines,
    some_attributes,
    state,
)
from .vendor import Entry

GET = "get_basket"
UNAVAILABLE = "/components/schemas/Basket/properties/unavailable_basket_products"
TOO_MANY = "more than there are in stock"


def _too_many(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for one in goods(trial, 4, least=1):
            visit = Visit(trial)
            visit.add(one.product, 1)
            visit.code(external_offer_code="understudy-kept")
            held = 1 if operation == "add_product" else 0
            for quantity in (one.stock + 1, one.stock * 2 + 1, 2_000_000_000):
                if one.stock < quantity <= LARGEST:
                    visit.refused(operation, asked(one.product, quantity - held), TOO_MANY)
                    trial.fire(one.product, quantity)
            answer = visit.good(operation, asked(one.product, one.stock - held))
            line = line_of(answer, one.product)
            if line is None or line["quantity"] != one.stock:
                raise Violation(f"all {one.stock} that there are cannot be had", answer)
            visit.refused("add_product", asked(one.product, 1), TOO_MANY)

    return check


def _over_lines(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        visit = Visit(trial)
        white, red = some_attributes(trial), some_attributes(trial)
        visit.add(one.product, one.stock - 1, white)
        for operation in ("add_product", "set_quantity"):
            visit.refused(operation, asked(one.product, 2, red), TOO_MANY + ", in two lines,")
        visit.add(one.product, 1, red)
        for operation in ("set_quantity", "change_basket"):
            visit.refused(operation, asked(one.product, 2, red), TOO_MANY + ", in two lines,")
        answer = visit.read()
        if sum(line["quantity"] for line in lines(answer)) != one.stock:
            raise Violation("not all that there are can be had in two lines", answer)
        trial.fire(one.product)


def _not_for_sale(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        known = trial.subject.known.get("unavailable-product", ())
        if not known:
            trial.reason = "the subject's file names no product as known.unavailable-product"
        for product in known:
            for quantity in (1, 2):
                visit = Visit(trial)
                visit.code(external_offer_code="understudy-kept")
                body = asked(product, quantity)
                visit.refused(operation, body, "a product that cannot be bought")
                body = asked(product, quantity, some_attributes(trial))
                visit.refused(operation, body, "a product that cannot be bought")
                trial.fire(product, quantity)

    return check


def _taken_out(trial: Trial) -> None:
    """Baskets that the subject's file says have lost something, and others: all can be had."""
    for session in trial.subject.known.get("unavailable-session", ()):
        visit = Visit(trial, session)
        first, again = visit.read(), visit.read()
        if state(first) != state(again):
            raise Violation("the basket goes on changing when it is looked at", first, again)
        _hold_available(first)
        out = basket(first)["unavailable_basket_products"]
        if not out and session == _lookable(trial):
            raise Violation("what was taken out of the basket is not listed", first)
        for row in out:
            trial.fire(session, row["pk"], row["unavailable_quantity"])
            if row["pk"] in {line["product"]["pk"] for line in lines(first)}:
                raise Violation("a product is said to be taken out, and is there", first)
    for one in goods(trial, 3, least=1):
        answer = Visit(trial).add(one.product, 1)
        _hold_available(answer)
        if basket(answer)["unavailable_basket_products"]:
            raise Violation("what can be had is called unavailable", answer)
        trial.fire(one.product)


def _hold_available(answer: Exchange) -> None:
    """Violation when a line is there that cannot be had."""
    held: Counter[int] = Counter()
    for line in lines(answer):
        held[line["product"]["pk"]] += line["quantity"]
    for line in lines(answer):
        if held[line["product"]["pk"]] > line["stock"]:
            raise Violation(
                f"the basket has {held[line['product']['pk']]} of {line['product']['pk']}, "
                f"of which there are {line['stock']}",
                answer,
            )
    hold_totals(answer)


def _lookable(trial: Trial) -> str:
    """The known session that no law writes to."""
    return str(trial.subject.known["unavailable-session"][0])


def _until_written(trial: Trial) -> None:
    """The list of what was taken out is gone after the next write, and does not come again."""
    for session in trial.subject.known.get("unavailable-session", ())[1:]:
        for one in goods(trial):
            visit = Visit(trial, session)
            before = visit.read()
            for answer in (visit.add(one.product, 1), visit.read()):
                if basket(answer)["unavailable_basket_products"]:
                    raise Violation("what was taken out is listed after a write", before, answer)
            visit.set(one.product, 0)
            trial.fire(session)
    for one in goods(trial, 3, least=1):
        visit = Visit(trial)
        for answer in (visit.add(one.product, 2), visit.set(one.product, 1), visit.read()):
            if basket(answer)["unavailable_basket_products"]:
                raise Violation("after a write something is listed as taken out", answer)
        trial.fire(one.product)


LAWS = (
    *(
        Entry(
            "stock.too-many",
            operation,
            "More than there is in stock is refused, all of it is not.",
            ("A28", "A29"),
            _too_many(operation),
        )
        for operation in ("add_product", "set_quantity", "change_basket")
    ),
    Entry(
        "stock.over-lines",
        "add_product",
        "The stock is that of all lines of a product together.",
        ("A28",),
        _over_lines,
    ),
    *(
        Entry(
            "stock.not-for-sale",
            operation,
            "A product that cannot be bought is refused, and nothing changes.",
            ("A28", "A29"),
            _not_for_sale(operation),
        )
        for operation in ("add_product", "set_quantity")
    ),
    Entry(
        "stock.taken-out",
        GET,
        "A basket shows no line that cannot be had; what was taken out is listed.",
        ("public", "A28"),
        _taken_out,
        UNAVAILABLE,
    ),
    Entry(
        "stock.until-written",
        GET,
        "What was taken out is listed until the next write.",
        ("A28",),
        _until_written,
        UNAVAILABLE,
        effect="destroys",
    ),
)
