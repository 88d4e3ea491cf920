"""`Family`: the operations of one collection, and documents made with them for a law to look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from ..specs import pointer
from ..specs.clauses import Collection, Resource
from ..specs.contract import Contract
from ..specs.members import members_of, resolve, resolved_member
from ..specs.operation import Operation
from .client import Jar
from .compose import compose
from .exchange import Exchange
from .law import Violation
from .trial import Trial
from .walk import walk

CLIENT_IDS = ("external_id", "externalId")
"""Members by which a client names what it makes; the same again may mean the same thing."""


@dataclass(frozen=True, slots=True)
class Family:
    """What the contract can do with the documents of one collection."""

    collection: Collection
    listing: Operation | None
    members: tuple[Operation, ...]

    def of(self, action: str) -> tuple[Operation, ...]:
        """The operations with that action."""
        return tuple(o for o in self.members if resource_of(o).action == action)

    def linked(self, create: Operation, action: str) -> tuple[Operation, ...]:
        """The operations with that action that the contract links from what `create` answers."""
        targets = {
            link.get("operationId")
            for response in create.responses.values()
            for link in response.links.values()
        }
        return tuple(o for o in self.of(action) if o.id in targets)


@dataclass(frozen=True, slots=True)
class Made:
    """A document that a law has made, with what it was made of and the visitor's cookies."""

    create: Operation
    body: Any
    answer: Exchange
    key: Any
    jar: Jar


def resource_of(operation: Operation) -> Resource:
    """The operation's resource clause, which it must have."""
    if operation.resource is None:
        raise ValueError(f"{operation.id} is about no document")
    return operation.resource


def families(contract: Contract) -> Iterator[Family]:
    """The families of the contract's collections."""
    for collection in contract.collections.values():
        listing = None
        members = []
        for operation in contract.operations.values():
            if operation.listing and operation.listing.collection == collection.name:
                listing = operation
            if operation.resource and operation.resource.collection == collection.name:
                members.append(operation)
        if members:
            yield Family(collection, listing, tuple(members))


def bodies(trial: Trial, operation: Operation) -> list[Any]:
    """The request bodies that the contract gives as examples, each made new by `fresh`."""
    return [fresh(trial, operation, body) for body in examples(trial.contract, operation)]


def examples(contract: Contract, operation: Operation) -> list[Any]:
    """The documented request bodies, else one composed; None where there is no body."""
    if operation.body is None:
        return [None]
    node = pointer.value(contract.document, pointer.split(operation.body.pointer))
    found: list[Any] = []
    content = node.get("content", {})
    for media in content.values():
        if "example" in media:
            found.append(media["example"])
        named = media.get("examples", {}).values()
        found += [resolve(contract.document, example)["value"] for example in named]
    if not found:
        found = [compose(contract.document, m.get("schema", {})) for m in content.values()][:1]
    return found


def fresh(trial: Trial, operation: Operation, body: Any) -> Any:
    """`body` with another value where repeating one would mean something."""
    once = operation.resource.once if operation.resource else None
    new = trial.name()
    if isinstance(body, Mapping) and once is not None:
        return pointer.put(body, once.by, new)
    return _renamed(body, new)


def _renamed(node: Any, new: str) -> Any:
    """`node` with another id wherever it gives the client's own id for what it makes."""
    if isinstance(node, Mapping):
        return {
            name: new if name in CLIENT_IDS else _renamed(value, new)
            for name, value in node.items()
        }
    return node


def make(trial: Trial, family: Family, create: Operation, body: Any = None) -> Made:
    """A new document; removed again when the law is done, where the contract can."""
    if body is None:
        body = trial.random.choice(bodies(trial, create))
    jar = Jar()
    answer = trial.good(create.id, body=body, jar=jar, headers=headers(trial, create))
    made = Made(create, body, answer, key_in(family, create, answer), jar)
    for delete in family.of("delete"):
        trial.later(partial(trial.send, delete.id, **at(delete, made)))
    return made


def headers(trial: Trial, operation: Operation) -> dict[str, str]:
    """The required headers, with their documented examples."""
    return {
        p.name: str(example_of(trial, p.pointer))
        for p in operation.parameters
        if p.location == "header" and p.required
    }


def example_of(trial: Trial, at_: str) -> Any:
    """The example of the parameter at that pointer."""
    node = pointer.value(trial.contract.document, pointer.split(at_))
    schema = resolved_member(trial.contract.document, node["schema"])
    return node.get("example", schema.get("example", "understudy"))


def key_in(family: Family, operation: Operation, answer: Exchange) -> Any:
    """The key that an answer names."""
    path = resource_of(operation).answer or family.collection.key
    key = pointer.value(answer.data, path)
    if key is None:
        raise Violation(f"the answer names no key at {pointer.join(path)}", answer)
    return key


def shows_own(contract: Contract, operation: Operation) -> bool:
    """Whether the answer declares members that only the server sets."""
    response = operation.response(200)
    schema = next(iter(response.content.values()), {}) if response else {}
    return any(m.get("readOnly") for _, m in members_of(contract.document, schema))


def at(operation: Operation, made: Made, body: Any = None) -> dict[str, Any]:
    """What of a request names the document: path, body or cookies."""
    return named(operation, made.key, body, made.jar)


def named(
    operation: Operation, key: Any, body: Any = None, jar: Jar | None = None
) -> dict[str, Any]:
    """What of a request names the document with `key`."""
    clause = resource_of(operation).key
    request: dict[str, Any] = {} if body is None else {"body": body}
    if clause is not None and clause.location == "path":
        request["path"] = {clause.name: key}
    elif clause is not None and clause.location == "body":
        request["body"] = pointer.put(body or {}, clause.path, key)
    elif jar is not None:
        request["jar"] = jar
    return request


def unknown_keys(trial: Trial, family: Family) -> list[Any]:
    """Keys of the right form that nothing has."""
    schema = trial.contract.field_schema(family.collection.name, family.collection.key)
    if schema.get("type") == "integer":
        most = int(schema.get("maximum", 2**53))
        return [min(most, 2**40 + trial.random.getrandbits(32)) - number for number in range(3)]
    return [str(UUID(int=trial.random.getrandbits(128), version=4)) for _ in range(3)]


def listed(trial: Trial, family: Family) -> dict[str, Mapping[str, Any]]:
    """All that the listing shows, by the text of its key."""
    if family.listing is None:
        return {}
    found = walk(trial, family.listing, is_new=True)
    return {repr(pointer.value(row, family.collection.key)): row for row in found.items}


def altered(
    family: Family, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """The keys of what is not listed as it was, but for what time alone may have done to it."""
    return [
        key
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
        and not _is_of_time(family.collection, before.get(key), after.get(key))
    ]


def _is_of_time(
    collection: Collection, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> bool:
    """Whether a document has come to its end, or a timer has set its members."""
    if was is None:
        return False
    if now is None:
        return collection.live_until is not None
    shown = [{f: v for f, v in timer.set.items() if f[0] in was} for timer in collection.timers]
    return any(pointer.put_all(was, members) == now for members in shown)


def declared(
    trial: Trial, operation: Operation, answer: Exchange
) -> Mapping[str, Mapping[str, Any]]:
    """The members that the contract declares for an answer, each with its schema."""
    response = operation.response(answer.status)
    schema = next(iter(response.content.values()), {}) if response else {}
    return dict(members_of(trial.contract.document, schema))
