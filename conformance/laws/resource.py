"""Laws of `resource`: what is created can be found, what is changed is changed alone."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.operation import Operation
from ..exchange import Exchange
from ..family import (
    Family,
    Made,
    altered,
    at,
    bodies,
    declared,
    families,
    listed,
    make,
    named,
    resource_of,
    shows_own,
    unknown_keys,
)
from ..law import Law, Violation
from ..trial import Trial
from ..values import alike

Check = Callable[[Trial, Family, Operation], None]
TIMES = 3
"""How often a law makes what it looks at."""


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every operation on one document."""
    for family in families(contract):
        for operation in family.members:
            for id_, claim, check in _of(contract, family, operation):
                yield _law(family, operation, id_, claim, check)


def _law(family: Family, operation: Operation, id_: str, claim: str, check: Check) -> Law:
    clause = resource_of(operation)
    return Law(
        id=f"resource.{id_}",
        claim=claim,
        operation=operation.id,
        pointer=clause.pointer,
        basis=clause.basis,
        effect="reads" if id_ == "unknown-read" else "writes",
        check=lambda trial: check(trial, family, operation),
    )


def _of(
    contract: Contract, family: Family, operation: Operation
) -> Iterator[tuple[str, str, Check]]:
    action = resource_of(operation).action
    if action == "create":
        if family.linked(operation, "read"):
            yield "created-is-read", "What was created can be read, as it was sent.", _read_back
            if any(shows_own(contract, read) for read in family.linked(operation, "read")):
                yield "server-fields", "What the server sets cannot be sent.", _server_fields
        if family.listing is not None:
            yield "created-is-listed", "A create adds one item to the list and no other.", _listed
            yield "refused-create", "A refused create changes nothing.", _refused_create
        yield "new-keys", "Every new document has a key of its own.", _new_keys
        return
    key = resource_of(operation).key
    if key is not None and key.location != "cookie":
        id_ = "unknown-read" if action == "read" else "unknown-write"
        yield id_, "An unknown key is not found.", _unknown
    if any(operation in family.linked(create, action) for create in family.of("create")):
        yield from _ON_OWN.get(action, ())


def _creates(family: Family, operation: Operation) -> Operation:
    action = resource_of(operation).action
    return next(c for c in family.of("create") if operation in family.linked(c, action))


def _reader(family: Family, create: Operation) -> Operation | None:
    return next(iter(family.linked(create, "read")), None)


def _view(trial: Trial, family: Family, made: Made) -> Exchange | None:
    """The document as it can be read."""
    read = _reader(family, made.create)
    return None if read is None else trial.good(read.id, **at(read, made))


def _read_back(trial: Trial, family: Family, create: Operation) -> None:
    for body in bodies(trial, create) * TIMES:
        made = make(trial, family, create, body if len(bodies(trial, create)) > TIMES else None)
        read = _reader(family, create)
        if read is None:
            return
        answer = trial.good(read.id, **at(read, made))
        _hold_members(trial, read, answer, made.body, made.answer)
        key = pointer.value(answer.data, resource_of(read).answer or family.collection.key)
        if key != made.key:
            raise Violation(f"{key} was read where {made.key} was created", made.answer, answer)
        trial.fire(made.key)


def _hold_members(
    trial: Trial, read: Operation, answer: Exchange, sent: Any, *before: Exchange
) -> None:
    """Each member that was sent, and that the answer declares, is in it as it was sent."""
    if not isinstance(sent, Mapping) or not isinstance(answer.data, Mapping):
        return
    members = declared(trial, read, answer)
    for name, value in sent.items():
        schema = members.get(name)
        if schema is None or schema.get("readOnly") or value is None:
            continue
        if not alike(answer.data.get(name), value):
            raise Violation(
                f"{name} was sent as {value!r} and read as {answer.data.get(name)!r}",
                *before,
                answer,
            )


def _server_fields(trial: Trial, family: Family, create: Operation) -> None:
    read = _reader(family, create)
    if read is None:
        return
    honest = _view(trial, family, make(trial, family, create))
    if honest is None or not isinstance(honest.data, Mapping):
        return
    members = declared(trial, read, honest)
    own = {name for name, schema in members.items() if schema.get("readOnly")}
    for name in sorted(own & set(honest.data)):
        value = _other(honest.data[name])
        if value is None:
            continue
        body = next(iter(bodies(trial, create)))
        answer = trial.send(create.id, body={**body, name: value})
        if answer.status >= 400:
            trial.fire(name)
            continue
        key = pointer.value(answer.data, resource_of(create).answer or family.collection.key)
        seen = trial.good(read.id, **named(read, key))
        for delete in family.of("delete"):
            trial.later(partial(trial.send, delete.id, **named(delete, key)))
        if seen.data.get(name) == value:
            raise Violation(f"{name} was taken from the request", answer, seen)
        trial.fire(name)


