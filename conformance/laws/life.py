"""Laws of `transition` and `once`: moves are allowed when the contract says so, and happen once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import cycle
from math import prod
from typing import Any

from ...specs import pointer
from ...specs.clauses import Case, Transition
from ...specs.contract import Contract
from ...specs.operation import Operation
from ..client import Jar
from ..exchange import Exchange
from ..family import (
    Family,
    Made,
    altered,
    at,
    bodies,
    declared,
    families,
    fresh,
    headers,
    listed,
    make,
    named,
    resource_of,
)
from ..law import Law, Violation
from ..trial import Trial
from ..values import alike
from ..walk import walk

Check = Callable[[Trial, Family, Operation], None]
TIMES = 3


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every move and of every create that is not to be repeated."""
    for family in families(contract):
        for operation in family.members:
            if operation.transition is not None:
                clause = operation.transition
                for id_, claim, check in _MOVES:
                    yield _law(family, operation, id_, claim, check, clause.pointer, clause.basis)
                if family.listing is not None and prod(map(len, clause.when.values())) > 1:
                    id_, claim, check = _FOUND
                    yield replace(
                        _law(family, operation, id_, claim, check, clause.pointer, clause.basis),
                        effect="destroys",
                    )
            once = resource_of(operation).once
            if once is not None:
                for id_, claim, check in _ONCE:
                    basis = resource_of(operation).basis
                    yield _law(family, operation, id_, claim, check, once.pointer, basis)


def _law(
    family: Family,
    operation: Operation,
    id_: str,
    claim: str,
    check: Check,
    at_: str,
    basis: tuple[str, ...],
) -> Law:
    return Law(
        id=id_,
        claim=claim,
        operation=operation.id,
        pointer=at_,
        basis=basis,
        effect="writes",
        check=lambda trial: check(trial, family, operation),
    )


def _transition(operation: Operation) -> Transition:
    if operation.transition is None:
        raise ValueError(f"{operation.id} moves nothing")
    return operation.transition


def _view(trial: Trial, family: Family, key: Any, jar: Any = None) -> Exchange | None:
    for read in family.of("read"):
        return trial.good(read.id, **named(read, key, jar=jar))
    return None


def _seen(trial: Trial, family: Family, key: Any, jar: Jar) -> Exchange | None:
    """What a read answers, found or not."""
    for read in family.of("read"):
        return trial.send(read.id, **named(read, key, jar=jar))
    return None


def _may(document: Mapping[str, Any], clause: Transition) -> bool:
    return all(
        any(alike(pointer.value(document, field), value) for value in values)
        for field, values in clause.when.items()
    )


def _case(clause: Transition, body: Any) -> Case | None:
    for case in clause.cases:
        wanted = case.when_body.items()
        if all(alike(pointer.value(body, field), value) for field, value in wanted):
            return case
    return None


def _moves(trial: Trial, family: Family, operation: Operation) -> None:
    clause = _transition(operation)
    for create in _creates(family, operation):
        for body in [*bodies(trial, operation), *_by_cases(trial, operation)] * TIMES:
            made = make(trial, family, create)
            before = _view(trial, family, made.key, made.jar)
            if before is None or not _may(before.data, clause):
                trial.reason = "nothing that can be created may be moved so"
                break
            request = at(operation, made, body)
            answer = trial.good(operation.id, headers=headers(trial, operation), **request)
            after = _view(trial, family, made.key, made.jar)
            if after is not None:
                shown = declared(trial, family.of("read")[0], after)
                _hold_case(clause, body, shown, (before, answer, after))
                trial.fire(body, made.key)


