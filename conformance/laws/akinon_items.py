"""Laws of Akinon's items: a line changed as a whole, or a unit split off it."""

from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .akinon_money import hold_totals
from .akinon_visit import (
    LARGEST,
    Attributes,
    Goods,
    Line,
    Visit,
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
)
from .vendor import Entry

ITEM = "change_item"


def change(
    visit: Visit, line: Line, *, is_all: bool, attributes: Attributes | None = None
) -> Exchange:
    """A line changed, or a unit of it."""
    body: dict[str, Any] = {"id": line["id"], "is_all": is_all}
    return visit.good(ITEM, body if attributes is None else {**body, "attributes": attributes})


def _line(visit: Visit, one: Goods, attributes: Attributes | None = None) -> Line:
    """The line of `one`, which must be there."""
    found = line_of(visit.read(), one.product, attributes)
    if found is None:
        raise Violation(f"there is no line of {one.product}", *visit.trail[-2:])
    return found


def _hold(visit: Visit, item: Exchange, wanted: Attributes, quantity: int) -> Exchange:
    """Violation unless the answer is the item that the basket has for `wanted`."""
    found = item.data
    if found["quantity"] != quantity or canonical(found["attributes"]) != canonical(wanted):
        raise Violation(
            f"the item answered has {found['quantity']} units and {found['attributes']}, "
            f"not {quantity} and {dict(wanted)}",
            *visit.trail[-3:],
        )
    after = visit.read()
    line = line_of(after, found["product"]["pk"], wanted)
    kept = {"id", "quantity", "unit_price", "total_amount", "discount_amount"}
    if line is None or {n: line[n] for n in kept} != {n: found[n] for n in kept}:
        raise Violation("the item answered is not the one in the basket", item, after)
    hold_totals(after)
    return after


