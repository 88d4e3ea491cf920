"""Laws of Zenskar's refusals: their order, and where a 422 says that the mistake is."""

from typing import Any

from ..law import Violation
from ..subject import Persona
from ..trial import Trial
from .vendor import Entry
from .zenskar_desk import (
    CANCEL,
    CONFIRM,
    LIST,
    MOVES,
    READ,
    UPDATE,
    asked,
    blames,
    created,
    done,
    good_body,
    refused,
)

STRANGER = Persona(
    "stranger", {"ApiTokenAuth": "understudy-wrong", "OrganisationAuth": "understudy-wrong"}
)
BAD: dict[str, Any] = {
    UPDATE: {"note": 7},
    CONFIRM: {"confirmation": "later"},
    CANCEL: {"reason": 7},
}


def _unknown(trial: Trial) -> str:
    return f"ffffffff-ffff-4fff-8fff-{trial.random.getrandbits(48):012x}"


def _order(trial: Trial) -> None:
    """401, then 422, then 404, then 400."""
    over = created(trial).data["id"]
    done(trial, CANCEL, over, {})
    for operation in MOVES:
        bad, good = BAD[operation], good_body(operation)
        unknown = _unknown(trial)
        for status, id_, body, persona in (
            (401, "no-uuid", bad, STRANGER),
            (401, unknown, good, STRANGER),
            (401, over, good, STRANGER),
            (422, "no-uuid", good, None),
            (422, unknown, bad, None),
            (422, over, bad, None),
            (404, unknown, good, None),
            (400, over, good, None),
        ):
            answer = asked(trial, operation, id_, body, persona)
            refused(answer, status, "a request with several things wrong")
            trial.fire(operation, status, id_)


def _ids(trial: Trial) -> None:
    for id_ in ("understudy", "1", "123e4567-e89b-12d3-a456-42661417400", "%00"):
        for operation in (READ, *MOVES):
            body = {} if operation == READ else {"body": good_body(operation)}
            answer = refused(asked(trial, operation, id_, **body), 422, "an id that is no UUID")
            blames(answer, "path", "checkout_session_id")
            trial.fire(operation, id_)


def _parameters(trial: Trial) -> None:
    for name, value in (
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("order", "amount_due"),
        ("order", "understudy"),
        ("id", "understudy"),
        ("customer_id__in", "understudy"),
        ("contract_id__isnull", "yes"),
        ("guest_checkout", "1"),
        ("checkout_session_status", "begun"),
        ("payment_status__in", "paid,begun"),
        ("created_at__gte", "yesterday"),
        ("deleted_at__isnull", ""),
        ("amount_due__gt", "much"),
    ):
        answer = refused(trial.send(LIST, query={name: value}), 422, f"{name}={value}")
        blames(answer, "query", name)
        trial.fire(name, value)
    answer = refused(trial.send(LIST, query={"limit": "0", "order": "x"}), 422, "two mistakes")
    blames(answer, "query", "limit")
    blames(answer, "query", "order")


def _bodies(trial: Trial) -> None:
    id_ = created(trial).data["id"]
    for operation, name, value in (
        (UPDATE, "note", 7),
        (UPDATE, "reason", "boredom"),
        (UPDATE, "currency", "dollars"),
        (CONFIRM, "confirmation", "later"),
        (CONFIRM, "preferred_payment_method", "cash"),
        (CANCEL, "reason_type", "boredom"),
        (CANCEL, "reference_id", 7),
    ):
        body = {**good_body(operation), name: value}
        answer = refused(asked(trial, operation, id_, body), 422, f"{name}={value}")
        blames(answer, "body", name)
        trial.fire(operation, name)
    answer = refused(asked(trial, CONFIRM, id_, {}), 422, "a confirmation of nothing")
    blames(answer, "body", "confirmation")


def _organisations(trial: Trial) -> None:
    """The filter by organisation finds nothing of another's."""
    mine = trial.good(LIST, query={"limit": 100})
    known = {row["id"] for row in mine.data["results"]}
    total = mine.data["total_count"]
    for other in trial.subject.others:
        theirs = {
            row["id"]
            for row in trial.good(LIST, query={"limit": 100}, persona=other).data["results"]
        }
        for id_ in list(theirs)[:3]:
            answer = trial.good(LIST, query={"id": id_})
            if answer.data["results"] or answer.data["total_count"]:
                raise Violation("a filter shows another organisation's session", answer)
            trial.fire(other.name, id_)
    organisations = trial.subject.known.get("organisation", ())
    for name, wrap in (("organisation_id", str), ("organisation_id__in", lambda one: [one])):
        shown = []
        for organisation in organisations:
            answer = trial.good(LIST, query={name: wrap(organisation), "limit": 100})
            found = {row["id"] for row in answer.data["results"]}
            if not found <= known or answer.data["total_count"] not in (0, total):
                raise Violation(f"{name} shows another organisation's sessions", answer)
            shown.append(answer.data["total_count"])
            trial.fire(name, organisation)
        # All of them are known: one is the judge's own.
        if organisations and sum(shown) != total:
            raise Violation(f"{name} of each organisation shows {shown} of {total} sessions")
    if organisations:
        both = trial.good(LIST, query={"organisation_id__in": list(organisations), "limit": 100})
        if both.data["total_count"] != total:
            raise Violation("organisation_id__in of all leaves sessions out", both)


LAWS = (
    Entry(
        "refusals.order",
        CONFIRM,
        "Of several things that are wrong, 401 is said before 422, 404 and 400, in this order.",
        ("Z23",),
        _order,
    ),
    Entry(
        "refusals.id",
        READ,
        "An id that is no UUID is 422, said of the path.",
        ("Z23",),
        _ids,
        "/responses/422",
    ),
    Entry(
        "refusals.parameters",
        LIST,
        "A parameter that is not valid is 422, with its name.",
        ("public", "G4", "Z17"),
        _parameters,
        "/responses/422",
        effect="reads",
    ),
    Entry(
        "refusals.bodies",
        UPDATE,
        "A member that is not valid is 422, with its name.",
        ("public", "Z17"),
        _bodies,
        "/responses/422",
    ),
    Entry(
        "refusals.organisations",
        LIST,
        "No filter shows another organisation's sessions.",
        ("Z9", "Z17"),
        _organisations,
        effect="reads",
    ),
)
