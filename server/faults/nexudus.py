"""Nexudus with faults: records, lists, and what a refused write leaves behind."""

from typing import Any

from ..call import Answer, Call
from ..refusal import Refusal
from ..state import COUNTERS, Document, State
from . import lists
from .decorate import (
    Body,
    asked,
    done,
    every,
    half_done,
    instead,
    sent,
    shown,
    unchecked,
    without,
)
from .fault import Fault, faults
from .stage import Stage

SESSIONS = "basket_sessions"
LIST, CREATE, READ = "list_basket_sessions", "create_basket_session", "get_basket_session"
REPLACE, DELETE, TOKEN = "replace_basket_session", "delete_basket_session", "request_token"


def _id(call: Call) -> Any:
    """The id that a request names."""
    return call.path["id"] if "id" in call.path else call.body["Id"]


def _change(state: State, key: Any, **members: Any) -> None:
    record = state.get(SESSIONS, key) if isinstance(key, int | str) else None
    if record is not None:
        state.replace(SESSIONS, {**record, **members})


def _neighbour(call: Call, key: Any) -> Document | None:
    others = [record for record in every(call.state, SESSIONS) if record["Id"] != key]
    return max(others, key=lambda record: (record["CreatedOn"], record["Id"]), default=None)


def _forget_made(call: Call, answer: Answer) -> None:
    call.state.delete(SESSIONS, answer.body["Value"]["Id"])


def _touch_neighbour(call: Call, _: Answer) -> None:
    other = _neighbour(call, _id(call))
    if other is not None:
        _change(call.state, other["Id"], JsonContents="{}")


def _delete_neighbour(call: Call, _: Answer) -> None:
    other = _neighbour(call, _id(call))
    if other is not None:
        call.state.delete(SESSIONS, other["Id"])


def _keep(stage: Stage, call: Call) -> Answer:
    record = call.state.get(SESSIONS, _id(call))
    answer = stage.play(call)
    if record is not None:
        call.state.replace(SESSIONS, record)
    return answer


def _give_again(call: Call, _: Answer) -> None:
    counter = call.state.store.get(COUNTERS, SESSIONS)
    if counter is not None and counter["last"] == _id(call):
        call.state.store.put(COUNTERS, SESSIONS, {**counter, "last": counter["last"] - 1})


def _keeps_left_out(call: Call) -> Call:
    record = call.state.get(SESSIONS, call.body["Id"]) or {}
    kept = {name: record[name] for name in ("JsonContents", "SystemId") if name in record}
    return call._replace(body={**kept, **call.body})


def _made(**members: Any) -> Any:
    """After a create the record has these members."""
    return done(CREATE, lambda c, a: _change(c.state, a.body["Value"]["Id"], **members))


def _take_unique_id(call: Call, answer: Answer) -> None:
    wanted = call.body.get("UniqueId")
    if isinstance(wanted, str):
        _change(call.state, answer.body["Value"]["Id"], UniqueId=wanted)


RECORDS = faults(
    "nexudus",
    "records",
    (
        "create-loses-system-id",
        "A new record lacks the SystemId that was sent.",
        sent(CREATE, lambda body: without(body, "SystemId")),
    ),
    ("create-forgets", "A create answers well and stores nothing.", done(CREATE, _forget_made)),
    (
        "create-answers-other-id",
        "A create names the id after the one that the record has.",
        shown(CREATE, lambda _, b: {**b, "Value": {"Id": b["Value"]["Id"] + 1}}),
    ),
    ("create-not-new", "A new record does not count as new.", _made(IsNew=False)),
    ("create-by-nobody", "A new record names no writer.", _made(UpdatedBy="")),
    (
        "create-takes-unique-id",
        "A create takes the UniqueId of the body, which is the server's to give.",
        done(CREATE, _take_unique_id),
    ),
    (
        "replace-keeps-left-out",
        "A replace keeps what the body leaves out.",
        asked(REPLACE, _keeps_left_out),
    ),
    (
        "replace-touches-another",
        "A replace empties the contents of another record as well.",
        done(REPLACE, _touch_neighbour),
    ),
    ("delete-keeps", "A delete answers well and removes nothing.", instead(DELETE, _keep)),
    (
        "delete-takes-another",
        "A delete removes another record as well.",
        done(DELETE, _delete_neighbour),
    ),
    (
        "id-given-again",
        "The id of the newest record is given out again once it is deleted.",
        done(DELETE, _give_again),
    ),
    (
        "read-stamps",
        "Reading a record stamps it as updated.",
        done(READ, lambda c, _: _change(c.state, _id(c), UpdatedOn=c.state.timestamp())),
    ),
)


