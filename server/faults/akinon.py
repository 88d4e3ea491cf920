"""Akinon with faults: the lines of the basket, and the split of one."""

from collections.abc import Callable
from typing import Any

import orjson

from ..apis.akinon_lines import canonical
from ..call import Answer, Call
from ..refusal import Refusal
from ..state import Document
from .decorate import (
    Body,
    done,
    every,
    instead,
    on_refusal,
    sent,
    shown,
    without,
)
from .fault import Apply, Fault, faults
from .stage import Stage

GET, ADD, SET, CHANGE = "get_basket", "add_product", "set_quantity", "change_basket"
EMPTY, ITEM = "empty_basket", "change_item"
WRITES = (ADD, SET, CHANGE, EMPTY)
BASKETS = (GET, *WRITES)


def basket_of(call: Call) -> Document | None:
    """The stored basket of the call's session."""
    session = call.state.get("sessions", call.identity.name) if call.identity else None
    key = session["basket"] if session else None
    return None if key is None else call.state.get("baskets", key)


def lines_of(call: Call) -> list[Document]:
    """The stored lines of the call's session."""
    basket = basket_of(call)
    if basket is None:
        return []
    return [i for i in every(call.state, "basket_items") if i["basket"] == basket["pk"]]


def change_basket(call: Call, **members: Any) -> None:
    """Write these members of the session's basket."""
    basket = basket_of(call)
    if basket is not None:
        call.state.replace("baskets", {**basket, **members})


def as_written(stage: Stage, call: Call) -> Answer:
    """The answer of a write, as a look at the basket has it."""
    answer = stage.play(call, GET)
    begun = "".join(text for _, text in answer.headers).partition(";")[0].partition("=")[2]
    session = call.identity.name if call.identity else begun
    return answer._replace(body={**answer.body, "osessionid": session})


def of_basket(change: Callable[[Call, Body], Body]) -> Apply:
    """Every answer's basket is changed."""
    return shown(BASKETS, lambda call, body: {**body, "basket": change(call, body["basket"])})


def _twin(call: Call) -> Document | None:
    """The line that the body's product and attributes mean."""
    wanted = canonical(call.body.get("attributes", {}))
    for line in lines_of(call):
        if line["product"] == call.body["product"] and canonical(line["attributes"]) == wanted:
            return line
    return None


def _apart(is_meant: Callable[[Call, Document], bool]) -> Apply:
    """Units that are added make a line of their own, where `is_meant` says so of the twin."""

    def act(stage: Stage, call: Call) -> Answer:
        twin = _twin(call)
        if twin is None or not is_meant(call, twin):
            return stage.play(call)
        call.state.delete("basket_items", twin["id"])
        stage.play(call)
        call.state.insert("basket_items", twin)
        return as_written(stage, call)

    return instead(ADD, act)


def _is_spelt_otherwise(call: Call, twin: Document) -> bool:
    return orjson.dumps(call.body.get("attributes", {})) != orjson.dumps(twin["attributes"])


def _adding_sets(stage: Stage, call: Call) -> Answer:
    if _twin(call) is None:
        return stage.play(call)
    attributes = call.body.get("attributes", {})
    return stage.play(call._replace(body={**call.body, "attributes": attributes}), SET)


def _setting_adds(stage: Stage, call: Call) -> Answer:
    return stage.play(call, ADD if call.body["quantity"] and _twin(call) else SET)


def _zero_ignored(stage: Stage, call: Call) -> Answer:
    if call.body.get("quantity") == 0 and "product" in call.body:
        return as_written(stage, call)
    return stage.play(call)


def _patch_adds(stage: Stage, call: Call, refusal: Refusal) -> Answer | None:
    is_absent = any(invalid.path == ("product",) for invalid in refusal.invalid)
    return stage.play(call, ADD) if is_absent and call.body.get("quantity") else None


def _put_refuses(stage: Stage, call: Call) -> Answer:
    if call.body["quantity"] and not any(
        line["product"] == call.body["product"] for line in lines_of(call)
    ):
        raise Refusal(400, "The basket has no such line.")
    return stage.play(call)


def _absent_stamps(stage: Stage, call: Call) -> Answer:
    answer = stage.play(call)
    if call.body["quantity"]:
        return answer
    change_basket(call, modified_date=call.state.timestamp())
    return as_written(stage, call)


def _one_left(stage: Stage, call: Call) -> Answer:
    lines = lines_of(call)
    answer = stage.play(call)
    if not lines:
        return answer
    call.state.insert("basket_items", lines[0])
    return as_written(stage, call)


def _reversed(_: Call, basket: Body) -> Body:
    return {**basket, "basketitem_set": basket["basketitem_set"][::-1]}


