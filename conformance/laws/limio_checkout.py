"""Laws of Limio's subscription checkout: what an update adds, replaces and brings."""

from collections.abc import Iterator
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .limio_visit import (
    BEGIN,
    HUMAN,
    READ,
    UPDATE,
    Checkout,
    Item,
    begin,
    for_subscription,
    held,
    item,
    short,
    subscriptions,
)
from .vendor import Entry

TIMES = 3
ITEMS = "/components/schemas/UpdateSubscription/properties/order/properties/orderItems"
Row = tuple[str, str, str, int]


def _rows(checkout: Exchange) -> list[Row]:
    return [short(row) for row in checkout.data["order"]["orderItems"]]


def _added(checkout: Exchange) -> list[Row]:
    """The offers that a checkout adds."""
    return [row for row in _rows(checkout) if row[:2] == ("add", "offer")]


def _checkouts(trial: Trial) -> Iterator[tuple[Checkout, list[Item]]]:
    """New checkouts of several subscriptions, with what each may be changed to."""
    for subscription in list(subscriptions(trial))[:4]:
        for _ in range(2):
            checkout = Checkout(trial, subscription)
            choices = checkout.choices()
            if choices:
                yield checkout, choices


def _single(trial: Trial) -> None:
    for checkout, choices in _checkouts(trial):
        one, other = choices[0], choices[-1]
        add_ons = [item(each, type_="add_on") for each in checkout.add_ons()[:1]]
        for items in (
            [item(one), item(other)],
            [item(one), item(one)],
            [item(one), *add_ons, item(other, quantity=2)],
            [item(one), item(other, "remove"), item(other)],
        ):
            checkout.refused(*items, why="an update with two offers")
            trial.fire(checkout.id, len(items))
        answer = checkout.put(item(one), *add_ons)
        if len(_added(answer)) != 1:
            raise Violation("one offer beside other items was not added", answer)
        checkout.refused(item(one), item(other), why="an update with two offers")


def _replaces(trial: Trial) -> None:
    for checkout, choices in _checkouts(trial):
        for offer in [*choices[:3], choices[0]]:
            quantity = trial.random.randint(1, 3)
            for answer in (checkout.put(item(offer, quantity=quantity)), checkout.read()):
                wanted = [("add", "offer", offer["id"], quantity)]
                if _added(answer) != wanted:
                    raise Violation(
                        f"the checkout adds {_added(answer)}, and should add {wanted}", answer
                    )
            trial.fire(checkout.id, offer["id"])


def _brings_removal(trial: Trial) -> None:
    for checkout, choices in _checkouts(trial):
        current = checkout.begun.data["forSubscriptionOffer"]["id"]
        for offer in choices[:2]:
            answer = checkout.put(item(offer))
            removed = [row for row in _rows(answer) if row[:3] == ("remove", "offer", current)]
            if len(removed) != 1:
                raise Violation(
                    f"an offer that is added must bring one removal of {current}, not "
                    f"{len(removed)}",
                    answer,
                )
            trial.fire(checkout.id, offer["id"])


def _joins(trial: Trial) -> None:
    for checkout, _ in _checkouts(trial):
        wanted = set(_rows(checkout.begun))
        for number, add_on in enumerate(checkout.add_ons()[:3]):
            action = "remove" if number == 1 else "add"
            row = item(add_on, action, "add_on", trial.random.randint(1, 3))
            answer = checkout.put(row)
            wanted.add(short(row))
            if not wanted <= set(_rows(answer)):
                raise Violation(
                    f"the checkout has {_rows(answer)}, and should have {sorted(wanted)}", answer
                )
            trial.fire(checkout.id, short(row))


def _nothing(trial: Trial) -> None:
    for checkout, choices in _checkouts(trial):
        checkout.put(item(choices[0]))
        before = checkout.read()
        for answer in (checkout.put(), checkout.read()):
            if held(before) != held(answer):
                raise Violation("an empty list changed the checkout", before, answer)
        trial.fire(checkout.id)


def _shows(trial: Trial) -> None:
    for checkout, choices in _checkouts(trial):
        more = [item(each, type_="add_on") for each in checkout.add_ons()[:1]]
        for items in ([item(choices[0])], more, [item(choices[-1], quantity=2), *more]):
            answer = checkout.put(*items)
            seen = checkout.read()
            if held(answer) != held(seen):
                raise Violation("an update answers otherwise than GET then", answer, seen)
            trial.fire(checkout.id, len(items))


def _invalid(trial: Trial) -> None:
    checkout = Checkout(trial)
    choices = checkout.choices()
    if not choices:
        return
    checkout.put(item(choices[0]))
    row = dict(item(choices[0]))
    for body in _bad_updates(row):
        checkout.refused(body=body, why="an update that is not valid")
        trial.fire(body)
    for headers in ({}, {"x-limio-recaptcha": ""}):
        before = checkout.read()
        answer = trial.send(
            UPDATE, body={"order": {"orderItems": [row]}}, headers=headers, jar=checkout.jar
        )
        if answer.status != 400:
            raise Violation(f"400 was expected without a reCAPTCHA, not {answer.status}", answer)
        if held(before) != held(checkout.read()):
            raise Violation("a refused update changed the checkout", before, answer)
        trial.fire(headers)


