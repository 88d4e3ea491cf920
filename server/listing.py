"""The engine behind `listing`: filters, order, and one page of a collection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..specs import pointer
from ..specs.clauses import Listing, Order, Paging
from ..specs.operation import Parameter
from . import cursor
from .call import Call
from .cursor import Cursor
from .refusal import Refusal
from .resource import hidden_members, owner
from .state import Document
from .store.query import Condition, Position, Query, SortKey
from .values import kind_of

Asked = tuple[str, bool]
"""A name to order by, and whether it descends."""
UNPAGED = 100
"""The size of a page where neither the request nor the contract says one."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its documents, where it lies, and the cursors of its neighbours."""

    documents: Sequence[Document]
    total: int
    number: int
    size: int
    first: int
    has_next: bool
    has_previous: bool
    next: str | None = None
    previous: str | None = None


def answer(call: Call) -> dict[str, Any]:
    """The whole answer of an operation that lists, as its clause says."""
    listing = _clause(call)
    conditions = _conditions(call, listing)
    asked = _asked(call, listing.order)
    order = _sort_keys(call, listing, asked)
    if listing.paging.style == "page":
        page = _numbered(call, listing, conditions, order)
    else:
        page = _walked(call, listing, conditions, order, asked)
    hidden = hidden_members(call.contract, listing.collection)
    rows = [{k: v for k, v in row.items() if k not in hidden} for row in page.documents]
    members = {listing.items: rows, **_neighbours(listing.paging, page)}
    return pointer.put_all({}, {**members, **_report(call, listing, page)})


def _clause(call: Call) -> Listing:
    if call.operation.listing is None:
        raise ValueError(f"{call.operation.id} has no listing clause")
    return call.operation.listing


def _conditions(call: Call, listing: Listing) -> tuple[Condition, ...]:
    """All that a document must meet: expiry, scope, soft deletion, the clause, the request."""
    state, name = call.state, listing.collection
    collection = call.contract.collections[name]
    conditions = [*state.alive(name)]
    if collection.scope is not None:
        mine, field = owner(call, collection), collection.scope.field
        # What an anonymous request made is nobody's, and null is in no relation but `isnull`.
        op, value = ("isnull", True) if mine is None else ("eq", mine)
        conditions.append(state.condition(name, field, op, value))
    filtered = set()
    for parameter in call.operation.parameters:
        if parameter.filter is not None and parameter.name in call.query:
            filtered.add(parameter.filter.field)
            conditions.append(_condition(call, parameter, name))
    if collection.soft_delete is not None and collection.soft_delete not in filtered:
        conditions.append(Condition(collection.soft_delete, "isnull", value=True))
    conditions.extend(state.condition(name, w.field, w.op, w.value) for w in listing.where)
    return tuple(conditions)


def _condition(call: Call, parameter: Parameter, collection: str) -> Condition:
    clause = parameter.filter
    assert clause is not None  # noqa: S101 - asked for by the only caller
    kind = kind_of(call.contract.field_schema(collection, clause.field))
    value = call.query[parameter.name]
    return Condition(clause.field, clause.op, value, kind, clause.case_sensitive)


def _asked(call: Call, order: Order) -> tuple[Asked, ...]:
    """The names to order by, the first first, and whether each descends."""
    asked = call.query.get(order.by or "")
    names: list[str] = asked if isinstance(asked, list) else [] if asked is None else [asked]
    if order.direction is not None:
        direction = order.direction
        descends = call.query.get(direction.parameter) == direction.desc
        return tuple((name, descends) for name in names)
    prefix = order.descending
    return tuple(
        (name.removeprefix(prefix), True) if prefix and name.startswith(prefix) else (name, False)
        for name in names
    )


def _sort_keys(call: Call, listing: Listing, asked: tuple[Asked, ...]) -> tuple[SortKey, ...]:
    """The order in force; ties ascend."""
    order = listing.order
    fields: dict[pointer.Path, bool] = {}
    named = [(order.fields.get(name, (name,)), descends) for name, descends in asked]
    for field, descends in (*order.fixed, *named, *((field, False) for field in order.ties)):
        # A field that comes twice has decided the first time.
        fields.setdefault(field, descends)
    return tuple(
        SortKey(
            field,
            kind_of(call.contract.field_schema(listing.collection, field)),
            descends,
            order.nulls,
        )
        for field, descends in fields.items()
    )


