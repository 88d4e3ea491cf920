"""Mutants of a contract: the same document with one statement changed, dropped or turned round.

Each is for a server to serve, and for a judge that holds the original to find. What no server
reads (a basis, an example, where an answer names its key) is left as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from . import pointer
from .clauses import Collection, Listing, Transition
from .contract import Contract, resolve
from .mutate_requests import constraints, security
from .mutation import DROP, Change, Mutant, edited, other
from .operation import Operation, Parameter
from .pointer import Path

_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "gt": ("gte", "lt"),
    "gte": ("gt", "lte"),
    "lt": ("lte", "gt"),
    "lte": ("lt", "gte"),
    "contains": ("eq",),
    "in": ("eq",),
    "eq": ("gte",),
}
_SWAPPED = (
    ("total", "pages"),
    ("page", "size"),
    ("first", "last"),
    ("has-next", "has-previous"),
)
_NULLS = ("first", "last", "smallest", "largest")


def mutants(contract: Contract) -> Iterator[Mutant]:
    """Every mutant of `contract`, in an order and under names that do not change."""
    changes = (
        *_collections(contract),
        *_listings(contract),
        *_resources(contract),
        *constraints(contract),
        *security(contract),
    )
    for change in changes:
        document = edited(contract.document, change.edits)
        if document != contract.document:
            yield Mutant(change.name, change.kind, change.at, change.operations, document)


def _node(contract: Contract, at: str) -> Any:
    return pointer.get(contract.document, pointer.split(at))


def _users(contract: Contract, collection: str) -> frozenset[str]:
    """The operations whose clauses are about a collection; all where none says so."""
    found = frozenset(
        operation.id
        for operation in contract.operations.values()
        for clause in (operation.listing, operation.resource)
        if clause is not None and clause.collection == collection
    )
    return found or frozenset(contract.operations)


def _collections(contract: Contract) -> Iterator[Change]:
    for collection in contract.collections.values():
        users = _users(contract, collection.name)
        for member in ("scope", "soft-delete", "live-until"):
            if member in _node(contract, collection.pointer):
                at = f"{collection.pointer}/{member}"
                name = f"{member}.dropped {collection.name}"
                yield Change.of(name, member, at, users, DROP)
        yield from _timers(contract, collection, users)
        yield from _defaults(contract, collection, users)


def _timers(contract: Contract, collection: Collection, users: frozenset[str]) -> Iterator[Change]:
    if collection.timers:
        at = f"{collection.pointer}/timers"
        yield Change.of(f"timers.dropped {collection.name}", "timers", at, users, DROP)
    for timer in collection.timers:
        where = f"{collection.name}{timer.pointer.removeprefix(collection.pointer)}"
        for path, value in timer.set.items():
            schema = contract.field_schema(collection.name, path)
            changed = other(contract, schema, value)
            at = f"{timer.pointer}/set{pointer.join((pointer.join(path),))}"
            if changed is not None:
                yield Change.of(f"timers.set {where} {at[-20:]}", "timers", at, users, changed)
        for path, values in timer.when.items():
            schema = contract.field_schema(collection.name, path)
            changed = other(contract, schema, values[0])
            at = f"{timer.pointer}/when{pointer.join((pointer.join(path),))}"
            if changed is not None:
                yield Change.of(f"timers.when {where}", "timers", at, users, [changed])


def _defaults(
    contract: Contract, collection: Collection, users: frozenset[str]
) -> Iterator[Change]:
    """What a create leaves out is filled in otherwise."""
    creates = any(
        operation.resource is not None
        and operation.resource.collection == collection.name
        and operation.resource.action == "create"
        for operation in contract.operations.values()
    )
    if not creates:
        return
    for at in _own_members(contract, ("components", "schemas", collection.schema)):
        schema = pointer.get(contract.document, at)
        if "default" not in schema:
            continue
        changed = other(contract, schema, schema["default"])
        if changed is not None:
            name = f"default.changed {collection.name} {at[-1]}"
            yield Change.of(name, "default", pointer.join((*at, "default")), users, changed)


def _own_members(contract: Contract, at: Path) -> Iterator[Path]:
    """Where the members of a schema are declared, through references and `allOf`."""
    schema = pointer.get(contract.document, at)
    if "$ref" in schema:
        yield from _own_members(contract, pointer.split(schema["$ref"][1:]))
        return
    for name in schema.get("properties", {}):
        yield (*at, "properties", name)
    for index in range(len(schema.get("allOf", ()))):
        yield from _own_members(contract, (*at, "allOf", str(index)))


def _listings(contract: Contract) -> Iterator[Change]:
    for operation in contract.operations.values():
        listing = operation.listing
        if listing is None:
            continue
        for parameter in operation.parameters:
            if parameter.filter is not None:
                yield from _filter(contract, operation, listing, parameter)
        yield from _where(contract, operation, listing)
        yield from _order(contract, operation, listing)
        yield from _paging(contract, operation, listing)
        yield from _report(contract, operation, listing)


def _filter(
    contract: Contract, operation: Operation, listing: Listing, parameter: Parameter
) -> Iterator[Change]:
    clause = parameter.filter
    if clause is None:
        return
    users, where = frozenset({operation.id}), f"{operation.id} {parameter.name}"
    field = contract.field_schema(listing.collection, clause.field)
    at = f"{parameter.pointer}/x-understudy/filter"
    yield Change.of(f"filter.dropped {where}", "filter", at, users, DROP)
    for operator in _OPERATORS.get(clause.op, ()):
        name = f"filter.op {where} {clause.op}>{operator}"
        yield Change.of(name, "filter", f"{at}/op", users, operator)
    is_text = resolve(contract.document, field).get("type") == "string"
    if is_text and clause.op in ("eq", "in", "contains") and not {"enum", "format"} & set(field):
        case = "insensitive" if clause.case_sensitive else "sensitive"
        yield Change.of(f"filter.case {where}", "filter", f"{at}/case", users, case)
    alike = _alike(contract, listing.collection, clause.field)
    if alike is not None:
        name = f"filter.field {where} {pointer.join(alike)}"
        yield Change.of(name, "filter", f"{at}/field", users, pointer.join(alike))


def _alike(contract: Contract, collection: str, field: Path) -> Path | None:
    """The next field of the same kind; None where there is none."""

    def form(path: Path) -> tuple[Any, ...]:
        schema = contract.field_schema(collection, path)
        return schema.get("type"), schema.get("format"), str(schema.get("enum"))

    names = [(name,) for name in sorted(contract.members(collection))]
    same = [path for path in names if form(path) == form(field)]
    if field not in same or len(same) < 2:
        return None
    return same[(same.index(field) + 1) % len(same)]


def _where(contract: Contract, operation: Operation, listing: Listing) -> Iterator[Change]:
    users = frozenset({operation.id})
    for index, where in enumerate(listing.where):
        at = f"{listing.pointer}/where/{index}"
        yield Change.of(f"where.dropped {operation.id} {index}", "where", at, users, DROP)
        field = contract.field_schema(listing.collection, where.field)
        changed = other(contract, field, where.value)
        if changed is not None:
            name = f"where.value {operation.id} {index}"
            yield Change.of(name, "where", f"{at}/value", users, changed)


def _order(contract: Contract, operation: Operation, listing: Listing) -> Iterator[Change]:
    users, order, id_ = frozenset({operation.id}), listing.order, operation.id
    at = order.pointer
    for nulls in _NULLS:
        if nulls != order.nulls and order.by is not None:
            yield Change.of(f"order.nulls {id_} {nulls}", "order", f"{at}/nulls", users, nulls)
    for index, tie in enumerate(order.ties):
        for name, schema in contract.members(listing.collection).items():
            if (name,) != tie and resolve(contract.document, schema).get("type") == "boolean":
                place = f"{at}/ties/{index}"
                yield Change.of(f"order.ties {id_} {name}", "order", place, users, f"/{name}")
                break
    if order.direction is not None:
        swapped = {"asc": order.direction.desc, "desc": order.direction.asc}
        edits = {pointer.split(f"{at}/direction/{name}"): v for name, v in swapped.items()}
        yield Change(f"order.direction {id_}", "order", f"{at}/direction", users, edits)
    if order.descending is not None:
        yield Change.of(f"order.descending {id_}", "order", f"{at}/descending", users, DROP)
    for index, (path, descends) in enumerate(order.fixed):
        place, text = f"{at}/fixed/{index}", pointer.join(path)
        turned = text if descends else f"-{text}"
        yield Change.of(f"order.fixed {id_} turned", "order", place, users, turned)
        alike = _alike(contract, listing.collection, path)
        if alike is not None:
            yield Change.of(
                f"order.fixed {id_} {alike[-1]}", "order", place, users, pointer.join(alike)
            )


def _paging(contract: Contract, operation: Operation, listing: Listing) -> Iterator[Change]:
    users, paging, id_ = frozenset({operation.id}), listing.paging, operation.id
    at, node = paging.pointer, _node(contract, paging.pointer)
    for member in sorted(paging.bound):
        kept = [name for name in node["bound"] if name != member]
        # The engine binds every cursor to its order, whatever is said.
        if member != "order":
            name = f"paging.bound {id_} {member}"
            yield Change.of(name, "paging", f"{at}/bound", users, kept)
    if "end" in node:
        end = "absent" if paging.end == "null" else "null"
        yield Change.of(f"paging.end {id_} {end}", "paging", f"{at}/end", users, end)
    if paging.previous is not None:
        yield Change.of(f"paging.previous {id_}", "paging", f"{at}/previous", users, DROP)
        swapped = {"next": node["previous"], "previous": node["next"]}
        edits = {pointer.split(f"{at}/{name}"): value for name, value in swapped.items()}
        yield Change(f"paging.links-swapped {id_}", "paging", at, users, edits)
    if paging.refuse is not None:
        status = "400" if paging.refuse != 400 else "404"
        yield Change.of(f"paging.refuse {id_} {status}", "status", f"{at}/refuse", users, status)
    if paging.style == "page":
        past_end = "refuse" if paging.past_end == "empty" else "empty"
        edits = {pointer.split(f"{at}/past-end"): past_end, pointer.split(f"{at}/refuse"): "404"}
        yield Change(f"paging.past-end {id_}", "paging", f"{at}/past-end", users, edits)


def _report(contract: Contract, operation: Operation, listing: Listing) -> Iterator[Change]:
    users, at = frozenset({operation.id}), listing.report.pointer
    node = _node(contract, at)
    if node is pointer.MISSING:
        return
    members = [name for name in node if name != "basis"]
    for name in members:
        for index in range(len(node[name])):
            alone = len(node[name]) == 1
            if alone and len(members) == 1:
                place = f"{pointer.join(pointer.split(at))}"
            else:
                place = f"{at}/{name}" if alone else f"{at}/{name}/{index}"
            yield Change.of(
                f"report.dropped {operation.id} {name}/{index}", "report", place, users, DROP
            )
    for one, two in _SWAPPED:
        if one in node and two in node:
            edits = {
                pointer.split(f"{at}/{one}"): node[two],
                pointer.split(f"{at}/{two}"): node[one],
            }
            yield Change(f"report.swapped {operation.id} {one}", "report", at, users, edits)


def _resources(contract: Contract) -> Iterator[Change]:
    actions = {"replace": "merge", "merge": "replace", "read": "delete", "delete": "read"}
    for operation in contract.operations.values():
        clause = operation.resource
        if clause is None:
            continue
        users, at, id_ = _users(contract, clause.collection), clause.pointer, operation.id
        if clause.action in actions:
            action = actions[clause.action]
            name = f"resource.action {id_} {action}"
            yield Change.of(name, "resource", f"{at}/action", users, action)
        for index, path in enumerate(clause.stamp):
            place = f"{at}/stamp" if len(clause.stamp) == 1 else f"{at}/stamp/{index}"
            name = f"stamp.dropped {id_} {pointer.join(path)}"
            yield Change.of(name, "stamp", place, users, DROP)
        if clause.once is not None:
            yield Change.of(f"once.dropped {id_}", "once", f"{at}/once", users, DROP)
            yield Change.of(f"once.refuse {id_}", "status", f"{at}/once/refuse", users, "409")
        if operation.transition is not None:
            yield from _moves(contract, operation, operation.transition, clause.collection)


def _moves(
    contract: Contract, operation: Operation, clause: Transition, collection: str
) -> Iterator[Change]:
    users, at, id_ = _users(contract, collection), clause.pointer, operation.id
    status = "409" if clause.refuse != 409 else "400"
    yield Change.of(f"transition.refuse {id_}", "status", f"{at}/refuse", users, status)
    for path, values in clause.when.items():
        place = f"{at}/when{pointer.join((pointer.join(path),))}"
        schema = resolve(contract.document, contract.field_schema(collection, path))
        enum = schema.get("enum", [False, True] if schema.get("type") == "boolean" else [])
        if len(clause.when) > 1:
            name = f"when.dropped {id_} {path[-1]}"
            yield Change.of(name, "transition", place, users, DROP)
        for value in enum:
            name = f"{id_} {path[-1]} {value}"
            if value not in values:
                wider = [*values, value]
                yield Change.of(f"when.widened {name}", "transition", place, users, wider)
            elif len(values) > 1:
                fewer = [each for each in values if each != value]
                yield Change.of(f"when.narrowed {name}", "transition", place, users, fewer)
    for index, path in enumerate(clause.stamp):
        place = f"{at}/stamp" if len(clause.stamp) == 1 else f"{at}/stamp/{index}"
        name = f"stamp.dropped {id_} {pointer.join(path)}"
        yield Change.of(name, "stamp", place, users, DROP)
    yield from _cases(contract, operation, clause, collection)


def _cases(
    contract: Contract, operation: Operation, clause: Transition, collection: str
) -> Iterator[Change]:
    users, id_ = _users(contract, collection), operation.id
    at = f"{clause.pointer}/cases"
    for number, case in enumerate(clause.cases):
        place = at if len(clause.cases) == 1 else f"{at}/{number}"
        yield Change.of(f"case.dropped {id_} {number}", "transition", place, users, DROP)
        for path, value in case.set.items():
            changed = other(contract, contract.field_schema(collection, path), value)
            if changed is not None:
                place = f"{at}/{number}/set{pointer.join((pointer.join(path),))}"
                name = f"set.changed {id_} {number} {path[-1]}"
                yield Change.of(name, "transition", place, users, changed)
            if len(case.set) > 1:
                place = f"{at}/{number}/set{pointer.join((pointer.join(path),))}"
                name = f"set.dropped {id_} {number} {path[-1]}"
                yield Change.of(name, "transition", place, users, DROP)
        for index, path in enumerate(case.stamp):
            alone = len(case.stamp) == 1
            place = f"{at}/{number}/stamp" + ("" if alone else f"/{index}")
            name = f"stamp.dropped {id_} {number} {pointer.join(path)}"
            yield Change.of(name, "stamp", place, users, DROP)
    for number in range(len(clause.cases) - 1):
        one, two = f"{at}/{number}/if", f"{at}/{number + 1}/if"
        if clause.cases[number].when_body and clause.cases[number + 1].when_body:
            edits = {
                pointer.split(one): _node(contract, two),
                pointer.split(two): _node(contract, one),
            }
            yield Change(f"case.swapped {id_} {number}", "transition", at, users, edits)