LINES = faults(
    "akinon",
    "lines",
    (
        "add-makes-new-line",
        "Adding a product that the basket has makes a second line of it.",
        _apart(lambda _, __: True),
    ),
    (
        "order-of-attributes-matters",
        "Attributes in another order, or 1.0 for 1, make another line.",
        _apart(_is_spelt_otherwise),
    ),
    ("add-sets", "Adding sets the quantity.", instead(ADD, _adding_sets)),
    ("put-adds", "Setting the quantity adds to it.", instead(SET, _setting_adds)),
    (
        "zero-ignored",
        "A quantity of 0 leaves the line as it is.",
        instead((SET, CHANGE), _zero_ignored),
    ),
    (
        "attributes-ignored",
        "Lines of a product are one line, whatever their attributes.",
        sent(ADD, lambda body: without(body, "attributes")),
    ),
    (
        "patch-adds",
        "PATCH adds a product that the basket does not have.",
        on_refusal(CHANGE, _patch_adds),
    ),
    (
        "put-refuses-new",
        "PUT of a product that the basket does not have is refused.",
        instead(SET, _put_refuses),
    ),
    (
        "put-nothing-stamps",
        "Setting an absent product to 0 counts as a write.",
        instead(SET, _absent_stamps),
    ),
    ("empty-leaves-one", "Emptying the basket leaves a line in it.", instead(EMPTY, _one_left)),
    ("lines-reversed", "Lines are shown in the opposite order.", of_basket(_reversed)),
)


def _line(call: Call) -> Document | None:
    return next((line for line in lines_of(call) if line["id"] == call.body["id"]), None)


def _units_grow(call: Call, _: Answer) -> None:
    """After a split the line that lost a unit has it again."""
    line = _line(call)
    if line is not None and not call.body["is_all"]:
        call.state.replace("basket_items", {**line, "quantity": line["quantity"] + 1})


def _same_id(stage: Stage, call: Call) -> Answer:
    answer = stage.play(call)
    made = call.state.get("basket_items", answer.body["id"])
    if not call.body["is_all"] or _line(call) is not None or made is None:
        return answer
    call.state.delete("basket_items", made["id"])
    call.state.insert("basket_items", {**made, "id": call.body["id"]})
    return answer._replace(body={**answer.body, "id": call.body["id"]})


def _unmerged(stage: Stage, call: Call) -> Answer:
    line = _line(call)
    if line is None:
        return stage.play(call)
    wanted = canonical(call.body.get("attributes", line["attributes"]))
    twins = [
        other
        for other in lines_of(call)
        if other["id"] != line["id"]
        and other["product"] == line["product"]
        and canonical(other["attributes"]) == wanted
    ]
    for twin in twins:
        call.state.delete("basket_items", twin["id"])
    answer = stage.play(call)
    for twin in twins:
        call.state.insert("basket_items", twin)
    return answer


def _wrapped(_: Call, body: Body) -> Body:
    return {"basket": {"basketitem_set": [body]}}


def _first_line(stage: Stage, call: Call, _: Refusal) -> Answer | None:
    lines = lines_of(call)
    if _line(call) is not None or not lines:
        return None
    return stage.play(call._replace(body={**call.body, "id": lines[0]["id"]}))


SPLIT = faults(
    "akinon",
    "split",
    (
        "split-multiplies",
        "Splitting a unit off does not take it from its line.",
        done(ITEM, _units_grow),
    ),
    (
        "split-takes-all",
        "Splitting changes the whole line.",
        sent(ITEM, lambda body: {**body, "is_all": True}),
    ),
    (
        "whole-takes-one",
        "Changing a whole line splits one unit off.",
        sent(ITEM, lambda body: {**body, "is_all": False}),
    ),
    ("line-keeps-id", "A line that was changed keeps its id.", instead(ITEM, _same_id)),
    (
        "equal-lines-apart",
        "A line that comes to equal another is not merged into it.",
        instead(ITEM, _unmerged),
    ),
    (
        "attributes-stay",
        "The attributes that are sent for a line are not taken.",
        sent(ITEM, lambda body: without(body, "attributes")),
    ),
    (
        "attributes-fall",
        "A change without attributes takes those of the line away.",
        sent(ITEM, lambda body: {"attributes": {}, **body}),
    ),
    ("item-in-a-basket", "The answer is not the item alone.", shown(ITEM, _wrapped)),
    (
        "unknown-item-is-first",
        "Changing an item that the basket does not have changes its first line.",
        on_refusal(ITEM, _first_line),
    ),
)


FAULTS: tuple[Fault, ...] = (*LINES, *SPLIT)
