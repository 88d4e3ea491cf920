"""Laws of Zenskar's creates: what is due, what a session begins as, and what begins none."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from ..values import alike
from .vendor import Entry
from .zenskar_desk import (
    CANCEL,
    CONFIRM,
    CREATE,
    LIST,
    MOVES,
    READ,
    SHOP,
    UNSENT,
    asked,
    bare,
    blames,
    contract_of,
    created,
    done,
    due,
    for_customer,
    for_guest,
    good_body,
    plus,
    read,
    refused,
    sums,
)

TIMES = 3
ESTIMATES = "/components/schemas/Estimates"
Phase = list[tuple[str, Any]]


def phases(trial: Trial) -> list[Phase]:
    """Random prices in cents and quantities; only those of the first phase are due."""

    def price() -> str:
        shown = trial.random.choice((0.01, 0.1, 3.33, 19.99, 100, trial.random.random() * 500))
        return f"{shown:.2f}"

    return [
        [(price(), trial.random.randint(1, 9)) for _ in range(trial.random.randint(1, 4))]
        for _ in range(trial.random.randint(1, 3))
    ]


def first_sum(made: list[Phase]) -> Decimal:
    """What a contract with these phases makes due."""
    return sum((Decimal(unit) * count for unit, count in made[0]), Decimal("0.00"))


def _hold_due(answer: Exchange, wanted: Decimal) -> None:
    if sums(answer) != {wanted}:
        raise Violation(f"{sorted(sums(answer))} are due, and should be {wanted}", answer)


def _sums(trial: Trial) -> None:
    first: Phase = [("0.10", 3), ("19.99", 7)]
    for made in ([first], [first, [("5.00", 1)]], *(phases(trial) for _ in range(6))):
        answer = created(trial, for_customer(trial, contract=contract_of(*made)))
        _hold_due(answer, first_sum(made))
        _hold_due(read(trial, answer.data["id"]), first_sum(made))
        trial.fire(made)


def _plans(trial: Trial) -> None:
    """The price of a plan: known, or else the same for everybody and not nothing."""
    example = for_guest(trial)["contract"]
    for plan in trial.subject.known.get("plan", ()):
        body = for_guest(trial, contract={**example, "plan_id": plan["id"]})
        answer = created(trial, body)
        _hold_due(answer, Decimal(plan["amount"]).quantize(Decimal("0.01")))
        trial.fire(plan["id"])
    one = created(trial, for_guest(trial))
    for _ in range(TIMES):
        other = created(trial, for_customer(trial, contract=example))
        if due(one) != due(other):
            raise Violation("one plan has two prices", one, other)
        trial.fire(other.data["id"])


def _unknown_plan(trial: Trial) -> None:
    example = for_guest(trial)["contract"]
    for number in range(TIMES):
        before = _total(trial)
        plan = f"ffffffff-ffff-4fff-8fff-{trial.random.getrandbits(48):012x}"
        body = for_guest(trial, contract={**example, "plan_id": plan})
        answer = refused(trial.send(CREATE, body=body), 404, "a plan that nobody sells")
        if _total(trial) != before:
            raise Violation("a refused create made a session", answer)
        trial.fire(number, plan)


def _total(trial: Trial) -> int:
    return int(trial.good(LIST, query={"limit": 1}).data["total_count"])


def _begins(trial: Trial) -> None:
    for body in (for_customer(trial), for_guest(trial), bare(trial)):
        for _ in range(2):
            answer = created(trial, body)
            shown = answer.data
            for name, value in (
                ("checkout_session_status", "open"),
                ("payment_status", "not_started"),
                ("guest_checkout", body.get("guest_checkout", False)),
                *((name, body.get(name)) for name in UNSENT),
            ):
                if shown.get(name) != value:
                    raise Violation(f"a new session's {name} is {shown.get(name)!r}", answer)
            for name, value in body.items():
                if not alike(shown.get(name), value):
                    raise Violation(
                        f"{name} was sent as {value!r}, not {shown.get(name)!r}", answer
                    )
            seen = read(trial, shown["id"])
            if seen.data != shown:
                raise Violation("a create answers otherwise than GET then", answer, seen)
            trial.fire(shown["id"])


def _currency(trial: Trial) -> None:
    for currency in ("EUR", "JPY", "GBP"):
        body = for_customer(trial, contract=contract_of([("1.00", 1)], currency=currency))
        body.pop("currency", None)
        answer = created(trial, body)
        if answer.data["currency"] != currency:
            raise Violation(
                f"the contract is in {currency}, the session in {answer.data['currency']}", answer
            )
        answer = trial.send(CREATE, body={**body, "currency": "USD"})
        refused(answer, 422, "a currency that is not the contract's")
        trial.fire(currency)


def _past(trial: Trial) -> None:
    for seconds in (1, 3600, 10**8):
        now = created(trial).data["created_at"]
        body = for_customer(trial, expires_at=plus(now, -seconds))
        answer = created(trial, body)
        seen = read(trial, answer.data["id"])
        if seen.data["checkout_session_status"] != "closed":
            raise Violation("a session whose time was over is not closed", answer, seen)
        for operation in MOVES:
            moved = asked(trial, operation, answer.data["id"], good_body(operation))
            refused(moved, 400, "a move of a session whose time is over")
        found = trial.good(
            LIST, query={"id": answer.data["id"], "checkout_session_status": "closed"}
        )
        if len(found.data["results"]) != 1:
            raise Violation("a closed session is not listed as closed", answer, found)
        trial.fire(seconds)


def _bad(trial: Trial) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Bodies that begin no session, each with what is to be blamed."""
    customer, guest = for_customer(trial), for_guest(trial)

    def without(body: dict[str, Any], name: str) -> dict[str, Any]:
        return {key: value for key, value in body.items() if key != name}

    yield without(customer, "contract"), ("body", "contract")
    yield without(customer, "customer_id"), ("body",)
    yield without(guest, "customer"), ("body",)
    yield without(guest, "business_entity_id"), ("body",)
    for name, value in (
        ("customer_id", "understudy"),
        ("guest_checkout", "yes"),
        ("expires_at", "tomorrow"),
        ("expires_at", "2026-02-30T00:00:00Z"),
        ("currency", "dollars"),
        ("success_url", "shop"),
        ("cancel_url", ""),
        ("idempotency_key", ""),
        ("contract", {}),
        ("contract", contract_of()),
        ("contract", contract_of([])),
        ("contract", contract_of([("-1", 1)])),
        ("contract", contract_of([("1", "one")])),
        ("attribution", "newsletter"),
        ("custom_data", 7),
    ):
        yield {**customer, name: value}, ("body", name)
    yield [], ("body",)
    yield b"{", ()