def _numbered(
    call: Call, listing: Listing, where: tuple[Condition, ...], order: tuple[SortKey, ...]
) -> Page:
    """The page of that number; past the end there are no documents."""
    paging, store = listing.paging, call.state.store
    number = int(call.query.get(paging.page or "", 1))
    size = int(call.query.get(paging.size, UNPAGED))
    offset = (number - 1) * size
    total = store.count(listing.collection, where)
    if offset >= total and number > 1 and paging.past_end == "refuse":
        raise Refusal(
            paging.refuse or 400, "There is no such page.", at=f"{paging.pointer}/past-end"
        )
    query = Query(listing.collection, where, order, offset=offset, limit=size)
    documents = store.find(query) if offset < total else ()
    return Page(
        documents,
        total,
        number,
        size,
        first=offset + 1 if documents else 0,
        has_next=offset + len(documents) < total and bool(documents),
        has_previous=number > 1 and total > 0,
    )


def _walked(
    call: Call,
    listing: Listing,
    where: tuple[Condition, ...],
    order: tuple[SortKey, ...],
    asked: tuple[Asked, ...],
) -> Page:
    """The page that the cursor leads to; without one, the first."""
    paging, store = listing.paging, call.state.store
    size = int(call.query.get(paging.size, UNPAGED))
    bound = _bound(call, listing, asked)
    text = call.query.get(paging.cursor or "")
    here = None if text is None else cursor.read(text, bound)
    if text is not None and here is None:
        raise _foreign(paging)

    def rows(after: Position | None, before: Position | None, limit: int) -> Sequence[Document]:
        query = Query(listing.collection, where, order, after, before, limit=limit)
        return store.find(query)

    place = Position(here.values, here.inclusive) if here else None
    if here is not None and here.is_back:
        documents = rows(None, place, size)
    else:
        documents = rows(place, None, size)
    if documents:
        first, last = _values(order, documents[0]), _values(order, documents[-1])
        has_previous = bool(rows(None, Position(first), 1))
        has_next = bool(rows(Position(last), None, 1))
        back, on = Cursor(first, True, False), Cursor(last, False, False)
    elif here is None:
        has_previous, has_next, back, on = False, False, Cursor((), True, False), None
    else:
        # All that was here is gone: what is left lies on the side that the cursor came from.
        other = Position(here.values, not here.inclusive)
        has_previous = not here.is_back and bool(rows(None, other, 1))
        has_next = here.is_back and bool(rows(other, None, 1))
        back = Cursor(here.values, True, not here.inclusive)
        on = Cursor(here.values, False, not here.inclusive)
    return Page(
        documents,
        store.count(listing.collection, where),
        number=1,
        size=size,
        first=1 if documents else 0,
        has_next=has_next,
        has_previous=has_previous,
        next=cursor.write(on, bound) if has_next and on else None,
        previous=cursor.write(back, bound) if has_previous else None,
    )


def _values(order: tuple[SortKey, ...], document: Document) -> tuple[Any, ...]:
    return tuple(pointer.value(document, key.field) for key in order)


def _bound(call: Call, listing: Listing, asked: tuple[Asked, ...]) -> list[Any]:
    """What a cursor of this request is good for."""
    bound = listing.paging.bound
    filters = {
        parameter.name: call.query[parameter.name]
        for parameter in call.operation.parameters
        if parameter.filter is not None and parameter.name in call.query
    }
    collection = call.contract.collections[listing.collection]
    return [
        call.contract.name,
        call.operation.id,
        filters if "filters" in bound else None,
        # A position means nothing in another order, so the order always binds.
        list(asked),
        owner(call, collection) if "scope" in bound else None,
    ]


def _foreign(paging: Paging) -> Refusal:
    return Refusal(
        paging.refuse or 400,
        f"{paging.cursor} is not a cursor of this listing.",
        at=f"{paging.pointer}/refuse",
    )


def _neighbours(paging: Paging, page: Page) -> dict[pointer.Path, Any]:
    """The links to the pages beside; absent or null at the ends."""
    links = ((paging.next, page.next), (paging.previous, page.previous))
    return {
        path: link
        for path, link in links
        if path is not None and (link is not None or paging.end == "null")
    }


def _report(call: Call, listing: Listing, page: Page) -> dict[pointer.Path, Any]:
    """What the answer says about the page."""
    report, order = listing.report, listing.order
    direction = order.direction
    said = (
        (report.total, page.total),
        (report.pages, -(-page.total // page.size)),
        (report.page, page.number),
        (report.size, page.size),
        (report.order, call.query.get(order.by or "")),
        (
            report.direction,
            call.query.get(direction.parameter, direction.asc) if direction else None,
        ),
        (report.first, page.first),
        (report.last, page.first + len(page.documents) - 1 if page.documents else 0),
        (report.has_next, page.has_next),
        (report.has_previous, page.has_previous),
    )
    return {path: value for paths, value in said for path in paths}
