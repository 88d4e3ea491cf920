"""`Checkout`: the change of a subscription at Limio's, and the baskets that stand abandoned."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ..client import UNSET, Jar
from ..exchange import Exchange
from ..family import examples
from ..law import Violation
from ..trial import Trial
from ..values import parse_time
from ..walk import walk

COOKIE = "limio_state"
LIST = "list_abandoned_baskets"
INITIATE = "initiate_checkout"
BEGIN = "initiate_subscription_checkout"
READ = "get_subscription_checkout"
UPDATE = "update_subscription_checkout"
HUMAN = {"x-limio-recaptcha": "understudy"}

Item = Mapping[str, Any]


class Checkout:
    """A checkout that was begun, with the cookie that leads to it."""

    def __init__(self, trial: Trial, subscription: Mapping[str, str] | None = None) -> None:
        self.trial = trial
        self.jar = Jar()
        chosen = subscription or trial.random.choice(subscriptions(trial))
        self.begun = begin(trial, for_subscription(chosen), jar=self.jar)
        if self.begun.status != 200:
            raise Violation(
                f"a checkout could not be begun: {self.begun.status} was answered", self.begun
            )

    @property
    def id(self) -> str:
        """The basket's id."""
        return str(self.begun.data["order"]["checkoutId"])

    def read(self) -> Exchange:
        """The checkout, by its cookie."""
        return self.trial.good(READ, jar=self.jar)

    def send(self, *items: Item, body: Any = UNSET) -> Exchange:
        """An update, whatever comes of it."""
        sent = {"order": {"orderItems": list(items)}} if body is UNSET else body
        return self.trial.send(UPDATE, body=sent, headers=HUMAN, jar=self.jar)

    def put(self, *items: Item) -> Exchange:
        """An update that the contract says succeeds."""
        answer = self.send(*items)
        if answer.status != 200:
            raise Violation(f"a good request was refused with {answer.status}", answer)
        return answer

    def refused(self, *items: Item, body: Any = UNSET, why: str) -> Exchange:
        """An update that must be refused with 400, and change nothing."""
        before = self.read()
        answer = self.send(*items, body=body)
        if answer.status != 400:
            raise Violation(f"{why} must be refused with 400, not {answer.status}", before, answer)
        after = self.read()
        if held(before) != held(after):
            raise Violation(f"{why} was refused, and yet changed something", before, answer, after)
        return answer

    def choices(self) -> list[Item]:
        """The offers that the subscriber may change to, in a random order."""
        actions = self.begun.data["nextActions"]
        current = self.begun.data["forSubscriptionOffer"]["id"]
        found = [
            offer
            for name in ("upgrades", "downgrades", "crossSells")
            for offer in actions[name]
            if offer["id"] != current
        ]
        self.trial.random.shuffle(found)
        if not found:
            self.trial.reason = "the subject offers no other offer for its subscriptions"
        return found

    def add_ons(self) -> list[Item]:
        """The add-ons that the subscriber may have besides."""
        found = list(self.begun.data["nextActions"]["subscriptionAddOns"])
        if not found:
            self.trial.reason = "the subject offers no add-on for its subscriptions"
        return found


def begin(
    trial: Trial, body: Any, *, jar: Jar | None = None, headers: Mapping[str, str] = HUMAN
) -> Exchange:
    """A request to begin a checkout, whatever comes of it."""
    return trial.send(BEGIN, body=body, headers=headers, jar=jar)


def for_subscription(subscription: Mapping[str, str]) -> dict[str, Any]:
    """The body that begins the checkout of a subscription."""
    return {"order": {"order_type": "update_subscription", "forSubscription": dict(subscription)}}


def subscriptions(trial: Trial) -> Sequence[Mapping[str, str]]:
    """Subscriptions that may be changed: the subject's file names them, else the contract."""
    known = trial.subject.known.get("subscription")
    if known:
        return known
    shown = examples(trial.contract, trial.operation(BEGIN))
    return [body["order"]["forSubscription"] for body in shown]


