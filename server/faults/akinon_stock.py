"""Akinon with faults: stock, what is kept of a basket, and what a refused write leaves behind."""

from collections.abc import Callable
from typing import Any

from ..call import Answer, Call
from ..refusal import Refusal
from ..state import Document, State
from ..store.query import Query
from ..store.store import Key, Store
from .akinon import (
    ADD,
    BASKETS,
    CHANGE,
    EMPTY,
    GET,
    ITEM,
    SET,
    WRITES,
    as_written,
    basket_of,
    change_basket,
    lines_of,
    of_basket,
)
from .decorate import Around, Body, done, every, half_done, instead, on_refusal, shown, stored
from .fault import Apply, Fault, faults
from .stage import Stage


def _products(change: Callable[[Document], Document]) -> Callable[[Store], Store]:
    """A store that gives out other products than it keeps."""

    class Changed(Around):
        def get(self, collection: str, key: Key) -> Document | None:
            found = super().get(collection, key)
            return change(found) if found is not None and collection == "products" else found

        def find(self, query: Query) -> Any:
            found = super().find(query)
            return [change(d) for d in found] if query.collection == "products" else found

    return Changed


def _inflated(by: int, *operations: str) -> Apply:
    """These operations take more to be in stock than is; what they show is the truth."""

    def act(stage: Stage, call: Call) -> Answer:
        around = _products(lambda d: {**d, "stock": min(d["stock"] + by, 2**31 - 1)})
        state = _state_on(call.state, around(call.state.store))
        answer = stage.play(call._replace(state=state))
        return answer._replace(body=_deflated(call, answer.body))

    return instead(operations or (*BASKETS, ITEM), act)


def _state_on(state: State, store: Store) -> State:
    return State(state.contract, store, state.now, state.chance, "microseconds")


def _deflated(call: Call, part: Any) -> Any:
    """An answer with the stock that products truly have."""
    if isinstance(part, list):
        return [_deflated(call, inner) for inner in part]
    if not isinstance(part, dict):
        return part
    inner = {name: _deflated(call, value) for name, value in part.items()}
    product = inner if "sku" in inner else inner.get("product")
    if "stock" in inner and isinstance(product, dict):
        stored_ = call.state.get("products", product["pk"])
        inner["stock"] = stored_["stock"] if stored_ else 0
    return inner


def _capped(stage: Stage, call: Call, refusal: Refusal) -> Answer | None:
    product = call.state.get("products", call.body["product"])
    if product is None or not any(i.path == ("quantity",) for i in refusal.invalid):
        return None
    have = sum(i["quantity"] for i in lines_of(call) if i["product"] == product["pk"])
    left = product["stock"] - have
    if left < 1:
        return as_written(stage, call) if call.identity else None
    return stage.play(call._replace(body={**call.body, "quantity": left}))


def _unlisted(_: Call, basket: Body) -> Body:
    return {**basket, "unavailable_basket_products": []}


def _said_ok(stage: Stage, call: Call, refusal: Refusal) -> Answer | None:
    is_short = any(invalid.path == ("quantity",) for invalid in refusal.invalid)
    return as_written(stage, call) if is_short and call.identity else None


STOCK = faults(
    "akinon",
    "stock",
    ("stock-unasked", "More than there is can be bought.", _inflated(10**9)),
    ("one-too-many", "One unit more than the stock can be bought.", _inflated(1)),
    ("one-too-few", "The last unit in stock cannot be bought.", _inflated(-1, ADD, SET, CHANGE)),
    ("put-takes-any", "PUT sets any quantity, in stock or not.", _inflated(10**9, SET)),
    (
        "overstock-capped",
        "Adding more than there is adds what there is.",
        on_refusal(ADD, _capped),
    ),
    (
        "overstock-ignored",
        "Adding more than there is is answered as a success, and adds nothing.",
        on_refusal(ADD, _said_ok),
    ),
    (
        "inactive-sold",
        "A product that is not sold any more can be bought.",
        stored(_products(lambda d: {**d, "is_active": True})),
    ),
    (
        "unavailable-untold",
        "What was taken out of the basket is not listed.",
        of_basket(_unlisted),
    ),
)


