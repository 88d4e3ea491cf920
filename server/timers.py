"""The engine behind `timers`: what the clock does to documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..specs import pointer
from ..specs.clauses import Collection, Timer
from ..specs.contract import Contract
from .happening import Happening, in_order
from .store.query import Condition, Position, Query, SortKey
from .store.store import Document, Key, Store
from .values import kind_of, meets, moment


@dataclass(slots=True)
class Ahead:
    """When the next timer is due, as far as that was read."""

    is_read: bool = False
    next: datetime | None = None


class Timers:
    """The timers of one contract; they fire at the first request after their time, oldest first.

    The next time is remembered, and brought forward by what is written, so that a request asks only
    for the time.
    """

    def __init__(self, contract: Contract, ahead: "Ahead | None" = None) -> None:
        self.contract = contract
        self.ahead = ahead or Ahead()
        self._timers = [
            (collection, timer)
            for collection in contract.collections.values()
            for timer in collection.timers
        ]

    def are_quiet(self, now: datetime) -> bool:
        """Whether nothing is due at `now`, as is known without looking."""
        ahead = self.ahead
        return not self._timers or (ahead.is_read and (ahead.next is None or now < ahead.next))

    def fire(self, store: Store, now: datetime) -> Sequence[Happening]:
        """Set what is due at `now`; what happened, the earliest first."""
        if self.are_quiet(now):
            return ()
        happenings = self._due(store, now)
        if happenings:
            with store.unit():
                for each in happenings:
                    if each.after is not None:
                        store.put(each.collection, each.key, each.after)
        self._look_ahead(store, now)
        self.ahead.is_read = True
        return in_order(happenings)

    def note(self, collection: str, document: Document) -> None:
        """See when a document that was written falls due."""
        for owner, timer in self._timers:
            if owner.name == collection:
                at = pointer.value(document, timer.at)
                if self._is_sooner(at) and meets(document, timer.when):
                    self.ahead.next = moment(at)

    def _is_sooner(self, at: str | None) -> bool:
        ahead = self.ahead.next
        return at is not None and (ahead is None or moment(at) < ahead)

    def _waiting(self, collection: Collection, timer: Timer) -> tuple[Condition, ...]:
        """What a document must meet for the timer, as far as a query can ask for it."""
        return tuple(
            Condition(
                field,
                "in",
                [value for value in values if value is not None],
                kind_of(self.contract.field_schema(collection.name, field)),
                or_null=None in values,
            )
            for field, values in timer.when.items()
        )

    def _look_ahead(self, store: Store, now: datetime) -> None:
        """See when the next timer is due after `now`."""
        self.ahead.next = None
        for collection, timer in self._timers:
            after, waiting = Position((now.isoformat(),)), self._waiting(collection, timer)
            query = Query(collection.name, waiting, _by_time(timer), after, limit=1)
            for document in store.find(query):
                at = pointer.value(document, timer.at)
                if self._is_sooner(at):
                    self.ahead.next = moment(at)

    def _due(self, store: Store, now: datetime) -> list[Happening]:
        """What happens up to `now`, by document."""
        found: dict[tuple[str, Key], list[Happening]] = {}
        since = Position((None,))
        if self.ahead.is_read and self.ahead.next is not None:  # what lies before has been
            since = Position((self.ahead.next.isoformat(),), inclusive=True)
        until = Position((now.isoformat(),), inclusive=True)
        for collection, timer in self._timers:
            waiting = self._waiting(collection, timer)
            query = Query(collection.name, waiting, _by_time(timer), since, until)
            for document in store.find(query):
                if not meets(document, timer.when):
                    continue
                key = pointer.get(document, collection.key)
                found[collection.name, key] = [
                    Happening(when, "timer", collection.name, key, before, after)
                    for when, before, after in _steps(document, collection, now)
                ]
        return [each for steps in found.values() for each in steps]


def settled(document: Document, collection: Collection, now: datetime) -> Document:
    """`document` as the timers that are due at `now` leave it: oldest first, each once."""
    for timer in collection.timers:
        if _is_due(timer, document, now):
            break
    else:
        return document  # as nearly always
    for _, _, after in _steps(document, collection, now):
        document = after
    return document


def _steps(
    document: Document, collection: Collection, now: datetime
) -> Iterator[tuple[datetime, Document, Document]]:
    """Each change that the timers due at `now` make: when, before and after."""
    waiting = list(collection.timers)
    while due := [timer for timer in waiting if _is_due(timer, document, now)]:
        timer = min(due, key=lambda each: moment(pointer.get(document, each.at)))
        at, before = moment(pointer.get(document, timer.at)), document
        document = pointer.put_all(document, timer.set)
        waiting.remove(timer)
        if document != before:
            yield at, before, document


def _by_time(timer: Timer) -> tuple[SortKey, ...]:
    """The order in which documents fall due, after those that never do."""
    return (SortKey(timer.at, "instant", nulls="first"),)


def _is_due(timer: Timer, document: Document, now: datetime) -> bool:
    at = pointer.value(document, timer.at)
    return at is not None and moment(at) <= now and meets(document, timer.when)
