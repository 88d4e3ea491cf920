"""Laws of Zenskar's moves: confirming and cancelling, and what becomes of the session."""

from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from ..values import alike, parse_time
from .vendor import Entry
from .zenskar_desk import (
    CANCEL,
    CONFIRM,
    MOVES,
    READ,
    SHOP,
    UPDATE,
    asked,
    created,
    done,
    for_customer,
    for_guest,
    good_body,
    read,
    refused,
)

TIMES = 3
WAYS = ("no_payment", "charge_immediately", "charge_when_due")
ENDS: tuple[tuple[str, Any], ...] = (
    *((CONFIRM, {"confirmation": way}) for way in WAYS),
    (CANCEL, {}),
)
"""Everything that ends a session's being open."""


def _redirects(trial: Trial) -> None:
    for number in range(TIMES):
        address = f"{SHOP}/thanks/{number}?a=1&b=%20"
        bodies = (
            for_customer(trial, success_url=address, cancel_url=f"{SHOP}/basket"),
            for_guest(trial, success_url=address, cancel_url=f"{SHOP}/basket"),
        )
        for body in bodies:
            made = created(trial, body)
            move = {"confirmation": "charge_immediately", "redirect": True}
            answer = refused(asked(trial, CONFIRM, made.data["id"], move), 302, "a redirection")
            if answer.headers.get("location") != address:
                raise Violation(
                    f"the redirection leads to {answer.headers.get('location')}, not {address}",
                    made,
                    answer,
                )
            _hold_state(answer, read(trial, made.data["id"]), "completed", "paid")
            trial.fire(number, made.data["id"])


def _hold_state(answer: Exchange, seen: Exchange, status: str, payment: str) -> None:
    found = seen.data["checkout_session_status"], seen.data["payment_status"]
    if found != (status, payment):
        raise Violation(f"the session is {found[0]} and {found[1]}", answer, seen)


def _stays(trial: Trial) -> None:
    """Without one of the three that a redirection needs, the answer is the session."""
    address = f"{SHOP}/thanks"
    for url, move in (
        (None, {"confirmation": "charge_immediately", "redirect": True}),
        (address, {"confirmation": "charge_immediately", "redirect": False}),
        (address, {"confirmation": "charge_immediately"}),
        (address, {"confirmation": "no_payment", "redirect": True}),
        (address, {"confirmation": "charge_when_due", "redirect": True}),
    ):
        body = for_customer(trial)
        body.pop("success_url", None)
        made = created(trial, body if url is None else {**body, "success_url": url})
        answer = refused(asked(trial, CONFIRM, made.data["id"], move), 200, "a confirmation")
        seen = read(trial, made.data["id"])
        if seen.data != answer.data:
            raise Violation("a confirmation answers otherwise than GET then", answer, seen)
        trial.fire(url, repr(move))


def _contracts(trial: Trial) -> None:
    for way in WAYS:
        for body in (for_customer(trial), for_guest(trial)):
            made = created(trial, body)
            answer = done(trial, CONFIRM, made.data["id"], {"confirmation": way})
            after = read(trial, made.data["id"])
            if made.data["contract_id"] is not None or after.data["contract_id"] is None:
                raise Violation("confirming made no contract", made, answer, after)
            if after.data["customer_id"] is None:
                raise Violation("confirming a guest's session made no customer", answer, after)
            if "customer_id" in body and after.data["customer_id"] != body["customer_id"]:
                raise Violation("confirming changed the customer_id", made, answer, after)
            for name in ("contract", "customer", "estimates", "currency", "success_url"):
                if not alike(after.data.get(name), made.data.get(name)):
                    raise Violation(f"confirming changed {name}", made, answer, after)
            trial.fire(way, made.data["id"])


def _cancels(trial: Trial) -> None:
    for sent in (
        {"reason_type": "customer_requested", "reason": "Too dear.", "reference_id": "t-1"},
        {"reason_type": "other"},
        {"reason": "x" * 500},
        {},
        None,
    ):
        address = f"{SHOP}/basket/{trial.random.randrange(10**6)}"
        made = created(trial, for_customer(trial, cancel_url=address, success_url=f"{SHOP}/thanks"))
        id_ = made.data["id"]
        answer = done(trial, CANCEL, id_) if sent is None else done(trial, CANCEL, id_, sent)
        shown, told = answer.data, answer.data["cancellation_details"]
        for name in ("reason_type", "reason", "reference_id"):
            if told[name] != (sent or {}).get(name):
                raise Violation(f"{name} is told as {told[name]!r}", answer)
        for name in ("estimates", "contract"):
            if name in shown and not alike(shown[name], made.data[name]):
                raise Violation(f"a cancellation shows other {name}", made, answer)
        if shown.get("redirect_url", address) != address:
            raise Violation("a cancellation leads elsewhere than to the cancel_url", made, answer)
        seen = read(trial, id_)
        _hold_state(answer, seen, "cancelled", shown["payment_status"])
        if shown["payment_status"] != made.data["payment_status"]:
            raise Violation("cancelling moved the payment", made, answer)
        trial.fire(repr(sent), id_)