def _invalid(trial: Trial) -> None:
    before = _total(trial)
    for body, where in _bad(trial):
        answer = refused(trial.send(CREATE, body=body), 422, "a create that is not valid")
        blames(answer, *where)
        if _total(trial) != before:
            raise Violation("a refused create made a session", answer)
        trial.fire(repr(body))
    two = {**for_customer(trial), "expires_at": "tomorrow", "currency": "dollars"}
    answer = refused(trial.send(CREATE, body=two), 422, "a create with two mistakes")
    blames(answer, "body", "expires_at")
    blames(answer, "body", "currency")


def _key(trial: Trial) -> str:
    return trial.name()


def _as_it_is(trial: Trial) -> None:
    """A repeated create answers the session as it is now, and does nothing to it."""
    for operation, body in (
        (CONFIRM, {"confirmation": "no_payment"}),
        (CONFIRM, {"confirmation": "charge_when_due"}),
        (CANCEL, {}),
    ):
        sent = for_customer(trial, idempotency_key=_key(trial))
        first = created(trial, sent)
        done(trial, operation, first.data["id"], body)
        before = read(trial, first.data["id"])
        for _ in range(2):
            again = created(trial, sent)
            after = read(trial, first.data["id"])
            if again.data != before.data:
                raise Violation("a repeat does not answer the session as it is", before, again)
            if after.data != before.data:
                raise Violation("a repeated create changed the session", before, again, after)
        trial.fire(operation, repr(body))


def _equal_bodies(trial: Trial) -> None:
    for body in (for_customer(trial), for_guest(trial)):
        sent = {**body, "idempotency_key": _key(trial)}
        sent["custom_data"] = {"a": 1, "b": {"c": [1, 2], "d": None}}
        first = created(trial, sent)
        backwards = dict(reversed(list(sent.items())))
        backwards["custom_data"] = {"b": {"d": None, "c": [1.0, 2]}, "a": 1.0}
        for again in (sent, backwards, sent):
            answer = created(trial, again)
            if answer.data["id"] != first.data["id"]:
                raise Violation("an equal body made another session", first, answer)
            trial.fire(first.data["id"], repr(again))
        for other in ({**sent, "correlation_id": "x"}, {**sent, "custom_data": {"a": 2}}):
            answer = trial.send(CREATE, body=other)
            refused(answer, 400, "another body under the same key")
        new = created(trial, {**sent, "idempotency_key": _key(trial)})
        if new.data["id"] == first.data["id"]:
            raise Violation("another key led to the same session", first, new)


