"""Laws of Zenskar's updates: what they set, what they join, and the history that they write."""

from typing import Any

from ..law import Violation
from ..trial import Trial
from ..values import alike
from .vendor import Entry
from .zenskar_create import first_sum, phases
from .zenskar_desk import (
    SHOP,
    UPDATE,
    asked,
    blames,
    contract_of,
    created,
    done,
    due,
    for_customer,
    for_guest,
    read,
    refused,
)

TIMES = 3
HISTORY = "/components/schemas/CustomData/properties/update_history"


def _history(trial: Trial) -> None:
    for number in range(TIMES):
        made = created(trial, for_customer(trial, custom_data={"kept": number}))
        wanted: list[Any] = []
        for body in _updates(trial):
            answer = done(trial, UPDATE, made.data["id"], body)
            seen = read(trial, made.data["id"])
            if seen.data != answer.data:
                raise Violation("an update answers otherwise than GET then", answer, seen)
            wanted.append(
                (
                    sorted(body.keys() - {"reason", "note", "customer_id"}),
                    body.get("reason"),
                    body.get("note"),
                )
            )
            found = [
                (
                    sorted(entry["updated_fields"]),
                    entry["metadata"]["reason"],
                    entry["metadata"]["note"],
                )
                for entry in (seen.data["custom_data"] or {}).get("update_history", [])
            ]
            if found != wanted:
                raise Violation(f"the history is {found}, and should be {wanted}", made, answer)
        if answer.data["custom_data"].get("kept") != number:
            raise Violation("the history took the place of custom_data", made, answer)
        trial.fire(made.data["id"])


def _updates(trial: Trial) -> list[dict[str, Any]]:
    return [
        {"success_url": f"{SHOP}/a", "reason": "customer_request", "note": "The page has moved."},
        {"cancel_url": f"{SHOP}/b", "custom_data": {"more": 1}},
        {"contract": contract_of(*phases(trial)), "reason": "contract_update"},
        {"success_url": f"{SHOP}/c", "customer_id": "123e4567-e89b-42d3-a456-426614174999"},
    ]


def _own_history(trial: Trial) -> None:
    """What a body says of the history is ignored."""
    forged = {
        "timestamp": "1999-01-01T00:00:00Z",
        "updated_fields": ["forged"],
        "metadata": {"reason": None, "note": None, "timestamp": "1999-01-01T00:00:00Z"},
    }
    for history in ([], [forged], [forged, forged]):
        made = created(trial)
        id_ = made.data["id"]
        done(trial, UPDATE, id_, {"success_url": f"{SHOP}/a"})
        body = {"custom_data": {"b": 1, "update_history": history}}
        answer = done(trial, UPDATE, id_, body)
        found = [one["updated_fields"] for one in answer.data["custom_data"]["update_history"]]
        if found != [["success_url"], ["custom_data"]]:
            raise Violation(f"the history is {found} after a body that has one", made, answer)
        trial.fire(len(history))


def _joined(trial: Trial) -> None:
    for name in ("custom_data", "attribution"):
        for number in range(2):
            made = created(trial, for_customer(trial, **{name: {"one": "1", "two": "2"}}))
            body = {name: {"two": f"new-{number}", "three": "3"}}
            answer = done(trial, UPDATE, made.data["id"], body)
            wanted = {"one": "1", "two": f"new-{number}", "three": "3"}
            if not alike(answer.data[name], wanted):
                raise Violation(f"{name} is {answer.data[name]}, not {wanted}", made, answer)
            trial.fire(name, number)
    made = created(
        trial, for_guest(trial, customer={"customer_name": "Ada", "email": "a@b.example"})
    )
    answer = done(trial, UPDATE, made.data["id"], {"customer": {"email": "new@b.example"}})
    if not alike(answer.data["customer"], {"customer_name": "Ada", "email": "new@b.example"}):
        raise Violation("a guest's customer is not joined member by member", made, answer)