def _unstamped(store: Store) -> Store:
    """A store whose baskets keep their first modified_date."""

    class Unstamped(Around):
        def put(
            self, collection: str, key: Key, document: Document, *, is_new: bool = False
        ) -> None:
            before = self.get(collection, key) if collection == "baskets" else None
            if before is not None:
                document = {**document, "modified_date": before["modified_date"]}
            super().put(collection, key, document, is_new=is_new)

    return Unstamped(store)


def _look_stamps(stage: Stage, call: Call) -> Answer:
    change_basket(call, modified_date=call.state.timestamp())
    return stage.play(call)


def _before(stage: Stage, call: Call) -> Answer:
    if basket_of(call) is None:
        return stage.play(call)
    earlier = as_written(stage, call)
    stage.play(call)
    return earlier


def _other_grows(call: Call, _: Answer) -> None:
    own = basket_of(call)
    others = [
        item
        for item in every(call.state, "basket_items")
        if own is None or item["basket"] != own["pk"]
    ]
    # The latest one belongs to whoever wrote last, not to the fixture.
    if others:
        newest = max(others, key=lambda item: item["id"])
        grown = {**newest, "quantity": newest["quantity"] + 1}
        call.state.replace("basket_items", grown)


def _renumbered(_: Call, body: Body) -> Body:
    return {**body, "basket": {**body["basket"], "pk": body["basket"]["pk"] + 1}}


def _first_line_lost(_: Call, body: Body) -> Body:
    basket = body["basket"]
    return {**body, "basket": {**basket, "basketitem_set": basket["basketitem_set"][1:]}}


RECORDS = faults(
    "akinon",
    "records",
    ("empty-renumbers", "An emptied basket has another pk.", shown(EMPTY, _renumbered)),
    (
        "created-moves",
        "A basket was created when it was last written.",
        of_basket(lambda _, basket: {**basket, "created_date": basket["modified_date"]}),
    ),
    ("modified-stands", "A write does not move modified_date.", stored(_unstamped)),
    ("look-stamps", "A look at the basket moves modified_date.", instead(GET, _look_stamps)),
    (
        "write-answers-before",
        "A write answers with the basket as it was before.",
        instead(WRITES, _before),
    ),
    (
        "another-basket-grows",
        "Adding to a basket adds to another session's basket.",
        done(ADD, _other_grows),
    ),
    ("get-loses-first", "A look at the basket lacks its first line.", shown(GET, _first_line_lost)),
)


def _set_to_zero(stage: Stage, call: Call, _: Refusal) -> None:
    if any(line["product"] == call.body["product"] for line in lines_of(call)):
        for line in lines_of(call):
            if line["product"] == call.body["product"]:
                call.state.delete("basket_items", line["id"])


def _one_added(stage: Stage, call: Call, refusal: Refusal) -> None:
    if any(invalid.path == ("quantity",) for invalid in refusal.invalid):
        stage.play(call._replace(body={**call.body, "quantity": 1}))


def _code_kept(_: Stage, call: Call, __: Refusal) -> None:
    if "voucher_code" in call.body:
        change_basket(call, voucher_code=call.body["voucher_code"])


def _code_dropped(_: Stage, call: Call, __: Refusal) -> None:
    change_basket(call, voucher_code=None)


def _looks_written(_: Stage, call: Call, __: Refusal) -> None:
    change_basket(call, modified_date=call.state.timestamp())


HALF_DONE = faults(
    "akinon",
    "half-done",
    (
        "refused-add-adds-one",
        "Adding more than there is is refused, and adds one unit.",
        half_done(ADD, _one_added),
    ),
    (
        "refused-add-drops-code",
        "Adding what cannot be bought is refused, and drops the discount code.",
        half_done(ADD, _code_dropped),
    ),
    (
        "refused-put-removes",
        "Setting more than there is is refused, and removes the line.",
        half_done(SET, _set_to_zero),
    ),
    (
        "refused-code-kept",
        "A code that is refused stays on the basket.",
        half_done(CHANGE, _code_kept),
    ),
    (
        "refused-code-drops-old",
        "A code that is refused drops the code that the basket had.",
        half_done(CHANGE, _code_dropped),
    ),
    (
        "refused-item-stamps",
        "A change of an unknown item is refused, and counts as a write.",
        half_done(ITEM, _looks_written),
    ),
)

FAULTS: tuple[Fault, ...] = (*STOCK, *RECORDS, *HALF_DONE)