def _own_keys(trial: Trial) -> None:
    if not trial.subject.others:
        trial.reason = "no second organisation is known"
    for other in trial.subject.others:
        for _ in range(TIMES):
            body = for_customer(trial, idempotency_key=_key(trial))
            mine = created(trial, body)
            theirs = created(trial, body, other)
            if mine.data["id"] == theirs.data["id"]:
                raise Violation("a key led to another organisation's session", mine, theirs)
            changed = {**body, "success_url": f"{SHOP}/other", "idempotency_key": _key(trial)}
            created(trial, {**changed, "correlation_id": "x"})
            created(trial, changed, other)
            trial.fire(mine.data["id"])


def _unspent(trial: Trial) -> None:
    """A key that came with a refused request is as good as new."""
    plan = for_guest(trial)["contract"]
    for name, value, status in (
        ("contract", {**plan, "plan_id": "ffffffff-ffff-4fff-8fff-ffffffffffff"}, 404),
        ("currency", "XXX", 422),
        ("expires_at", "tomorrow", 422),
    ):
        good = for_guest(trial, idempotency_key=_key(trial))
        first = refused(trial.send(CREATE, body={**good, name: value}), status, f"{name} {value}")
        answer = trial.send(CREATE, body=good)
        if answer.status != 200:
            raise Violation("a refused request used up its key", first, answer)
        again = created(trial, good)
        if again.data["id"] != answer.data["id"]:
            raise Violation("a repeat made another session", answer, again)
        trial.fire(name)


def _deleted(trial: Trial) -> None:
    page = trial.good(LIST, query={"deleted_at__isnull": False, "limit": 100})
    rows = page.data["results"][:TIMES]
    if not rows:
        trial.reason = "no session is deleted"
    for row in rows:
        id_ = row["id"]
        refused(asked(trial, READ, id_), 404, "a deleted session")
        for operation in MOVES:
            refused(asked(trial, operation, id_, good_body(operation)), 404, "a deleted session")
        found = trial.good(LIST, query={"id": id_})
        if found.data["results"] or found.data["total_count"]:
            raise Violation("a deleted session is listed", found)
        found = trial.good(LIST, query={"id": id_, "deleted_at__isnull": False})
        if found.data["results"] != [row]:
            raise Violation("a refused request changed a deleted session", page, found)
        trial.fire(id_)


LAWS = (
    Entry(
        "estimates.sum",
        CREATE,
        "Due, and on the invoice, is the sum of the first phase's prices times their quantities.",
        ("Z22",),
        _sums,
        ESTIMATES,
    ),
    Entry(
        "estimates.plan",
        CREATE,
        "For a contract on a plan the plan's price is due.",
        ("Z22",),
        _plans,
        ESTIMATES,
    ),
    Entry(
        "create.unknown-plan",
        CREATE,
        "A plan that nobody sells is 404, and makes no session.",
        ("Z22",),
        _unknown_plan,
        "/responses/404",
    ),
    Entry(
        "create.begins",
        CREATE,
        "A new session is open, nothing of it is paid, and it has what was sent.",
        ("public", "Z22"),
        _begins,
    ),
    Entry(
        "create.currency",
        CREATE,
        "Without a currency a session has its contract's; another one is refused.",
        ("public", "Z22"),
        _currency,
    ),
    Entry(
        "create.past",
        CREATE,
        "A session whose time is over when it is made is closed at once.",
        ("Z22", "Z27"),
        _past,
    ),
    Entry(
        "create.invalid",
        CREATE,
        "What is not valid is 422, with where it stands, and makes no session.",
        ("public", "Z17", "Z22"),
        _invalid,
        "/responses/422",
    ),
    Entry(
        "create.repeated",
        CREATE,
        "A repeated create answers the session as it is now, and leaves it so.",
        ("public", "Z22"),
        _as_it_is,
    ),
    Entry(
        "create.equal",
        CREATE,
        "Bodies that are equal as JSON values are one request, others are not.",
        ("public", "Z22"),
        _equal_bodies,
    ),
    Entry(
        "create.own-keys",
        CREATE,
        "The keys of one organisation mean nothing in another.",
        ("Z22",),
        _own_keys,
    ),
    Entry(
        "create.unspent",
        CREATE,
        "A refused request does not use up its key.",
        ("public", "Z22"),
        _unspent,
    ),
    Entry(
        "create.deleted",
        READ,
        "A deleted session is not found, and is listed only where it is asked for.",
        ("Z10", "Z21"),
        _deleted,
        "/responses/404",
    ),
)
