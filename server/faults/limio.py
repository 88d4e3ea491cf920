"""Limio with faults: baskets under an external id, and what a refused write leaves behind."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import orjson

from ...specs import pointer
from ..call import Answer, Call
from ..refusal import Refusal
from ..state import Document
from . import lists
from .decorate import (
    Body,
    done,
    every,
    half_done,
    instead,
    sent,
    shown,
    unchecked,
)
from .fault import Apply, Fault, faults
from .stage import Stage

LIST, INITIATE, TOKEN = "list_abandoned_baskets", "initiate_checkout", "issue_token"
READ, BEGIN = "get_subscription_checkout", "initiate_subscription_checkout"
UPDATE = "update_subscription_checkout"
CHECKOUTS = (READ, BEGIN, UPDATE)
COOKIE = "limio_state"


def cookie_of(basket: str) -> str:
    """The cookie that leads to a basket."""
    return urlsafe_b64encode(orjson.dumps({"basketId": basket})).rstrip(b"=").decode()


def _basket_of(cookie: str) -> str | None:
    try:
        data = orjson.loads(urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)))
    except ValueError:
        return None
    found = data.get("basketId") if isinstance(data, dict) else None
    return found if isinstance(found, str) else None


def target(call: Call) -> Document | None:
    """The stored basket that the call's cookie leads to, of any kind."""
    basket = _basket_of(call.cookies.get(COOKIE, ""))
    return call.state.get("baskets", basket) if basket else None


def _current(call: Call) -> Document | None:
    """The basket that an external id means, if one was begun."""
    found = call.state.find(
        "baskets",
        kind="acquisition",
        external_id=call.body["order"]["external_id"],
        completed=False,
    )
    return found[0] if found else None


def ordering(**members: Any) -> Callable[[Body], Body]:
    """A change of members of the order in a body."""
    return lambda body: {**body, "order": {**body["order"], **members}}


def items(change: Callable[[list[Any]], list[Any]]) -> Callable[[Body], Body]:
    """A change of the items of the order in a body."""
    path = ("order", "orderItems")
    return lambda body: pointer.put(body, path, change(list(pointer.value(body, path))))


def _afresh(stage: Stage, call: Call) -> Answer:
    other = f"{call.body['order']['external_id']}-{call.state.token()}"
    return stage.play(call._replace(body=ordering(external_id=other)(call.body)))


def _in_place(change: Callable[[Call, Document, Document], Document]) -> Apply:
    """After an update of a basket by its external id, it is what `change` of both makes of it."""

    def act(stage: Stage, call: Call) -> Answer:
        before = _current(call)
        answer = stage.play(call)
        if before is not None:
            after = call.state.get("baskets", before["id"])
            if after is not None:
                call.state.replace("baskets", change(call, before, after))
        return answer

    return instead(INITIATE, act)


def _moved(stage: Stage, call: Call) -> Answer:
    before = _current(call)
    answer = stage.play(call)
    if before is None:
        return answer
    after = call.state.get("baskets", before["id"]) or before
    call.state.delete("baskets", before["id"])
    id_ = f"basket-{call.state.uuid()}"
    call.state.insert("baskets", {**after, "id": id_})
    return answer._replace(body={"id": id_})


IDEMPOTENCY = faults(
    "limio",
    "idempotency",
    (
        "initiate-always-begins",
        "The same external_id begins a second basket.",
        instead(INITIATE, _afresh),
    ),
    (
        "initiate-keeps-contents",
        "The same external_id leaves the basket as it was.",
        _in_place(lambda _, before, __: before),
    ),
    (
        "initiate-adds-contents",
        "The same external_id adds to what the basket has.",
        _in_place(
            lambda _, before, after: {
                **after,
                "orderItems": [*before["orderItems"], *after["orderItems"]],
            }
        ),
    ),
    (
        "initiate-renews-created",
        "The same external_id makes the basket as young as the request.",
        _in_place(lambda call, _, after: {**after, "created": call.state.timestamp()}),
    ),
    (
        "initiate-renews-id",
        "The same external_id gives the basket another id.",
        instead(INITIATE, _moved),
    ),
    (
        "external-id-folded",
        "Two external_ids that differ in case alone mean one basket.",
        sent(INITIATE, lambda b: ordering(external_id=b["order"]["external_id"].lower())(b)),
    ),
)

LISTS = lists.of("limio", LIST)


def _unlisted(call: Call, answer: Answer) -> None:
    id_ = answer.body.get("id") or answer.body["order"]["checkoutId"]
    basket = call.state.get("baskets", id_)
    if basket is not None:
        call.state.replace("baskets", {**basket, "completed": True})


def _changed_in(collection: str, **members: Any) -> Callable[[Call, Answer], None]:
    def write(call: Call, answer: Answer) -> None:
        basket = call.state.get(collection, answer.body["id"])
        if basket is not None:
            call.state.replace(collection, {**basket, **members})

    return write