def _once(trial: Trial) -> None:
    """What is no longer open is not moved, whatever it is asked with."""
    for operation, body in ENDS:
        made = created(trial, for_customer(trial, custom_data={"a": 1}))
        id_ = made.data["id"]
        done(trial, operation, id_, body)
        before = read(trial, id_)
        bodies = [*ENDS, *((move, good_body(move)) for move in MOVES)]
        for move, sent in bodies:
            answer = refused(asked(trial, move, id_, sent), 400, "a move of what is not open")
            after = read(trial, id_)
            if after.data != before.data:
                raise Violation("a refused move changed the session", before, answer, after)
        trial.fire(operation, repr(body))


def _stamps(trial: Trial) -> None:
    """What moves with each write, a tick of the clock after the create, and what does not."""
    ways = [*ENDS, (UPDATE, good_body(UPDATE))]
    made = [created(trial) for _ in ways]
    trial.pass_time()
    clock = created(trial)
    if parse_time(clock.data["created_at"]) <= parse_time(made[0].data["created_at"]):
        trial.reason = "the subject's clock stands still"
        return
    for (operation, body), one in zip(ways, made, strict=True):
        id_ = one.data["id"]
        for before in (read(trial, id_), read(trial, id_)):
            if before.data != one.data:
                raise Violation("looking at a session changed it", one, before)
        answer = done(trial, operation, id_, body)
        after = read(trial, id_)
        if after.data["created_at"] != before.data["created_at"]:
            raise Violation("created_at moved", before, answer, after)
        for name in ("updated_at", "last_activity_at"):
            if parse_time(after.data[name]) <= parse_time(before.data[name]):
                raise Violation(f"{name} did not move", before, answer, after)
        trial.fire(operation, repr(body))


def _invalid(trial: Trial) -> None:
    made = created(trial)
    id_ = made.data["id"]
    before = read(trial, id_)
    for operation, bodies in (
        (CONFIRM, _BAD_CONFIRMATIONS),
        (CANCEL, _BAD_CANCELLATIONS),
        (UPDATE, _BAD_UPDATES),
    ):
        for body in bodies:
            answer = refused(asked(trial, operation, id_, body), 422, "a body that is not valid")
            after = read(trial, id_)
            if after.data != before.data:
                raise Violation("a refused request changed the session", before, answer, after)
            trial.fire(operation, repr(body))


_BAD_CONFIRMATIONS: tuple[Any, ...] = (
    {},
    {"confirmation": "later"},
    {"confirmation": None},
    {"confirmation": "no_payment", "redirect": "yes"},
    {"confirmation": "no_payment", "preferred_payment_method": "cash"},
    {"confirmation": "no_payment", "payment_description": "x" * 256},
    {"confirmation": "no_payment", "customer_notes": "x" * 1001},
    [],
    b"{",
)
_BAD_CANCELLATIONS: tuple[Any, ...] = (
    {"reason_type": "boredom"},
    {"reason": "x" * 501},
    {"reason": 7},
    {"reference_id": 7},
    [],
    b"{",
)
_BAD_UPDATES: tuple[Any, ...] = (
    {"success_url": f"{SHOP}/other", "note": "x" * 501},
    {"custom_data": {"b": 1}, "reason": "boredom"},
    {"custom_data": {"b": 1}, "cancel_url": "http://shop.example"},
    {"custom_data": {"b": 1}, "customer": {"email": "ada@shop.example"}},
    {"success_url": "shop"},
    {"currency": "dollars"},
    {"expires_at": "tomorrow"},
    {"contract": {}},
    [],
    b"{",
)


def _crosses(trial: Trial) -> None:
    if not trial.subject.others:
        trial.reason = "no second organisation is known"
    for other in trial.subject.others:
        for operation in (READ, *MOVES):
            made = created(trial)
            id_ = made.data["id"]
            body = {} if operation == READ else {"body": good_body(operation)}
            answer = asked(trial, operation, id_, persona=other, **body)
            refused(answer, 404, "another organisation's session")
            after = read(trial, id_)
            if after.data != made.data:
                raise Violation("another organisation changed the session", made, answer, after)
            trial.fire(other.name, operation)


LAWS = (
    Entry(
        "moves.redirect",
        CONFIRM,
        "A charge at once that is to redirect leads to the success_url, already paid.",
        ("public", "Z25"),
        _redirects,
        "/responses/302",
    ),
    Entry(
        "moves.no-redirect",
        CONFIRM,
        "Any other confirmation answers the session.",
        ("public", "Z25"),
        _stays,
        "/responses/200",
    ),
    Entry(
        "moves.contract",
        CONFIRM,
        "Confirming makes the contract, and for a guest the customer, and changes no other.",
        ("public", "Z25"),
        _contracts,
    ),
    Entry(
        "moves.cancelled",
        CANCEL,
        "A cancellation tells what was sent, and leads to the cancel_url.",
        ("public", "Z26"),
        _cancels,
        "/responses/200",
    ),
    Entry(
        "moves.once",
        CONFIRM,
        "What is no longer open is not moved, whatever it is asked with.",
        ("public", "Z23"),
        _once,
        "/responses/400",
    ),
    Entry(
        "moves.stamps",
        CONFIRM,
        "Every write moves the last activity, and none the creation.",
        ("public", "Z24"),
        _stamps,
    ),
    Entry(
        "moves.invalid",
        CONFIRM,
        "A body that is not valid is 422, and nothing of it is kept.",
        ("public", "Z17", "Z24"),
        _invalid,
        "/responses/422",
    ),
    Entry(
        "moves.crossing",
        CONFIRM,
        "Another organisation's session is not found, and not changed.",
        ("Z17",),
        _crosses,
        "/responses/404",
    ),
)