def _other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value + 1000003
    if isinstance(value, str):
        return "1999-12-31T23:59:59Z" if value[10:11] == "T" else f"understudy-{value[:8]}"
    return None


def _listed(trial: Trial, family: Family, create: Operation) -> None:
    for _ in range(TIMES):
        before = listed(trial, family)
        made = make(trial, family, create)
        after = listed(trial, family)
        if repr(made.key) not in after:
            raise Violation(f"{made.key} was created and is not listed", made.answer)
        _hold_others(family, before, after, made, made.answer)
        trial.fire(made.key)


def _hold_others(
    family: Family,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    made: Made,
    *shown: Exchange,
) -> None:
    """All but the document that was made are listed as before."""
    others = [key for key in altered(family, before, after) if key != repr(made.key)]
    if others:
        raise Violation(f"another document, {others[0]}, changed as well", *shown)


def _refused_create(trial: Trial, family: Family, create: Operation) -> None:
    before = listed(trial, family)
    for body in broken(bodies(trial, create)):
        answer = trial.send(create.id, body=body)
        after = listed(trial, family)
        if answer.status < 400:
            before = after
            continue
        if after.keys() - before.keys():
            raise Violation("a refused create added something", answer)
        trial.fire(body)


def broken(good: list[Any]) -> Iterator[Any]:
    """Bodies that are not what the contract asks for."""
    yield b"{"
    yield []
    for body in good[:2]:
        if isinstance(body, Mapping):
            for name in body:
                yield {key: value for key, value in body.items() if key != name}
                yield {**body, name: {"understudy": ["wrong"]}}


def _new_keys(trial: Trial, family: Family, create: Operation) -> None:
    seen: set[str] = set()
    for _ in range(TIMES + 1):
        made = make(trial, family, create)
        if repr(made.key) in seen:
            raise Violation(f"{made.key} is the key of two documents", made.answer)
        seen.add(repr(made.key))
        trial.fire(made.key)
        for delete in family.linked(create, "delete"):
            trial.good(delete.id, **at(delete, made))


def _unknown(trial: Trial, family: Family, operation: Operation) -> None:
    body = next(iter(bodies(trial, operation)), None)
    for key in unknown_keys(trial, family):
        answer = trial.send(operation.id, **named(operation, key, body))
        if answer.status != 404 and "404" in operation.responses:
            raise Violation(f"the unknown key {key} must be answered with 404", answer)
        if answer.status < 400:
            raise Violation(f"the unknown key {key} was found", answer)
        trial.fire(key)


def _pure(trial: Trial, family: Family, read: Operation) -> None:
    for _ in range(TIMES):
        made = make(trial, family, _creates(family, read))
        before = listed(trial, family)
        one = trial.good(read.id, **at(read, made))
        other = trial.good(read.id, **at(read, made))
        if one.data != other.data:
            raise Violation("two reads show two documents", one, other)
        if altered(family, before, listed(trial, family)):
            raise Violation("reading changed the list", one)
        trial.fire(made.key)


def _replaced(trial: Trial, family: Family, replace: Operation) -> None:
    create = _creates(family, replace)
    for body in _rotated(trial, replace):
        made = make(trial, family, create)
        first = trial.good(replace.id, **at(replace, made, body))
        seen = _view(trial, family, made)
        read = _reader(family, create)
        if seen is None or read is None:
            return
        _hold_members(trial, read, seen, body, first)
        _hold_cleared(trial, family, replace, body, seen)
        trial.good(replace.id, **at(replace, made, body))
        again = _view(trial, family, made)
        if again is not None and not _same_but_stamps(trial, read, seen, again):
            raise Violation("replacing twice by the same differs from once", first, seen, again)
        trial.fire(body, made.key)


def _hold_cleared(
    trial: Trial, family: Family, replace: Operation, body: Any, seen: Exchange
) -> None:
    """A member that was left out is back at its default."""
    stored = trial.contract.members(family.collection.name)
    for name, schema in declared(trial, _reader_of(family, replace), seen).items():
        is_free = not (schema.get("readOnly") or name in body or name in family.collection.key)
        if is_free and stored.get(name, {}).get("readOnly") is not True:
            wanted = stored.get(name, {}).get("default")
            if seen.data.get(name) != wanted:
                raise Violation(
                    f"{name} was left out and is {seen.data.get(name)!r}, not {wanted!r}", seen
                )


