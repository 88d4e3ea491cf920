"""The engine behind `listing`: filters, order, and one page of a collection."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..specs import pointer
from ..specs.clauses import Paging
from ..specs.contract import Contract
from ..specs.operation import Operation
from . import cursor
from .call import Call
from .cursor import Cursor
from .refusal import Refusal
from .remembered import QUERIES, Remembered
from .resource import owner, shown
from .state import Document
from .store.query import Condition, Kind, Position, Query, SortKey
from .values import kind_of

Asked = tuple[str, bool]
"""A name to order by, and whether it descends."""


class Wanted(NamedTuple):
    """What a query asks for: what documents must meet, which filters say so, and their order."""

    where: tuple[Condition, ...]
    filters: Mapping[str, Any]
    asked: tuple[Asked, ...]
    order: tuple[SortKey, ...]


UNPAGED = 100
"""The size of a page where neither the request nor the contract says one."""


class Page(NamedTuple):
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


class Lister:
    """Answers an operation that lists; what its clauses say is read once.

    ValueError for an operation that has no listing clause.
    """

    def __init__(self, contract: Contract, operation: Operation) -> None:
        if operation.listing is None:
            raise ValueError(f"{operation.id} has no listing clause")
        self._contract = contract
        self._listing = operation.listing
        self._collection = contract.collections[self._listing.collection]
        name = self._collection.name
        is_whole = not contract.hidden(name)
        self._shown = None if is_whole else Remembered(partial(shown, contract, name))
        self._filters = {
            parameter.name: (parameter.filter, self._kind(parameter.filter.field))
            for parameter in operation.parameters
            if parameter.filter is not None
        }
        self._always = tuple(
            Condition(where.field, where.op, where.value, self._kind(where.field))
            for where in self._listing.where
        )
        # An operation gives out the same values for the same query.
        self._wanted = Remembered(self._wanted_by, most=QUERIES)

    def __call__(self, call: Call) -> dict[str, Any]:
        """The whole answer to one request, as the clause says."""
        listing = self._listing
        wanted = self._wanted(call.query)
        where = (*call.state.alive(self._collection.name), *self._mine(call), *wanted.where)
        if listing.paging.style == "page":
            page = self._numbered(call, where, wanted.order)
        else:
            page = self._walked(call, where, wanted)
        members = {listing.items: self._rows(page.documents), **self._neighbours(page)}
        return pointer.put_all({}, {**members, **self._report(call, page)})

    def _kind(self, field: pointer.Path) -> Kind:
        return kind_of(self._contract.field_schema(self._collection.name, field))

    def _rows(self, documents: Sequence[Document]) -> Sequence[Document]:
        """The documents as they are shown, copied only where they hide something, and once."""
        return list(documents) if self._shown is None else self._shown.all(documents)

    def _mine(self, call: Call) -> tuple[Condition, ...]:
        """What a document must meet to be the caller's."""
        scope = self._collection.scope
        if scope is None:
            return ()
        mine = owner(call, self._collection)
        # What an anonymous request made is nobody's, and null is in no relation but `isnull`.
        op, value = ("isnull", True) if mine is None else ("eq", mine)
        return (call.state.condition(self._collection.name, scope.field, op, value),)

    def _wanted_by(self, query: Mapping[str, Any]) -> Wanted:
        filters = {name: query[name] for name in self._filters if name in query}
        asked = self._asked(query)
        return Wanted(self._conditions(filters), filters, asked, self._keys_of(asked))

    def _conditions(self, filters: Mapping[str, Any]) -> tuple[Condition, ...]:
        """What filters, soft deletion and clause ask of a document, whoever asks."""
        deleted = self._collection.soft_delete
        shows_deleted = deleted is None
        conditions = []
        for name, value in filters.items():
            clause, kind = self._filters[name]
            shows_deleted = shows_deleted or clause.field == deleted
            conditions.append(
                Condition(clause.field, clause.op, value, kind, clause.case_sensitive)
            )
        if deleted is not None and not shows_deleted:
            conditions.append(Condition(deleted, "isnull", value=True))
        return (*conditions, *self._always)

    def _asked(self, query: Mapping[str, Any]) -> tuple[Asked, ...]:
        """The names to order by, the first first, and whether each descends."""
        order = self._listing.order
        asked = query.get(order.by or "")
        names: list[str] = asked if isinstance(asked, list) else [] if asked is None else [asked]
        if order.direction is not None:
            direction = order.direction
            descends = query.get(direction.parameter) == direction.desc
            return tuple((name, descends) for name in names)
        prefix = order.descending
        return tuple(
            (name.removeprefix(prefix), True)
            if prefix and name.startswith(prefix)
            else (name, False)
            for name in names
        )

    def _keys_of(self, asked: tuple[Asked, ...]) -> tuple[SortKey, ...]:
        """The order in force; ties ascend."""
        order = self._listing.order
        fields: dict[pointer.Path, bool] = {}
        named = [(order.fields.get(name, (name,)), descends) for name, descends in asked]
        for field, descends in (*order.fixed, *named, *((field, False) for field in order.ties)):
            # A field that comes twice has decided the first time.
            fields.setdefault(field, descends)
        return tuple(
            SortKey(field, self._kind(field), descends, order.nulls)
            for field, descends in fields.items()
        )

    def _numbered(
        self, call: Call, where: tuple[Condition, ...], order: tuple[SortKey, ...]
    ) -> Page:
        """The page of that number; past the end there are no documents."""
        paging, store, name = self._listing.paging, call.state.store, self._collection.name
        number = int(call.query.get(paging.page or "", 1))
        size = int(call.query.get(paging.size, UNPAGED))
        offset = (number - 1) * size
        total = store.count(name, where)
        if offset >= total and number > 1 and paging.past_end == "refuse":
            raise Refusal(
                paging.refuse or 400, "There is no such page.", at=f"{paging.pointer}/past-end"
            )
        query = Query(name, where, order, offset=offset, limit=size)
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

    def _walked(self, call: Call, where: tuple[Condition, ...], wanted: Wanted) -> Page:
        """The page that the cursor leads to; without one, the first."""
        paging, store, name = self._listing.paging, call.state.store, self._collection.name
        order = wanted.order
        size = int(call.query.get(paging.size, UNPAGED))
        bound = self._bound(call, wanted)
        text = call.query.get(paging.cursor or "")
        here = None if text is None else cursor.read(text, bound)
        if text is not None and here is None:
            raise _foreign(paging)

        def rows(after: Position | None, before: Position | None, limit: int) -> Sequence[Document]:
            query = Query(name, where, order, after, before, limit=limit)
            return store.find(query)

        # One more than are shown tells whether there is more on that side.
        place = Position(here.values, here.inclusive) if here else None
        if here is not None and here.is_back:
            found = rows(None, place, size + 1)
            documents, is_more = found[max(0, len(found) - size) :], len(found) > size
        else:
            found = rows(place, None, size + 1)
            documents, is_more = found[:size], len(found) > size
        back, on = Cursor((), True, False), None
        has_previous = has_next = False
        if documents:
            first, last = _values(order, documents[0]), _values(order, documents[-1])
            back, on = Cursor(first, True, False), Cursor(last, False, False)
            if here is not None and here.is_back:
                has_previous, has_next = is_more, bool(rows(Position(last), None, 1))
            else:
                # Before the first page there is nothing.
                has_previous = here is not None and bool(rows(None, Position(first), 1))
                has_next = is_more
        elif here is not None:
            # All that was here is gone: what is left lies on the side that the cursor came from.
            other = Position(here.values, not here.inclusive)
            has_previous = not here.is_back and bool(rows(None, other, 1))
            has_next = here.is_back and bool(rows(other, None, 1))
            back = Cursor(here.values, True, not here.inclusive)
            on = Cursor(here.values, False, not here.inclusive)
        return Page(
            documents,
            store.count(name, where),
            number=1,
            size=size,
            first=1 if documents else 0,
            has_next=has_next,
            has_previous=has_previous,
            next=cursor.write(on, bound) if has_next and on else None,
            previous=cursor.write(back, bound) if has_previous else None,
        )

    def _bound(self, call: Call, wanted: Wanted) -> bytes:
        """What a cursor of this request is good for."""
        bound = self._listing.paging.bound
        return cursor.bound_to(
            call.contract.name,
            call.operation.id,
            wanted.filters if "filters" in bound else None,
            # A position means nothing in another order, so the order always binds.
            wanted.asked,
            owner(call, self._collection) if "scope" in bound else None,
        )

    def _neighbours(self, page: Page) -> dict[pointer.Path, Any]:
        """The links to the pages beside; absent or null at the ends."""
        paging = self._listing.paging
        links = ((paging.next, page.next), (paging.previous, page.previous))
        return {
            path: link
            for path, link in links
            if path is not None and (link is not None or paging.end == "null")
        }

    def _report(self, call: Call, page: Page) -> dict[pointer.Path, Any]:
        """What the answer says about the page."""
        report, order = self._listing.report, self._listing.order
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


def _values(order: tuple[SortKey, ...], document: Document) -> tuple[Any, ...]:
    return tuple(pointer.value(document, key.field) for key in order)


def _foreign(paging: Paging) -> Refusal:
    return Refusal(
        paging.refuse or 400,
        f"{paging.cursor} is not a cursor of this listing.",
        at=f"{paging.pointer}/refuse",
    )