def _found(trial: Trial, family: Family, operation: Operation) -> None:
    """What was just made, and of what the list shows one in each further state."""
    clause = _transition(operation)
    keys = [make(trial, family, c).key for c in _creates(family, operation) for _ in range(TIMES)]
    seen: set[str] = set()
    if family.listing is not None:
        for row in walk(trial, family.listing, most=3, is_new=True).items:
            key = pointer.value(row, family.collection.key)
            state = _state(row, clause)
            if key in keys:
                seen.add(state)
            elif _may(row, clause) and state not in seen:
                seen.add(state)
                keys.append(key)
    body = bodies(trial, operation)[0]
    for key in keys:
        before = _view(trial, family, key)
        request = named(operation, key, body)
        answer = trial.good(operation.id, headers=headers(trial, operation), **request)
        after = _view(trial, family, key)
        if before is not None and after is not None:
            shown = declared(trial, family.of("read")[0], after)
            _hold_case(clause, body, shown, (before, answer, after))
            trial.fire(key)


def _state(document: Any, clause: Transition) -> str:
    return repr([pointer.value(document, field) for field in clause.when])


def _creates(family: Family, operation: Operation) -> list[Operation]:
    """What makes documents that the operation can be tried on: the contract links them."""
    action = resource_of(operation).action
    return [c for c in family.of("create") if operation in family.linked(c, action)]


def _by_cases(trial: Trial, operation: Operation) -> list[Any]:
    """A body for each case that no example reaches."""
    base = next(iter(bodies(trial, operation)), None)
    if not isinstance(base, Mapping):
        return []
    cases = _transition(operation).cases
    return [pointer.put_all(base, case.when_body) for case in cases if case.when_body]


def _hold_case(
    clause: Transition,
    body: Any,
    shown: Mapping[str, Any],
    trail: tuple[Exchange, Exchange, Exchange],
) -> None:
    """The move set and stamped what the contract says, and left the rest of the state alone."""
    before, answer, after = trail
    case = _case(clause, body)
    for field, value in (case.set if case else {}).items():
        if not alike(pointer.value(after.data, field), value):
            raise Violation(
                f"{pointer.join(field)} is {pointer.value(after.data, field)!r} after the move, "
                f"not {value!r}",
                before,
                answer,
                after,
            )
    for field in (*clause.stamp, *(case.stamp if case else ())):
        if field[0] in shown and pointer.value(after.data, field) is None:
            raise Violation(f"{pointer.join(field)} was not stamped by the move", answer, after)
    moved = set(case.set) if case else set()
    for field in clause.when:
        if case is not None and field not in moved:
            one, other = pointer.value(before.data, field), pointer.value(after.data, field)
            if one != other:
                raise Violation(
                    f"{pointer.join(field)} changed, which the move does not set", answer
                )


def _refused(trial: Trial, family: Family, operation: Operation) -> None:
    clause = _transition(operation)
    found = cycle(bodies(trial, operation))
    for key, jar, where in _elsewhere(trial, family, operation):
        before = _seen(trial, family, key, jar)
        if before is None or before.status >= 400:
            trial.reason = f"what is known as {sorted(jar.cookies)} is not there"
            continue
        if _may(before.data, clause):
            continue
        body = next(found)
        request = named(operation, key, body, jar)
        answer = trial.send(operation.id, headers=headers(trial, operation), **request)
        if answer.status != clause.refuse:
            raise Violation(
                f"a move that is not allowed ({where}) must be refused with {clause.refuse}",
                before,
                answer,
            )
        after = _view(trial, family, key, jar)
        if after is not None and after.data != before.data:
            raise Violation("a refused move changed the document", before, answer, after)
        trial.fire(key, jar.cookies, body)


def _elsewhere(
    trial: Trial, family: Family, operation: Operation
) -> Iterator[tuple[Any, Jar, str]]:
    """Documents that may not be moved: made so by other moves, known, or found in the list.

    Each with its key, the cookies that name it, and how it came to be so.
    """
    yield from _known(trial, operation)
    clause = _transition(operation)
    for other in family.members:
        if other.transition is None or not any(case.set for case in other.transition.cases):
            continue
        for create in _creates(family, other):
            for body in [*bodies(trial, other), *_by_cases(trial, other)]:
                made = _moved(trial, family, create, other, body)
                if made is not None:
                    yield made.key, made.jar, f"after {other.id}"
    if family.listing is not None:
        found = walk(trial, family.listing, most=3).items
        seen: dict[str, int] = {}
        for row in found:
            state = _state(row, clause)
            if not _may(row, clause) and seen.get(state, 0) < TIMES:
                seen[state] = seen.get(state, 0) + 1
                found_key = pointer.value(row, family.collection.key)
                yield found_key, Jar(), f"in the state {state}"


