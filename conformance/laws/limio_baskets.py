"""Laws of Limio's baskets for new offers: begun, and updated under the client's own id."""

from datetime import timedelta

from ..client import Jar
from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from ..values import alike, parse_time
from ..walk import walk
from .limio_visit import INITIATE, LIST, Checkout, Item, abandoned, bad_orders, new_id, order
from .vendor import Entry

TIMES = 3
LIFE = timedelta(days=14)


def _begin(trial: Trial, external_id: str, items: int = 1) -> tuple[Exchange, str]:
    """A basket asked for, and its id."""
    answer = trial.good(INITIATE, body=order(trial, external_id, items), jar=Jar())
    return answer, str(answer.data["id"])


def _listed(trial: Trial, id_: str, *shown: Exchange) -> Item:
    row = abandoned(trial).get(id_)
    if row is None:
        raise Violation(f"{id_} was begun and is not listed", *shown)
    return row


def _contents(trial: Trial) -> None:
    abandoned(trial)
    for items in (1, 2, 3):
        external_id = new_id(trial)
        body = order(trial, external_id, items)
        answer = trial.good(INITIATE, body=body, jar=Jar())
        row = _listed(trial, answer.data["id"], answer)
        _hold(row, body, answer)
        if row["completed"] is not False:
            raise Violation("a basket that was just begun is completed", answer)
        trial.fire(external_id, items)


def _hold(row: Item, body: Item, answer: Exchange) -> None:
    wanted = body["order"]
    if len(row["orderItems"]) != len(wanted["orderItems"]):
        raise Violation(
            f"{len(wanted['orderItems'])} items were sent, {len(row['orderItems'])} are listed",
            answer,
        )
    if not alike(row["tracking"], wanted["tracking"]):
        raise Violation(f"the basket's tracking is {row['tracking']}", answer)


def _again(trial: Trial) -> None:
    abandoned(trial)
    for _ in range(TIMES):
        external_id = new_id(trial)
        first, id_ = _begin(trial, external_id)
        before = _listed(trial, id_, first)
        count = len(abandoned(trial))
        for items in (3, 2, 1):
            body = order(trial, external_id, items)
            answer = trial.good(INITIATE, body=body, jar=Jar())
            if answer.data["id"] != id_:
                raise Violation("the same external_id began another basket", first, answer)
            after = _listed(trial, id_, answer)
            _hold(after, body, answer)
            if after["created"] != before["created"]:
                raise Violation("an update moved the basket's creation", first, answer)
            if len(abandoned(trial)) != count:
                raise Violation("an update added a basket to the list", first, answer)
            trial.fire(external_id, items)


def _another(trial: Trial) -> None:
    for _ in range(TIMES):
        external_id = new_id(trial)
        first, id_ = _begin(trial, external_id)
        for other in (external_id.lower(), external_id + "0", external_id[:-1], new_id(trial)):
            answer, found = _begin(trial, other)
            if found == id_:
                raise Violation("another external_id led to the same basket", first, answer)
            trial.fire(other)


def _alone(trial: Trial) -> None:
    abandoned(trial)
    for _ in range(TIMES):
        external_id = new_id(trial)
        _begin(trial, external_id)
        other, id_ = _begin(trial, new_id(trial))
        before = _listed(trial, id_, other)
        answer, _ = _begin(trial, external_id, 2)
        if _listed(trial, id_, answer) != before:
            raise Violation("an update of one basket changed another", other, answer)
        trial.fire(external_id)


def _refused(trial: Trial) -> None:
    abandoned(trial)
    external_id = new_id(trial)
    _begin(trial, external_id, 2)
    before = abandoned(trial)
    for body in bad_orders(trial, external_id):
        answer = trial.send(INITIATE, body=body)
        if answer.status != 502:
            raise Violation(
                f"a request that is not valid must be refused with 502, not {answer.status}",
                answer,
            )
        if abandoned(trial) != before:
            raise Violation("a refused request changed the list of baskets", answer)
        trial.fire(body)


def _over(trial: Trial) -> None:
    """A basket that is completed is not updated: a new one is begun."""
    known = trial.subject.known.get("completed-order", ())
    if not known:
        trial.reason = "the subject's file names no order as known.completed-order"
    for one in known:
        answer, id_ = _begin(trial, one["external_id"])
        if id_ == one["id"]:
            raise Violation("a completed basket was begun again", answer)
        again, found = _begin(trial, one["external_id"], 2)
        if found != id_:
            raise Violation("the basket after a completed one is not updated", answer, again)
        trial.fire(one["id"])


def _both_kinds(trial: Trial) -> None:
    abandoned(trial)
    for _ in range(TIMES):
        checkout = Checkout(trial)
        _listed(trial, checkout.id, checkout.begun)
        answer, id_ = _begin(trial, new_id(trial))
        _listed(trial, id_, answer)
        trial.fire(checkout.id, id_)


def _young(trial: Trial) -> None:
    abandoned(trial)
    answer, id_ = _begin(trial, new_id(trial))
    now = parse_time(_listed(trial, id_, answer)["created"])
    found = walk(trial, trial.operation(LIST), is_new=True)
    for row in found.items:
        if parse_time(row["created"]) < now - LIFE:
            raise Violation(f"{row['id']} is listed, and was begun {row['created']}", *found.pages)
        trial.fire(row["id"])


LAWS = (
    Entry(
        "baskets.contents",
        INITIATE,
        "A basket that was begun is listed with what was sent.",
        ("public", "L17"),
        _contents,
    ),
    Entry(
        "baskets.again",
        INITIATE,
        "The same external_id gives the basket new contents, and keeps its id and its creation.",
        ("seed", "L17"),
        _again,
    ),
    Entry(
        "baskets.another",
        INITIATE,
        "Another external_id begins another basket.",
        ("L17",),
        _another,
    ),
    Entry(
        "baskets.alone",
        INITIATE,
        "Updating one basket changes no other.",
        ("seed", "L17"),
        _alone,
    ),
    Entry(
        "baskets.refused",
        INITIATE,
        "A request that is not valid is refused with 502, begins nothing and changes nothing.",
        ("seed", "L7", "L14", "L17"),
        _refused,
        "/responses/502",
    ),
    Entry(
        "baskets.over",
        INITIATE,
        "Under the external_id of a completed basket a new one is begun.",
        ("L17",),
        _over,
    ),
    Entry(
        "baskets.young",
        LIST,
        "No basket is listed that was begun more than 14 days ago.",
        ("L20",),
        _young,
    ),
    Entry(
        "baskets.both-kinds",
        LIST,
        "Baskets of both kinds are listed.",
        ("L6", "L16"),
        _both_kinds,
    ),
)