def _whole(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        for attributes in (None, some_attributes(trial)):
            visit = Visit(trial)
            visit.add(one.product, 3, {"old": 1})
            old = _line(visit, one, {"old": 1})
            wanted = {"old": 1} if attributes is None else attributes
            item = change(visit, old, is_all=True, attributes=attributes)
            after = _hold(visit, item, wanted, 3)
            if len(lines(after)) != 1:
                raise Violation("a line that was replaced is still there", item, after)
            trial.fire(one.product, attributes)


def _new_id(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        for is_all in (True, False):
            visit = Visit(trial)
            visit.add(one.product, 2)
            old = _line(visit, one)
            item = change(visit, old, is_all=is_all, attributes=some_attributes(trial))
            if item.data["id"] == old["id"]:
                raise Violation("the item has the id of before", *visit.trail[-2:])
            trial.fire(one.product, is_all)


def _split(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        visit = Visit(trial)
        visit.add(one.product, 3)
        units = 3
        for _ in range(3):
            extra = some_attributes(trial)
            item = change(visit, _line(visit, one), is_all=False, attributes=extra)
            units -= 1
            after = _hold(visit, item, extra, 1)
            rest = line_of(after, one.product)
            if (rest["quantity"] if rest else 0) != units:
                raise Violation(f"{units} units should be left in the line", item, after)
            trial.fire(one.product, units)


def _merge(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        for is_all in (True, False):
            visit = Visit(trial)
            extra = some_attributes(trial)
            visit.add(one.product, 2)
            visit.add(one.product, 3, extra)
            goal = _line(visit, one, extra)
            item = change(visit, _line(visit, one), is_all=is_all, attributes=extra)
            moved = 2 if is_all else 1
            after = _hold(visit, item, extra, 3 + moved)
            if item.data["id"] != goal["id"]:
                raise Violation(
                    "the line that another was merged into has a new id", *visit.trail[-4:]
                )
            rest = line_of(after, one.product)
            if (rest["quantity"] if rest else 0) != 2 - moved:
                raise Violation("what was merged is still there", item, after)
            trial.fire(one.product, is_all)


def _back(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        same: tuple[Attributes | None, ...] = (None, {})
        for attributes in same:
            visit = Visit(trial)
            before = visit.add(one.product, 3)
            old = _line(visit, one)
            item = change(visit, old, is_all=False, attributes=attributes)
            after = _hold(visit, item, {}, 3)
            if item.data["id"] == old["id"]:
                raise Violation(
                    "a unit that went back to its line left it its id", *visit.trail[-3:]
                )
            if look(before) != look(after):
                raise Violation(
                    "a unit that was not changed changed the basket", before, item, after
                )
            trial.fire(one.product, attributes)


def _keeps(trial: Trial) -> None:
    """The rest of the basket: other lines, the code, the sum of units and prices."""
    chosen = goods(trial, 2)
    if not chosen:
        return
    one, other = chosen
    for is_all in (True, False):
        for kind in range(2):
            visit = Visit(trial)
            visit.add(other.product, 2)
            visit.add(other.product, 1, {"kind": kind})
            visit.add(one.product, 3)
            before = visit.code(external_offer_code="understudy-unknown")
            extra = some_attributes(trial)
            change(visit, _line(visit, one), is_all=is_all, attributes=extra)
            after = visit.read()
            for name in ("voucher_code", "total_quantity", "total_product_amount", "total_amount"):
                if basket(before)[name] != basket(after)[name]:
                    raise Violation(f"{name} changed with an item's attributes", before, after)
            mine = {k: v for k, v in quantities(before).items() if k[0] == other.product}
            found = {k: v for k, v in quantities(after).items() if k[0] == other.product}
            if mine != found:
                raise Violation("changing one item changed another line", before, after)
            trial.fire(is_all, kind)


def _unknown(trial: Trial) -> None:
    for number in range(3):
        visit, other = filled(trial), filled(trial)
        if visit is None or other is None:
            return
        foreign = lines(other.read())[0]["id"]
        for id_ in (foreign, LARGEST - number):
            for is_all in (True, False):
                body = {"id": id_, "is_all": is_all, "attributes": some_attributes(trial)}
                before = other.read()
                visit.refused(ITEM, body, "an item that the basket does not have")
                after = other.read()
                if state(before) != state(after):
                    raise Violation(
                        "an item of another basket was changed", before, visit.trail[-2], after
                    )
                trial.fire(id_, is_all)


def _gone(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        visit = Visit(trial)
        visit.add(one.product, 2)
        old = _line(visit, one)
        change(visit, old, is_all=True, attributes=some_attributes(trial))
        visit.refused(ITEM, {"id": old["id"], "is_all": True}, "an item that was replaced")
        trial.fire(one.product)


def _needs_is_all(trial: Trial) -> None:
    for one in goods(trial):
        visit = Visit(trial)
        visit.add(one.product, 2)
        id_ = _line(visit, one)["id"]
        for body in (
            {"id": id_},
            {"id": id_, "attributes": {"a": 1}},
            {"id": id_, "is_all": None},
            {"id": id_, "is_all": "yes"},
            {"id": id_, "is_all": 1},
            {"is_all": True},
            {"id": str(id_), "is_all": True},
            {"id": id_, "is_all": True, "attributes": True},
            {"id": id_, "is_all": True, "attributes": None},
        ):
            visit.refused(ITEM, body, "a change of an item that does not say all it must")
            trial.fire(body)


LAWS = (
    Entry(
        "items.whole",
        ITEM,
        "With is_all the whole line is changed, and the item alone is answered.",
        ("seed", "A25"),
        _whole,
    ),
    Entry(
        "items.new-id",
        ITEM,
        "A changed item is a new one, with an id of its own.",
        ("seed",),
        _new_id,
        "/responses/200",
    ),
    Entry(
        "items.split",
        ITEM,
        "Without is_all one unit is split off, and the others stay.",
        ("seed", "A25"),
        _split,
    ),
    Entry(
        "items.merge",
        ITEM,
        "What comes to equal another line is merged into it, and that one keeps its id.",
        ("A25",),
        _merge,
    ),
    Entry(
        "items.back",
        ITEM,
        "A unit that is not changed goes back to its line, which gets a new id.",
        ("A25",),
        _back,
    ),
    Entry(
        "items.alone",
        ITEM,
        "Changing an item changes no other line, no code and no sum.",
        ("seed", "A25"),
        _keeps,
    ),
    Entry(
        "items.unknown",
        ITEM,
        "An item that the basket does not have is answered with 400, another's too.",
        ("seed",),
        _unknown,
        "/responses/400",
    ),
    Entry(
        "items.gone",
        ITEM,
        "An item that was replaced is not there any more.",
        ("seed", "A25"),
        _gone,
        "/responses/400",
    ),
    Entry(
        "items.is-all",
        ITEM,
        "A change that leaves out what it must say is refused, and changes nothing.",
        ("seed", "A25", "A29"),
        _needs_is_all,
        "/responses/400",
    ),
)