def _reader_of(family: Family, operation: Operation) -> Operation:
    return _reader(family, _creates(family, operation)) or operation


def _rotated(trial: Trial, operation: Operation) -> list[Any]:
    """The example bodies, repeated until there are enough."""
    found = bodies(trial, operation)
    return (found * TIMES)[: max(TIMES, len(found))]


def _same_but_stamps(trial: Trial, read: Operation, one: Exchange, other: Exchange) -> bool:
    members = declared(trial, read, one)
    return all(
        one.data.get(name) == other.data.get(name)
        for name, schema in members.items()
        if schema.get("format") != "date-time"
    )


def _merged(trial: Trial, family: Family, merge: Operation) -> None:
    create = _creates(family, merge)
    read = _reader(family, create)
    for body in _rotated(trial, merge):
        made = make(trial, family, create)
        before = _view(trial, family, made)
        answer = trial.good(merge.id, **at(merge, made, body))
        after = _view(trial, family, made)
        if before is None or after is None or read is None:
            return
        _hold_members(trial, read, after, body, answer)
        stamps = {path[0] for path in resource_of(merge).stamp}
        for name, schema in declared(trial, read, after).items():
            kept = not (name in body or name in stamps or schema.get("readOnly"))
            # A server may keep a history inside an object of the client's, so objects may grow.
            is_begun = before.data.get(name) is None and isinstance(after.data.get(name), Mapping)
            if kept and not is_begun and not alike(after.data.get(name), before.data.get(name)):
                raise Violation(f"{name} was not sent, and changed", before, answer, after)
        trial.fire(body, made.key)


def _refused_change(trial: Trial, family: Family, change: Operation) -> None:
    made = make(trial, family, _creates(family, change))
    before, rest = _view(trial, family, made), listed(trial, family)
    for body in broken(bodies(trial, change)):
        if not isinstance(body, Mapping):
            continue
        answer = trial.send(change.id, **at(change, made, body))
        if answer.status < 400:
            made = make(trial, family, _creates(family, change))
            before, rest = _view(trial, family, made), listed(trial, family)
            continue
        after = _view(trial, family, made)
        if before is not None and after is not None and before.data != after.data:
            raise Violation("a refused change changed the document", before, answer, after)
        if altered(family, rest, listed(trial, family)):
            raise Violation("a refused change changed the list", answer)
        trial.fire(body)


def _deleted(trial: Trial, family: Family, delete: Operation) -> None:
    create = _creates(family, delete)
    read = _reader(family, create)
    for _ in range(TIMES):
        made = make(trial, family, create)
        answer = trial.good(delete.id, **at(delete, made))
        if read is not None:
            gone = trial.send(read.id, **at(read, made))
            if gone.status != 404:
                raise Violation("what was deleted can still be read", answer, gone)
        if repr(made.key) in listed(trial, family):
            raise Violation("what was deleted is still listed", answer)
        again = trial.send(delete.id, **at(delete, made))
        if again.status < 400:
            raise Violation("what is gone was deleted again", answer, again)
        trial.fire(made.key)


def _alone(trial: Trial, family: Family, operation: Operation) -> None:
    create = _creates(family, operation)
    for body in _rotated(trial, operation):
        made = make(trial, family, create)
        before = listed(trial, family)
        answer = trial.good(operation.id, **at(operation, made, body))
        _hold_others(family, before, listed(trial, family), made, answer)
        trial.fire(body, made.key)


_ON_OWN: Mapping[str, tuple[tuple[str, str, Check], ...]] = {
    "read": (("read-is-pure", "Reading changes nothing.", _pure),),
    "replace": (
        ("replaced", "A replaced document is what was sent, again and again.", _replaced),
        ("replace-is-alone", "Replacing one document changes no other.", _alone),
        ("refused-replace", "A refused replace changes nothing.", _refused_change),
    ),
    "merge": (
        ("merged", "A change sets the members sent and leaves the others.", _merged),
        ("merge-is-alone", "Changing one document changes no other.", _alone),
        ("refused-merge", "A refused change changes nothing.", _refused_change),
    ),
    "delete": (
        ("deleted", "What was deleted is gone, from the list as well.", _deleted),
        ("delete-is-alone", "Deleting one document changes no other.", _alone),
    ),
}