def item(offer: Item, action: str = "add", type_: str = "offer", quantity: int = 1) -> Item:
    """What an update asks for."""
    return {
        "orderItemActionType": action,
        "type": type_,
        "offer": {"id": offer["id"]},
        "quantity": quantity,
    }


def short(row: Item) -> tuple[str, str, str, int]:
    """An item of a checkout, as far as it is compared."""
    return row["orderItemActionType"], row["type"], row["offer"]["id"], row["quantity"]


def held(checkout: Exchange) -> tuple[str, Any, list[tuple[str, str, str, int]]]:
    """What a checkout holds: its id, whether it is completed, its items in any order."""
    order = checkout.data["order"]
    rows = sorted(short(row) for row in order["orderItems"])
    return order["checkoutId"], checkout.data.get("completed"), rows


def abandoned(trial: Trial) -> dict[str, Item]:
    """The baskets that were begun since the trial looked first, and the latest before, by id."""

    def look() -> Mapping[str, Any]:
        seen = [parse_time(row["created"]) for row in walk(trial, trial.operation(LIST)).items]
        if not seen:
            return {}
        since = max(seen) - timedelta(seconds=1)
        return {"createdAfter": since.isoformat().replace("+00:00", "Z")}

    asked = trial.once("latest", look)
    return {row["id"]: row for row in walk(trial, trial.operation(LIST), asked).items}


def offers(trial: Trial) -> list[Item]:
    """Offers that baskets may be begun with: those of the contract's examples."""
    return [
        row["offer"]
        for body in examples(trial.contract, trial.operation(INITIATE))
        for row in body["order"]["orderItems"]
    ]


def order(trial: Trial, external_id: str, items: int = 1) -> dict[str, Any]:
    """The body of a request for a basket with that many items."""
    known = offers(trial)
    rows = [
        {
            "offer": trial.random.choice(known),
            "quantity": trial.random.randint(1, 3),
            **({"type": "offer" if number == 0 else "add_on"} if items > 1 else {}),
        }
        for number in range(items)
    ]
    tracking = {
        "purchaseCountryCode": trial.random.choice(("GB", "DE", "US")),
        "userId": new_id(trial),
    }
    return {"order": {"external_id": external_id, "orderItems": rows, "tracking": tracking}}


def new_id(trial: Trial) -> str:
    """An id of the client's that nothing has."""
    return trial.name().capitalize()


def without(body: Any, *path: str | int) -> Any:
    """A copy of `body` without the member at `path`."""
    name, *rest = path
    if isinstance(body, list):
        return [without(row, *rest) if number == name else row for number, row in enumerate(body)]
    if not rest:
        return {key: value for key, value in body.items() if key != name}
    return {**body, name: without(body[name], *rest)}


def changed(body: Any, value: Any, *path: str | int) -> Any:
    """A copy of `body` with another value at `path`."""
    name, *rest = path
    new = changed(body[name], value, *rest) if rest else value
    if isinstance(body, list):
        return [new if number == name else row for number, row in enumerate(body)]
    return {**body, name: new}


def bad_orders(trial: Trial, external_id: str) -> Iterator[Any]:
    """Bodies that begin no basket."""
    good = order(trial, external_id, 2)
    row = ("order", "orderItems", 0)
    yield from (b"{", [], {}, without(good, "order", "orderItems"))
    yield without(good, "order", "external_id")
    yield changed(good, "", "order", "external_id")
    yield changed(good, 7, "order", "external_id")
    yield changed(good, [], "order", "orderItems")
    yield changed(good, {}, "order", "orderItems")
    for name in ("offer", "quantity"):
        yield without(good, *row, name)
    for name in ("id", "version"):
        yield without(good, *row, "offer", name)
        yield changed(good, "", *row, "offer", name)
    for quantity in (0, -1, "1", None):
        yield changed(good, quantity, *row, "quantity")