def _known(trial: Trial, operation: Operation) -> Iterator[tuple[Any, Jar, str]]:
    """The documents that the subject's file names by a cookie."""
    key = resource_of(operation).key
    if key is None or key.location != "cookie":
        return
    for value in trial.subject.known.get(key.name, ()):
        jar = Jar()
        jar.cookies[key.name] = str(value)
        for number in range(TIMES):
            yield None, jar, f"known, {number}"


def _moved(
    trial: Trial, family: Family, create: Operation, move: Operation, body: Any
) -> Made | None:
    made = make(trial, family, create)
    answer = trial.send(move.id, headers=headers(trial, move), **at(move, made, body))
    return made if answer.status < 400 else None


def _same_once(trial: Trial, family: Family, create: Operation) -> None:
    for body in bodies(trial, create) * TIMES:
        body = fresh(trial, create, body)
        first = make(trial, family, create, body)
        before = listed(trial, family)
        again = make(trial, family, create, body)
        if first.key != again.key:
            raise Violation("the same request made two documents", first.answer, again.answer)
        if listed(trial, family).keys() - before.keys():
            raise Violation("the same request added to the list", first.answer, again.answer)
        trial.fire(first.key)


def _other_body(trial: Trial, family: Family, create: Operation) -> None:
    once = resource_of(create).once
    found = bodies(trial, create)
    if once is None or len(found) < 2:
        trial.reason = "the contract gives one example body only"
        return
    for number in range(TIMES):
        one, other = found[number % len(found)], found[(number + 1) % len(found)]
        one = fresh(trial, create, one)
        made = make(trial, family, create, one)
        before = listed(trial, family)
        body = pointer.put(other, once.by, pointer.value(one, once.by))
        answer = trial.send(create.id, body=body)
        if answer.status != once.refuse:
            raise Violation(
                f"another body under the same key must be refused with {once.refuse}",
                made.answer,
                answer,
            )
        if altered(family, before, listed(trial, family)):
            raise Violation("the refused request changed something", made.answer, answer)
        trial.fire(made.key)


def _without(trial: Trial, family: Family, create: Operation) -> None:
    once = resource_of(create).once
    if once is None:
        return
    for body in bodies(trial, create) * TIMES:
        bare = {name: value for name, value in body.items() if (name,) != once.by}
        one, other = make(trial, family, create, bare), make(trial, family, create, bare)
        if one.key == other.key:
            raise Violation(
                "without a key two requests made one document", one.answer, other.answer
            )
        trial.fire(one.key)


def _after_refusal(trial: Trial, family: Family, create: Operation) -> None:
    """A refused first attempt does not use up the key."""
    once = resource_of(create).once
    if once is None:
        return
    for body in bodies(trial, create) * TIMES:
        good = fresh(trial, create, body)
        for name in list(good):
            bad = {**good, name: {"understudy": ["wrong"]}}
            if (name,) != once.by:
                answer = trial.send(create.id, body=bad)
                if answer.status >= 400:
                    made = make(trial, family, create, good)
                    trial.fire(name, made.key)
                    break


_MOVES: tuple[tuple[str, str, Check], ...] = (
    ("transition.moves", "An allowed move sets what the contract says.", _moves),
    ("transition.refuses", "A move that is not allowed is refused and changes nothing.", _refused),
)
_FOUND = ("transition.found", "A move is allowed in each of its states.", _found)
_ONCE: tuple[tuple[str, str, Check], ...] = (
    ("once.same", "The same request again gives the document that it made before.", _same_once),
    ("once.other-body", "The same key with another body is refused.", _other_body),
    ("once.without", "Without a key every request makes a document.", _without),
    ("once.after-refusal", "A refused request does not use up its key.", _after_refusal),
)