def _filterless(call: Call) -> Call:
    if call.query["page"] == 1:
        return call
    kept = {n: v for n, v in call.query.items() if "BasketSession_" not in n}
    return call._replace(query=kept)


def _mixed(_: Call, body: Body) -> Body:
    rows = body["Records"]
    ids = [row["UniqueId"] for row in rows]
    turned = [*ids[1:], *ids[:1]]
    mixed = [{**row, "UniqueId": id_} for row, id_ in zip(rows, turned, strict=True)]
    return {**body, "Records": mixed}


LISTS = (
    *lists.of("nexudus", LIST),
    *lists.counted_by_page("nexudus", LIST),
    *faults(
        "nexudus",
        "lists",
        (
            "filters-on-first-page-only",
            "Pages after the first show what the filters leave out.",
            asked(LIST, _filterless),
        ),
        ("rows-mixed", "A row shows the UniqueId of the row after it.", shown(LIST, _mixed)),
    ),
)


def _store_blank(_: Stage, call: Call) -> None:
    body = call.body if isinstance(call.body, dict) else {}
    now = call.state.timestamp()
    template = every(call.state, SESSIONS)
    blank = template[0] if template else {}
    system = body.get("SystemId")
    record = {
        **blank,
        "Id": call.state.next_number(SESSIONS),
        "UniqueId": call.state.uuid(),
        "BusinessId": 0,
        "SessionId": "",
        "JsonContents": None,
        "SystemId": system if isinstance(system, str) else None,
        "CreatedOn": now,
        "UpdatedOn": now,
    }
    call.state.insert(SESSIONS, record)


def _write_named(**members: Any) -> Any:
    """A refused replace writes these members into the record that it names."""

    def write(_: Stage, call: Call) -> None:
        key = call.body.get("Id") if isinstance(call.body, dict) else None
        _change(call.state, key, **members)

    return unchecked(REPLACE, write)


def _create_unknown(stage: Stage, call: Call, _: Refusal) -> None:
    stage.play(call, CREATE)


def _delete_newest(_: Stage, call: Call, __: Refusal) -> None:
    newest = _neighbour(call, None)
    if newest is not None:
        call.state.delete(SESSIONS, newest["Id"])


HALF_DONE = faults(
    "nexudus",
    "half-done",
    (
        "refused-create-stores",
        "A create that is refused leaves a blank record behind.",
        unchecked(CREATE, _store_blank),
    ),
    (
        "refused-replace-clears",
        "A replace that is refused clears the record's contents and system id.",
        _write_named(JsonContents=None, SystemId=None),
    ),
    (
        "refused-replace-signs",
        "A replace that is refused still says who wrote last.",
        _write_named(UpdatedBy="refused@example.com"),
    ),
    (
        "unknown-replace-creates",
        "Replacing what is not there is refused, and creates it under a new id.",
        half_done(REPLACE, _create_unknown),
    ),
    (
        "unknown-delete-removes",
        "Deleting what is not there is refused, and removes the newest record.",
        half_done(DELETE, _delete_newest),
    ),
)

FAULTS: tuple[Fault, ...] = (*RECORDS, *LISTS, *HALF_DONE)
