"""Laws of `timers`: a document changes by itself at a moment that the client may set."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ...specs import pointer
from ...specs.clauses import Timer
from ...specs.contract import Contract
from ...specs.members import members_of
from ...specs.operation import Operation
from ..exchange import Exchange
from ..family import Family, Made, at, bodies, families, make
from ..law import Law, Violation
from ..trial import Trial
from ..values import alike, parse_time

AHEAD = 2.0
"""Seconds after which a timer is to fire, by a clock that may show whole seconds alone."""
EARLY = 0.9
"""Seconds after which it may have fired, by such a clock."""
PATIENCE = 2.5
TIMES = 3


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every timer whose moment a create takes, and whose effect a read shows."""
    for family in families(contract):
        for timer in family.collection.timers:
            for create in family.of("create"):
                reads = family.linked(create, "read")
                if reads and _takes(contract, create, timer) and _begins(contract, family, timer):
                    for id_, claim, check in _LAWS:
                        yield Law(
                            id=f"timers.{id_}",
                            claim=claim,
                            operation=create.id,
                            subject_of=pointer.join(timer.at),
                            pointer=timer.pointer,
                            basis=timer.basis,
                            effect="writes",
                            check=_bound(check, family, create, reads[0], timer),
                        )


Check = Callable[[Trial, Family, Operation, Operation, Timer], None]


def _bound(
    check: Check, family: Family, create: Operation, read: Operation, timer: Timer
) -> Callable[[Trial], None]:
    return lambda trial: check(trial, family, create, read, timer)


def _takes(contract: Contract, create: Operation, timer: Timer) -> bool:
    """Whether the body of a create may say when the timer fires."""
    if create.body is None or len(timer.at) != 1:
        return False
    schemas = create.body.content.values()
    return any(name == timer.at[0] for s in schemas for name, _ in members_of(contract.document, s))


def _begins(contract: Contract, family: Family, timer: Timer) -> bool:
    """Whether what is created may be in the state that the timer waits for."""
    stored = contract.members(family.collection.name)
    defaults = {field: stored.get(field[0], {}).get("default") for field in timer.when}
    return all(
        defaults[field] is None or defaults[field] in values for field, values in timer.when.items()
    )


def _made(
    trial: Trial, family: Family, create: Operation, timer: Timer, moment: str | None
) -> Made:
    body = trial.random.choice(bodies(trial, create))
    return make(trial, family, create, pointer.put(body, timer.at, moment))


def _now(trial: Trial, family: Family, create: Operation) -> str | None:
    """The subject's own time, from a stamp of a new document; None where it stamps none."""
    clause = create.resource
    made = make(trial, family, create)
    found = [pointer.value(made.answer.data, path) for path in (clause.stamp if clause else ())]
    return next((text for text in found if isinstance(text, str)), None)


def _later(moment: str, seconds: float) -> str:
    return (parse_time(moment) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _has(document: Any, wanted: Mapping[pointer.Path, Any]) -> bool:
    return all(alike(pointer.value(document, field), value) for field, value in wanted.items())


def _may(document: Any, timer: Timer) -> bool:
    return all(
        any(alike(pointer.value(document, field), value) for value in values)
        for field, values in timer.when.items()
    )


def _fires(trial: Trial, family: Family, create: Operation, read: Operation, timer: Timer) -> None:
    began = time.monotonic()
    now = _now(trial, family, create)
    if now is None:
        trial.reason = "nothing shows what time it is at the subject"
        return
    moment = _later(now, AHEAD)
    made = [_made(trial, family, create, timer, moment) for _ in range(TIMES)]
    calm = [_made(trial, family, create, timer, when) for when in (None, _later(now, 3600))]
    before = [trial.good(read.id, **at(read, one)) for one in made]
    is_early = time.monotonic() - began < EARLY
    if is_early and not all(_may(seen.data, timer) for seen in before):
        raise Violation("a timer fired before its moment", made[0].answer, *before)
    while time.monotonic() - began < PATIENCE and not _is_past(trial, family, create, moment):
        trial.pass_time(0.2)
    if not _is_past(trial, family, create, moment):
        trial.reason = "the subject's clock does not run"
        return
    seen = [trial.good(read.id, **at(read, one)) for one in made]
    for one, after in zip(made, seen, strict=True):
        _hold_set(one.answer, after, timer)
        trial.fire(one.key)
    for one in calm:
        after = trial.good(read.id, **at(read, one))
        if not _may(after.data, timer):
            raise Violation("a timer fired that had no moment or a later one", one.answer, after)


def _is_past(trial: Trial, family: Family, create: Operation, moment: str) -> bool:
    now = _now(trial, family, create)
    return now is not None and parse_time(now) >= parse_time(moment)


def _hold_set(first: Exchange, after: Exchange, timer: Timer) -> None:
    for field, value in timer.set.items():
        found = pointer.value(after.data, field)
        if not alike(found, value):
            raise Violation(
                f"{pointer.join(field)} is {found!r} after the timer's moment, not {value!r}",
                first,
                after,
            )


def _past(trial: Trial, family: Family, create: Operation, read: Operation, timer: Timer) -> None:
    now = _now(trial, family, create)
    if now is None:
        trial.reason = "nothing shows what time it is at the subject"
        return
    for seconds in (1, 60, 10**7):
        one = _made(trial, family, create, timer, _later(now, -seconds))
        _hold_set(one.answer, trial.good(read.id, **at(read, one)), timer)
        trial.fire(seconds)


_LAWS: tuple[tuple[str, str, Check], ...] = (
    ("fires", "At its moment, and not before, a document changes by itself.", _fires),
    ("past", "A moment that is past when a document is made has come at once.", _past),
)