def _other_subscription(call: Call, body: Body) -> Body:
    own = body["order"]["forSubscription"]["id"]
    other = next(s for s in every(call.state, "subscriptions") if s["id"] != own)
    named = {"id": other["id"], "name": other["name"]}
    return pointer.put(body, ("order", "forSubscription"), named)


def _by_id_alone(body: Body) -> Body:
    wanted = body["order"]["forSubscription"]
    return ordering(forSubscription={"id": wanted["id"]})(body) if "id" in wanted else body


def _grow(call: Call, _: Answer) -> None:
    basket = target(call)
    if basket is not None and basket["ordered"]:
        grown = [*basket["ordered"], basket["ordered"][-1]]
        call.state.replace("baskets", {**basket, "ordered": grown})


RECORDS = faults(
    "limio",
    "records",
    (
        "initiate-loses-tracking",
        "A basket keeps nothing of the tracking that was sent.",
        done(INITIATE, _changed_in("baskets", tracking={})),
    ),
    (
        "initiate-keeps-first-item",
        "A basket keeps only the first of the items that were sent.",
        sent(INITIATE, items(lambda sent_: sent_[:1])),
    ),
    ("initiate-unlisted", "A basket that was begun is not listed.", done(INITIATE, _unlisted)),
    ("checkout-unlisted", "A checkout that was begun is not listed.", done(BEGIN, _unlisted)),
    (
        "initiate-answers-other-id",
        "Beginning a basket answers an id that no basket has.",
        shown(INITIATE, lambda call, _: {"id": f"basket-{call.state.uuid()}"}),
    ),
    (
        "checkout-of-another",
        "A checkout names another subscription than its own.",
        shown(CHECKOUTS, _other_subscription),
    ),
    (
        "name-beside-id-ignored",
        "A checkout begins though the subscription's id and name do not belong together.",
        sent(BEGIN, _by_id_alone),
    ),
    ("read-grows", "Reading a checkout repeats its last item.", done(READ, _grow)),
)


def _first_item_kept(stage: Stage, call: Call, refusal: Refusal) -> None:
    if refusal.status == 400:
        first = call.body["order"]["orderItems"][:1]
        stage.play(call._replace(body=ordering(orderItems=first)(call.body)))


def _items_lost(_: Stage, call: Call, refusal: Refusal) -> None:
    basket = target(call)
    if refusal.status == 400 and basket is not None:
        call.state.replace("baskets", {**basket, "ordered": [], "orderItems": []})


def _named(body: Any) -> str | None:
    order = body.get("order") if isinstance(body, dict) else None
    found = order.get("external_id") if isinstance(order, dict) else None
    return found if isinstance(found, str) and found else None


def _whole(external_id: str) -> Body:
    offer = {"id": "no-offer", "version": "1"}
    order = {"external_id": external_id, "orderItems": [{"offer": offer, "quantity": 1}]}
    return {"order": order}


def _begun_all_the_same(stage: Stage, call: Call) -> None:
    external_id = _named(call.body) or f"refused-{call.state.token()}"
    known = call._replace(body=_whole(external_id))
    if _current(known) is None:
        stage.play(known)


def _overwritten(stage: Stage, call: Call) -> None:
    external_id = _named(call.body)
    known = call._replace(body=_whole(external_id or ""))
    if external_id and _current(known) is not None:
        stage.play(known)


def _begun_for_free_one(status: int) -> Apply:
    """A checkout that is refused with this status is begun for another subscription."""

    def write(stage: Stage, call: Call, refusal: Refusal) -> None:
        if refusal.status == status:
            active = call.state.find("subscriptions", status="active")
            free = {"id": active[0]["id"]}
            stage.play(call._replace(body=ordering(forSubscription=free)(call.body)))

    return half_done(BEGIN, write)


HALF_DONE = faults(
    "limio",
    "half-done",
    (
        "refused-update-keeps-first",
        "An update that is refused for its two offers keeps its first item.",
        half_done(UPDATE, _first_item_kept),
    ),
    (
        "refused-update-empties",
        "An update that is refused for its two offers empties the checkout.",
        half_done(UPDATE, _items_lost),
    ),
    (
        "refused-initiate-begins",
        "A request to initiate that is refused begins a basket.",
        unchecked(INITIATE, _begun_all_the_same),
    ),
    (
        "refused-initiate-overwrites",
        "A request to initiate that is refused overwrites the basket of its external_id.",
        unchecked(INITIATE, _overwritten),
    ),
    (
        "locked-checkout-begun",
        "A checkout that is refused since it is locked stands in the list of baskets.",
        _begun_for_free_one(423),
    ),
    (
        "unknown-checkout-begun",
        "A checkout that is refused since nobody has the subscription is listed all the same.",
        _begun_for_free_one(404),
    ),
)

FAULTS: tuple[Fault, ...] = (*IDEMPOTENCY, *LISTS, *RECORDS, *HALF_DONE)
