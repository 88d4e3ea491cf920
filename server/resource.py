"""The engine behind `resource`: one document created, found, replaced, changed or deleted."""

from collections.abc import Mapping
from typing import Any

import orjson

from ..fixtures.fixture import complete
from ..specs import pointer
from ..specs.clauses import Collection, Resource
from ..specs.contract import Contract
from .call import Call
from .refusal import Invalid, Refusal
from .state import ONCE, Document, Key
from .timers import settled
from .values import same


def create(call: Call, members: Mapping[str, Any]) -> Document:
    """A new document with `members`, stored defaults, stamps, owner and key.

    What its timers say is due already is done, so that the answer is what the next read finds.
    With `once`, a request that was made before gives its document; Refusal when the body differs,
    or when the key is another document's.
    """
    resource, collection = _clauses(call)
    earlier = _earlier(call, resource, collection)
    if earlier is not None:
        return earlier
    draft = complete(call.contract, collection.name, members)
    own: dict[pointer.Path, Any] = {}
    if collection.scope is not None:
        own[collection.scope.field] = owner(call, collection)
    own |= dict.fromkeys(resource.stamp, call.state.timestamp())
    own[collection.key] = _free_key(call, collection, draft)
    draft = pointer.put_all(draft, own)
    document = call.state.insert(collection.name, settled(draft, collection, call.state.now))
    _remember(call, resource, collection, document)
    return document


def target(call: Call) -> Document:
    """The document that the request names; Refusal(404) when there is none for this identity."""
    resource, collection = _clauses(call)
    key = _key(call, resource)
    document = None if key is None else call.state.get(collection.name, key)
    if document is None or not _is_visible(call, collection, document):
        raise Refusal(404, f"There is no such document in {collection.name}.")
    return document


def replace(call: Call, document: Mapping[str, Any]) -> Document:
    """Store `document`, with the clause's stamps, in place of the one with its key."""
    resource, collection = _clauses(call)
    whole = stamped(call, document, resource.stamp)
    return call.state.replace(collection.name, settled(whole, collection, call.state.now))


def delete(call: Call, document: Document | None = None) -> Document:
    """Remove `document`, or the one that the request names, softly where the contract says so."""
    _, collection = _clauses(call)
    document = target(call) if document is None else document
    if collection.soft_delete is None:
        call.state.delete(collection.name, call.state.key(collection.name, document))
    else:
        gone = pointer.put(document, collection.soft_delete, call.state.timestamp())
        call.state.replace(collection.name, gone)
    return document


def stamped(
    call: Call, document: Mapping[str, Any], fields: tuple[pointer.Path, ...]
) -> dict[str, Any]:
    """`document` with the time of the call in each of `fields`."""
    now = call.state.timestamp()
    return pointer.put_all(document, dict.fromkeys(fields, now))


def merged(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`document` with `changes`, objects member by member (RFC 7396, but null is a value)."""
    result = dict(document)
    for name, value in changes.items():
        before = result.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            value = merged(before, value)
        result[name] = value
    return result


def kept(call: Call, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """`after` with the key and the owner of `before`, whatever it says itself."""
    _, collection = _clauses(call)
    paths = [collection.key, *([collection.scope.field] if collection.scope else [])]
    found = {path: pointer.get(before, path) for path in paths}
    return pointer.put_all(after, {p: v for p, v in found.items() if v is not pointer.MISSING})


def shown(contract: Contract, collection: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """`document` without the members that are never shown (`writeOnly`)."""
    hidden = contract.hidden(collection)
    if not hidden:
        return dict(document)
    return {name: value for name, value in document.items() if name not in hidden}


def settable(call: Call, body: Mapping[str, Any]) -> dict[str, Any]:
    """The members of `body` that are stored and a client's to set."""
    names = call.contract.settable(call.operation.id)
    return {name: value for name, value in body.items() if name in names}


def replacement(call: Call, before: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """What `body` makes of `before` as a whole: left out means cleared to the default, or absent.

    Key and owner, the server's own members (`readOnly`) and the hidden ones (`writeOnly`) stay.
    """
    _, collection = _clauses(call)
    members = call.contract.members(collection.name)
    own = {
        name: value
        for name, value in before.items()
        if members.get(name, {}).get("readOnly") or members.get(name, {}).get("writeOnly")
    }
    after = complete(call.contract, collection.name, {**settable(call, body), **own})
    return kept(call, before, after)


def owner(call: Call, collection: Collection) -> str | None:
    """Whose documents the call sees, where the collection has a scope."""
    if collection.scope is None:
        return None
    identity = call.identities.get(collection.scope.security)
    return identity.name if identity else None


def _clauses(call: Call) -> tuple[Resource, Collection]:
    resource = call.operation.resource
    if resource is None:
        raise ValueError(f"{call.operation.id} has no resource clause")
    return resource, call.contract.collections[resource.collection]


def _key(call: Call, resource: Resource) -> Key | None:
    key = resource.key
    if key is None:
        return None
    if key.location == "body":
        return _as_key(pointer.value(call.body, key.path))
    return _as_key((call.path if key.location == "path" else call.cookies).get(key.name))


def _as_key(value: Any) -> Key | None:
    """`value` where it can be a key; 1.0 is the integer 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _free_key(call: Call, collection: Collection, draft: Mapping[str, Any]) -> Key:
    """The key that `draft` brings, or a new one; Refusal when it is taken."""
    value = pointer.value(draft, collection.key)
    key = _as_key(value)
    if key is None:
        return _new_key(call, collection)
    if call.state.get(collection.name, key) is None:
        return key
    at = f"{collection.pointer}/key"
    if "409" in call.operation.responses:
        raise Refusal(409, "There is such a document already.", at=at)
    taken = Invalid("body", collection.key, "unique", value, None, "is taken already", at)
    raise Refusal(call.operation.invalid_status, "The key is taken.", invalid=(taken,))


def _new_key(call: Call, collection: Collection) -> Key:
    schema = call.contract.field_schema(collection.name, collection.key)
    if schema.get("type") == "integer":
        return call.state.next_number(collection.name)
    while call.state.store.get(collection.name, key := call.state.uuid()) is not None:
        pass  # a store may be older than the sequence of random numbers
    return key


def _is_visible(call: Call, collection: Collection, document: Document) -> bool:
    if collection.soft_delete and pointer.value(document, collection.soft_delete) is not None:
        return False
    scope = collection.scope
    return scope is None or pointer.value(document, scope.field) == owner(call, collection)


def _once_key(call: Call, resource: Resource, collection: Collection) -> str | None:
    """The request's own name among those that must not be repeated: its owner and its value."""
    if resource.once is None:
        return None
    value = pointer.value(call.body, resource.once.by)
    if value is None:
        return None
    return orjson.dumps([collection.name, owner(call, collection), value]).decode()


def _earlier(call: Call, resource: Resource, collection: Collection) -> Document | None:
    key = _once_key(call, resource, collection)
    made = call.state.store.get(ONCE, key) if key is not None else None
    if made is None or resource.once is None:
        return None
    document = call.state.get(collection.name, made["made"])
    if document is None:
        return None
    if not same(made["body"], call.body):
        raise Refusal(
            resource.once.refuse,
            "This was sent before with another body.",
            at=resource.once.pointer,
        )
    return document


def _remember(call: Call, resource: Resource, collection: Collection, document: Document) -> None:
    key = _once_key(call, resource, collection)
    if key is not None:
        made = call.state.key(collection.name, document)
        call.state.store.put(ONCE, key, {"request": key, "body": call.body, "made": made})
