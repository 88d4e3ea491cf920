"""Laws of Nexudus's records: what writes answer, what they stamp, and how they refuse."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from ..values import parse_time
from .nexudus_desk import (
    CREATE,
    DELETE,
    LIST,
    READ,
    REPLACE,
    changed,
    count,
    created,
    new_record,
    read,
    refused,
)
from .vendor import Entry

TIMES = 3
DAY = timedelta(hours=24)
MOMENT = timedelta(minutes=1)
"""Longer than the requests of a law take."""
RECORD = "/components/schemas/BasketSession"
FAILURE = "/components/schemas/ValidationFailure"
WRITTEN = ("BusinessId", "SessionId", "JsonContents", "SystemId")


def _envelope(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for _ in range(TIMES):
            id_, answer = created(trial)
            if operation == REPLACE:
                answer = trial.good(REPLACE, body=changed(trial, id_))
            if operation == DELETE:
                answer = trial.good(DELETE, path={"id": id_})
            shown = answer.data
            if shown["Value"]["Id"] != id_:
                raise Violation(f"the write of {id_} names {shown['Value']['Id']}", answer)
            if shown["Errors"]:
                raise Violation("a write that succeeded has errors", answer)
            if operation != DELETE:
                record = read(trial, id_)
                if not _same_time(shown["UpdatedOn"], record.data["UpdatedOn"]):
                    raise Violation("the answer's UpdatedOn is not the record's", answer, record)
                if shown["UpdatedBy"] != record.data["UpdatedBy"] or not shown["UpdatedBy"]:
                    raise Violation("the answer's UpdatedBy is not the record's", answer, record)
            trial.fire(id_)

    return check


def _same_time(one: str, other: str) -> bool:
    return parse_time(one) == parse_time(other)


def _message(trial: Trial) -> None:
    for _ in range(TIMES):
        id_, answer = created(trial)
        if answer.data["Message"] != "BasketSession was successfully created.":
            raise Violation("a create says something else than the vendor does", answer)
        trial.fire(id_)


def _kept(trial: Trial) -> None:
    for body in (
        new_record(trial),
        new_record(trial, SessionId="", BusinessId=0),
        new_record(trial, JsonContents=None, SystemId=None),
        new_record(trial, JsonContents='{"ü":"\\u0000 ☃"}', SystemId=""),
        {"BusinessId": -(2**63), "SessionId": "  two  spaces  "},
        {"BusinessId": 2**63 - 1, "SessionId": "'; --", "Unknown": {"a": 1}},
    ):
        answer = trial.good(CREATE, body=body)
        id_ = answer.data["Value"]["Id"]
        trial.later(partial(trial.send, DELETE, path={"id": id_}))
        record = read(trial, id_)
        for name in WRITTEN:
            if record.data[name] != body.get(name):
                raise Violation(
                    f"{name} was sent as {body.get(name)!r} and is {record.data[name]!r}",
                    answer,
                    record,
                )
        trial.fire(repr(body))


def _new(trial: Trial) -> None:
    for _ in range(TIMES):
        id_, answer = created(trial)
        record = read(trial, id_)
        if record.data["IsNew"] is not True:
            raise Violation("a record that was just created is not new", answer, record)
        if not _same_time(record.data["CreatedOn"], record.data["UpdatedOn"]):
            raise Violation("a new record was updated at another time than created", record)
        if not record.data["UpdatedBy"]:
            raise Violation("a new record has no writer", record)
        trial.fire(id_)


def _day(trial: Trial) -> None:
    made = [created(trial)[0] for _ in range(TIMES)]
    before = [read(trial, id_) for id_ in made]
    for span, is_new in ((DAY - MOMENT, True), (2 * MOMENT, False)):
        trial.skip(span)
        for id_, first in zip(made, before, strict=True):
            record = read(trial, id_)
            if record.data["IsNew"] is not is_new:
                when = "before" if is_new else "after"
                raise Violation(f"IsNew is {not is_new} {when} 24 hours", first, record)
            trial.fire(id_)


def _stamps(trial: Trial) -> None:
    """What a replace stamps and what it leaves, a tick of the clock after the create."""
    made = [created(trial)[0] for _ in range(TIMES)]
    before = [read(trial, id_) for id_ in made]
    trial.pass_time()
    later = read(trial, created(trial)[0])
    if parse_time(later.data["CreatedOn"]) <= parse_time(before[0].data["CreatedOn"]):
        trial.reason = "the subject's clock stands still"
        return
    for id_, was in zip(made, before, strict=True):
        for looked in (read(trial, id_), read(trial, id_)):
            if looked.data != was.data:
                raise Violation("reading a record changed it", was, looked)
        answer = trial.good(REPLACE, body=changed(trial, id_))
        now = read(trial, id_)
        for name in ("Id", "UniqueId", "CreatedOn", "IsNew"):
            if now.data[name] != was.data[name]:
                raise Violation(f"a replace changed {name}", was, answer, now)
        if parse_time(now.data["UpdatedOn"]) <= parse_time(was.data["UpdatedOn"]):
            raise Violation("a replace did not move UpdatedOn", was, answer, now)
        trial.fire(id_)


def _unique(trial: Trial) -> None:
    seen: set[str] = set()
    for _ in range(TIMES + 1):
        id_, answer = created(trial)
        found = read(trial, id_).data["UniqueId"]
        if found in seen:
            raise Violation("two records have one UniqueId", answer)
        seen.add(found)
        trial.fire(id_)


def _not_numbers(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for id_ in ("understudy", "1.5", "1e3", "0x10", "-", str(2**64), str(2**70)):
            before = count(trial)
            answer = refused(trial.send(operation, path={"id": id_}), 404, f"the id {id_}")
            if operation == DELETE and count(trial) != before:
                raise Violation("deleting nothing changed how many there are", answer)
            trial.fire(id_)

    return check


def _validated_first(trial: Trial) -> None:
    for _ in range(TIMES):
        id_, _ = created(trial)
        trial.good(DELETE, path={"id": id_})
        good = changed(trial, id_)
        before = count(trial)
        answer = refused(trial.send(REPLACE, body=good), 404, "a record that is gone")
        if count(trial) != before:
            raise Violation("replacing what is not there made something", answer)
        for name in ("BusinessId", "SessionId"):
            body = {key: value for key, value in good.items() if key != name}
            refused(trial.send(REPLACE, body=body), 400, f"a body without {name}")
            trial.fire(id_, name)


def _bad(operation: str, good: dict[str, Any]) -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    """Bodies that are not valid, each with the members to blame and what they were."""
    for name in ("BusinessId", "SessionId", *(("Id",) if operation == REPLACE else ())):
        rest = {key: value for key, value in good.items() if key != name}
        yield rest, [(name, None)]
        yield {**rest, name: None}, [(name, None)]
    wrong: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("BusinessId", ("first", 1.5, True, [], {}, 2**63)),
        ("SessionId", (7, True, ["a"], {"a": 1})),
        ("JsonContents", (7, False, {"Items": []})),
        ("SystemId", (7, [])),
    )
    for name, values in wrong:
        for value in values:
            yield {**good, name: value}, [(name, value)]
    yield {**good, "BusinessId": "first", "SystemId": 7}, [("BusinessId", "first"), ("SystemId", 7)]
    rest = {key: value for key, value in good.items() if key not in ("BusinessId", "SessionId")}
    yield rest, [("BusinessId", None), ("SessionId", None)]


def _invalid(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        id_, _ = created(trial)
        good = changed(trial, id_) if operation == REPLACE else new_record(trial)
        before, many = read(trial, id_), count(trial)
        for body, blamed in _bad(operation, good):
            answer = refused(trial.send(operation, body=body), 400, "a body that is not valid")
            _hold_failure(answer, blamed)
            if read(trial, id_).data != before.data or count(trial) != many:
                raise Violation("a refused write changed something", before, answer)
            trial.fire(repr(body))
        for body in (b"{", b"", [], [good], "text", 7):
            answer = refused(trial.send(operation, body=body), 400, "a body that is no object")
            _hold_named(answer, ["body"])
            trial.fire(repr(body))

    return check


def _hold_failure(answer: Exchange, blamed: list[tuple[str, Any]]) -> None:
    _hold_named(answer, [name for name, _ in blamed])
    errors = {error["PropertyName"]: error for error in answer.data["Errors"]}
    for name, value in blamed:
        error = errors[name]
        found = error["AttemptedValue"]
        if found != value or isinstance(found, bool) is not isinstance(value, bool):
            raise Violation(f"{name} was {value!r}, and is said to be {found!r}", answer)
        if value is None and error["Message"] != "is a required field":
            raise Violation(f"{name} is required, which the vendor says otherwise", answer)
        if f"{name}: {error['Message']}" not in answer.data["Message"]:
            raise Violation(f"the Message does not say what is wrong with {name}", answer)


def _hold_named(answer: Exchange, names: list[str]) -> None:
    found = sorted(error["PropertyName"] for error in answer.data["Errors"])
    if found != sorted(names):
        raise Violation(f"{found} are blamed, and {sorted(names)} are wrong", answer)
    if answer.data["Value"] is not None:
        raise Violation("a refused write has a value", answer)


def _parameters(trial: Trial) -> None:
    for name, values in (
        ("page", ("0", "-1", "two", "1.5", "")),
        ("size", ("0", "1001", "many", "")),
        ("orderBy", ("Name", "sessionid", "")),
        ("dir", ("0", "2", "up")),
        ("BasketSession_Business", ("one", "1.5")),
        ("from_BasketSession_CreatedOn", ("2025-02-30T00:00", "2025-01-01", "yesterday")),
        ("to_BasketSession_UpdatedOn", ("2025-01-01T24:00", "2025-01-01T00:00:00Z")),
    ):
        for value in values:
            answer = refused(trial.send(LIST, query={name: value}), 400, f"{name}={value}")
            _hold_named(answer, [name])
            trial.fire(name, value)
    answer = refused(trial.send(LIST, query={"page": "0", "dir": "5"}), 400, "two bad parameters")
    _hold_named(answer, ["page", "dir"])


LAWS = (
    *(
        Entry(
            "records.envelope",
            operation,
            "A write's answer names the record, its time and its writer, and no errors.",
            ("seed", "N6") if operation == CREATE else ("public", "N6"),
            _envelope(operation),
            "/responses/200",
        )
        for operation in (CREATE, REPLACE, DELETE)
    ),
    Entry(
        "records.message",
        CREATE,
        "A create says that the record was created, in the vendor's words.",
        ("seed",),
        _message,
        "/responses/200",
    ),
    Entry(
        "records.kept",
        CREATE,
        "A record has what was sent, to the letter, and null where nothing was.",
        ("seed", "N7", "N23"),
        _kept,
        RECORD,
    ),
    Entry(
        "records.new",
        CREATE,
        "A new record counts as new, and was updated when it was created.",
        ("public", "N24"),
        _new,
        f"{RECORD}/properties/IsNew",
    ),
    Entry(
        "records.day",
        CREATE,
        "A record counts as new for the 24 hours after its creation, and no longer.",
        ("N24",),
        _day,
        f"{RECORD}/properties/IsNew",
        effect="destroys",
        needs=frozenset({"clock"}),
    ),
    Entry(
        "records.stamps",
        REPLACE,
        "A replace moves UpdatedOn, and neither CreatedOn nor UniqueId; reading moves nothing.",
        ("public", "N23"),
        _stamps,
    ),
    Entry(
        "records.unique",
        CREATE,
        "Every record has a UniqueId of its own.",
        ("seed",),
        _unique,
        f"{RECORD}/properties/UniqueId",
    ),
    *(
        Entry(
            "records.no-number",
            operation,
            "An id that is no number names no record, and is 404.",
            ("N25",),
            _not_numbers(operation),
            "/responses/404",
            effect="reads" if operation == READ else "writes",
        )
        for operation in (READ, DELETE)
    ),
    Entry(
        "records.validated-first",
        REPLACE,
        "A replace looks at the whole body before it looks for the record.",
        ("N25",),
        _validated_first,
        "/responses/404",
    ),
    *(
        Entry(
            "records.invalid",
            operation,
            "Each member that is not valid is named, with what it was; nothing is written.",
            ("seed", "N23"),
            _invalid(operation),
            FAILURE,
        )
        for operation in (CREATE, REPLACE)
    ),
    Entry(
        "records.parameters",
        LIST,
        "Each parameter that is not valid is named.",
        ("G4", "N18"),
        _parameters,
        "/responses/400",
        effect="reads",
    ),
)