def _bad_updates(row: dict[str, Any]) -> Iterator[Any]:
    yield from (b"{", [], {}, {"order": {}}, {"order": {"orderItems": {}}})
    for name in row:
        yield {"order": {"orderItems": [{k: v for k, v in row.items() if k != name}]}}
    for name, value in (
        ("orderItemActionType", "change"),
        ("type", "bundle"),
        ("offer", {"id": ""}),
        ("quantity", 0),
        ("quantity", -1),
        ("quantity", 1.5),
        ("quantity", "1"),
    ):
        yield {"order": {"orderItems": [{**row, name: value}]}}
        # A good item before the bad one must not be kept.
        yield {"order": {"orderItems": [{**row, "type": "add_on"}, {**row, name: value}]}}


def _same_subscription(trial: Trial) -> None:
    for subscription in subscriptions(trial):
        shown = Checkout(trial, subscription).begun.data["order"]["forSubscription"]
        for name, value in subscription.items():
            if shown[name] != value:
                raise Violation(
                    f"a checkout for the {name} {value} is for {shown[name]}",
                    Checkout(trial, subscription).begun,
                )
        by_id = Checkout(trial, {"id": shown["id"]})
        by_name = Checkout(trial, {"name": shown["name"]})
        for found in (by_id, by_name):
            if found.begun.data["order"]["forSubscription"] != shown:
                raise Violation("a subscription's id and name lead to two", found.begun)
            trial.fire(found.id)


def _of_two(trial: Trial) -> None:
    shown = [
        Checkout(trial, each).begun.data["order"]["forSubscription"]
        for each in subscriptions(trial)
    ]
    for one in shown:
        for other in shown:
            if one["id"] != other["id"] and one["name"] != other["name"]:
                answer = begin(trial, for_subscription({"id": one["id"], "name": other["name"]}))
                if answer.status < 400:
                    raise Violation("the id of one subscription and the name of another", answer)
                trial.fire(one["id"], other["name"])


def _completed(trial: Trial) -> None:
    for value in trial.subject.known.get("limio_state", ()):
        cookies = {"limio_state": str(value)}
        before = trial.send(READ, cookies=cookies)
        if before.status != 200 or not before.data.get("completed"):
            continue
        offer = before.data["forSubscriptionOffer"]
        for items in ([], [item(offer)], [item(offer, "remove")]):
            body = {"order": {"orderItems": items}}
            answer = trial.send(UPDATE, body=body, headers=HUMAN, cookies=cookies)
            if answer.status != 400:
                raise Violation(
                    f"a completed checkout must refuse with 400, not {answer.status}", answer
                )
            after = trial.good(READ, cookies=cookies)
            if held(before) != held(after):
                raise Violation("a completed checkout changed", before, answer, after)
            trial.fire(value, len(items), repr(items))
    trial.reason = trial.reason or "the subject's file names no completed checkout"


LAWS = (
    Entry(
        "offers.single",
        UPDATE,
        "Two offers cannot be added in one update, and nothing of it is kept.",
        ("seed",),
        _single,
        ITEMS,
    ),
    Entry(
        "offers.replaced",
        UPDATE,
        "An offer that is added takes the place of the one added before.",
        ("public", "L19"),
        _replaces,
    ),
    Entry(
        "offers.removal",
        UPDATE,
        "An offer that is added brings the removal of the current one.",
        ("public", "L19"),
        _brings_removal,
    ),
    Entry(
        "offers.join",
        UPDATE,
        "Add-ons join what the checkout has, as they were sent.",
        ("public", "L19"),
        _joins,
    ),
    Entry(
        "offers.nothing",
        UPDATE,
        "An empty list of items changes nothing.",
        ("L19",),
        _nothing,
    ),
    Entry(
        "offers.shown",
        UPDATE,
        "An update answers what the checkout then holds.",
        ("seed", "public"),
        _shows,
        "/responses/200",
    ),
    Entry(
        "offers.invalid",
        UPDATE,
        "An update that is not valid is refused with 400, and nothing of it is kept.",
        ("seed", "L14", "L19"),
        _invalid,
        "/responses/400",
    ),
    Entry(
        "offers.completed",
        UPDATE,
        "A completed checkout is not changed any more.",
        ("L11", "L19"),
        _completed,
        "/responses/400",
    ),
    Entry(
        "subscription.named",
        BEGIN,
        "A subscription's id and its name lead to the same one.",
        ("public", "L18"),
        _same_subscription,
    ),
    Entry(
        "subscription.of-two",
        BEGIN,
        "The id of one subscription with the name of another begins nothing.",
        ("L18",),
        _of_two,
    ),
)