def _contract(trial: Trial) -> None:
    plan = for_guest(trial)["contract"]
    for _ in range(TIMES):
        made = created(trial, for_customer(trial, contract=contract_of(*phases(trial))))
        id_ = made.data["id"]
        answer = done(trial, UPDATE, id_, {"contract": plan})
        if answer.data["contract"].get("phases") or not alike(answer.data["contract"], plan):
            raise Violation("a contract was joined, and not replaced", made, answer)
        new = phases(trial)
        answer = done(trial, UPDATE, id_, {"contract": contract_of(*new)})
        if "plan_id" in answer.data["contract"]:
            raise Violation("a contract was joined, and not replaced", made, answer)
        if due(answer) != first_sum(new):
            raise Violation(
                f"{due(answer)} are due after another contract, not {first_sum(new)}", made, answer
            )
        same = done(trial, UPDATE, id_, {"success_url": f"{SHOP}/a"})
        if due(same) != due(answer):
            raise Violation("what is due changed with an address", answer, same)
        trial.fire(id_)


def _customer(trial: Trial) -> None:
    for number in range(TIMES):
        made = created(trial)
        id_ = made.data["id"]
        other = f"123e4567-e89b-42d3-a456-42661417{number:04d}"
        answer = done(trial, UPDATE, id_, {"customer_id": other})
        if answer.data["customer_id"] != made.data["customer_id"]:
            raise Violation("an update changed the customer_id", made, answer)
        before = read(trial, id_)
        body = {"customer": {"email": "a@b.example"}, "success_url": f"{SHOP}/x"}
        answer = refused(asked(trial, UPDATE, id_, body), 422, "the customer of no guest")
        blames(answer, "body", "customer")
        if read(trial, id_).data != before.data:
            raise Violation("a refused update set other members", before, answer)
        trial.fire(id_)


def _left_out(trial: Trial) -> None:
    whole = {
        "success_url": f"{SHOP}/s",
        "cancel_url": f"{SHOP}/c",
        "pending_url": f"{SHOP}/p",
        "attribution": {"utm_source": "a"},
        "correlation_id": "understudy",
    }
    for name in ("success_url", "cancel_url", "pending_url"):
        made, other = created(trial, for_customer(trial, **whole)), created(trial)
        answer = done(trial, UPDATE, made.data["id"], {name: f"{SHOP}/new"})
        after = read(trial, made.data["id"])
        for member, value in whole.items():
            wanted = f"{SHOP}/new" if member == name else value
            if not alike(after.data[member], wanted):
                raise Violation(
                    f"{member} is {after.data[member]!r}, not {wanted!r}", answer, after
                )
        seen = read(trial, other.data["id"])
        if seen.data != other.data:
            raise Violation("an update changed another session", answer, other, seen)
        trial.fire(name)


LAWS = (
    Entry(
        "update.history",
        UPDATE,
        "Each update adds an entry to the history: what it set, and why.",
        ("public", "Z24"),
        _history,
        HISTORY,
    ),
    Entry(
        "update.own-history",
        UPDATE,
        "The history is the server's, whatever a body says of it.",
        ("public", "Z24"),
        _own_history,
        HISTORY,
    ),
    Entry(
        "update.joined",
        UPDATE,
        "Objects are joined member by member.",
        ("Z24",),
        _joined,
    ),
    Entry(
        "update.contract",
        UPDATE,
        "A contract is replaced as a whole, and what is due is worked out anew.",
        ("public", "Z24"),
        _contract,
    ),
    Entry(
        "update.customer",
        UPDATE,
        "A session's customer_id cannot change, and only a guest's session takes a customer.",
        ("public", "Z24"),
        _customer,
    ),
    Entry(
        "update.left-out",
        UPDATE,
        "What an update leaves out stays, and so do other sessions.",
        ("public", "Z24"),
        _left_out,
    ),
)
