"""Mutants of what a request may hold, and of who may send it."""

from collections.abc import Iterator, Mapping
from typing import Any

from . import pointer
from .contract import Contract, resolve
from .mutation import DROP, Change, other
from .operation import Operation
from .pointer import Path

_BOUNDS = (
    *("enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "format"),
    *("minItems", "maxItems", "uniqueItems", "anyOf", "maxProperties"),
)
_COMBINED = ("allOf", "oneOf", "anyOf")


def constraints(contract: Contract) -> Iterator[Change]:
    """What a parameter or a body must be is asked no more, or asked too strictly."""
    stored = {
        at
        for collection in contract.collections.values()
        for at in _schemas(contract, ("components", "schemas", collection.schema))
    }
    for at, operations in _request_schemas(contract).items():
        users = frozenset(operations)
        yield from _loosened(contract, at, users)
        if at not in stored:
            yield from _tightened(contract, at, users)
    yield from _required_parameters(contract)
    for operation in contract.operations.values():
        yield from _of_operation(operation)


def _request_schemas(contract: Contract) -> Mapping[Path, set[str]]:
    """Where the schemas of requests stand, each with the operations that read it."""
    found: dict[Path, set[str]] = {}
    for operation in contract.operations.values():
        roots = [(*pointer.split(p.pointer), "schema") for p in operation.parameters]
        if operation.body is not None:
            body = pointer.split(operation.body.pointer)
            roots += [(*body, "content", media, "schema") for media in operation.body.content]
        for root in roots:
            for at in _schemas(contract, root):
                found.setdefault(at, set()).add(operation.id)
    return found


def _schemas(contract: Contract, at: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """`at` and the schemas below it, through references."""
    schema = pointer.get(contract.document, at)
    if at in seen or not isinstance(schema, Mapping):
        return
    seen |= {at}
    if "$ref" in schema:
        yield from _schemas(contract, pointer.split(schema["$ref"][1:]), seen)
        return
    yield at
    for name in schema.get("properties", {}):
        yield from _schemas(contract, (*at, "properties", name), seen)
    for keyword in _COMBINED:
        for index in range(len(schema.get(keyword, ()))):
            yield from _schemas(contract, (*at, keyword, str(index)), seen)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), Mapping):
            yield from _schemas(contract, (*at, keyword), seen)


def _named(contract: Contract, at: Path) -> str:
    """A short name of a place: the parameter's, or the last steps of the pointer."""
    if "parameters" in at:
        place = at[: at.index("parameters") + 2]
        parameter = resolve(contract.document, pointer.get(contract.document, place))
        return "/".join((*at[1:3], parameter["name"], *at[len(place) + 1 :]))
    return "/".join(at[2:] if at[0] == "components" else at[1:])


def _loosened(contract: Contract, at: Path, users: frozenset[str]) -> Iterator[Change]:
    schema, name = pointer.get(contract.document, at), _named(contract, at)
    required = schema.get("required", [])
    for index, member in enumerate(required):
        place = (*at, "required") if len(required) == 1 else (*at, "required", str(index))
        yield Change.of(
            f"required.dropped {name} {member}", "required", pointer.join(place), users, DROP
        )
    for keyword in _BOUNDS:
        if keyword in schema:
            place = (*at, keyword)
            yield Change.of(
                f"{keyword}.dropped {name}", "constraint", pointer.join(place), users, DROP
            )
    if "type" in schema and not schema.get("nullable") and at[-2:-1] == ("properties",):
        edits: dict[Path, Any] = {(*at, "nullable"): True}
        if "enum" in schema:
            edits[(*at, "enum")] = [*schema["enum"], None]
        where = pointer.join((*at, "nullable"))
        yield Change(f"nullable.added {name}", "constraint", where, users, edits)


def _tightened(contract: Contract, at: Path, users: frozenset[str]) -> Iterator[Change]:
    schema, name = pointer.get(contract.document, at), _named(contract, at)
    enum = schema.get("enum", ())
    if len(enum) > 1:
        place = pointer.join((*at, "enum"))
        yield Change.of(f"enum.narrowed {name} {enum[-1]}", "constraint", place, users, enum[:-1])
    for keyword, step in (("minimum", 1), ("maximum", -1), ("minLength", 1), ("maxLength", -1)):
        if isinstance(schema.get(keyword), int) and abs(schema[keyword]) < 2**31 - 1:
            place = pointer.join((*at, keyword))
            new = schema[keyword] + step
            yield Change.of(f"{keyword}.narrowed {name}", "constraint", place, users, new)
    if schema.get("nullable"):
        place = pointer.join((*at, "nullable"))
        yield Change.of(f"nullable.dropped {name}", "constraint", place, users, DROP)
    if "default" in schema and "parameters" in at:
        changed = other(contract, schema, schema["default"])
        if changed is not None:
            place = pointer.join((*at, "default"))
            yield Change.of(f"default.changed {name}", "default", place, users, changed)


def _required_parameters(contract: Contract) -> Iterator[Change]:
    """One change for each, however many operations share it."""
    users: dict[tuple[str, str], set[str]] = {}
    for operation in contract.operations.values():
        for parameter in operation.parameters:
            if parameter.required and parameter.location != "path":
                place = parameter.pointer, parameter.name
                users.setdefault(place, set()).add(operation.id)
    for (at, name), operations in users.items():
        label = f"required.dropped {'+'.join(sorted(operations))} {name}"
        yield Change.of(label, "required", f"{at}/required", frozenset(operations), False)


def _of_operation(operation: Operation) -> Iterator[Change]:
    users = frozenset({operation.id})
    if operation.body is not None:
        at = f"{operation.body.pointer}/required"
        name = f"body.required {operation.id} {not operation.body.required}"
        yield Change.of(name, "required", at, users, not operation.body.required)
    status = str(operation.invalid_status)
    if status in operation.responses and (operation.parameters or operation.body):
        at = f"{operation.pointer}/responses/{status}"
        yield Change.of(f"invalid.status {operation.id} {status}", "status", at, users, DROP)


def security(contract: Contract) -> Iterator[Change]:
    """Nobody is asked who they are, or for one proof or one role less; or a way in is shut."""
    for operation in contract.operations.values():
        users, id_ = frozenset({operation.id}), operation.id
        at, groups = f"{operation.pointer}/security", [dict(g) for g in operation.security]
        if any(groups):
            yield Change.of(f"security.dropped {id_}", "security", at, users, [])
            open_ = [*map(_listed, groups), {}]
            if {} not in groups:
                yield Change.of(f"security.optional {id_}", "security", at, users, open_)
        for index, group in enumerate(groups):
            rest = [_listed(each) for number, each in enumerate(groups) if number != index]
            if rest:
                way = "+".join(group) or "anonymous"
                yield Change.of(f"security.way-shut {id_} {way}", "security", at, users, rest)
            for scheme, scopes in group.items():
                place = f"{at}/{index}{pointer.join((scheme,))}"
                if len(group) > 1:
                    name = f"security.proof-dropped {id_} {scheme}"
                    yield Change.of(name, "security", place, users, DROP)
                if scopes:
                    name = f"security.roles-dropped {id_} {scheme}"
                    yield Change.of(name, "security", place, users, [])


def _listed(group: Mapping[str, Any]) -> dict[str, Any]:
    return {scheme: list(scopes) for scheme, scopes in group.items()}
