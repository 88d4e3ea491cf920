"""The engine behind `timers`: what the clock does to documents."""

from datetime import datetime
from typing import Any

from ..specs import pointer
from ..specs.clauses import Collection, Timer
from ..specs.contract import Contract
from .store.query import Condition, Query, SortKey
from .store.store import Document, Store
from .values import meets, moment


class Timers:
    """The timers of one contract; they fire at the first request after their time, oldest first.

    Between writes the next time is remembered, so that a request asks only for the time.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._timers = [
            (collection, timer)
            for collection in contract.collections.values()
            for timer in collection.timers
        ]
        self._version = -1
        self._next: datetime | None = None

    def fire(self, store: Store, now: datetime) -> None:
        """Set what is due at `now`."""
        if not self._timers:
            return
        if store.version == self._version and (self._next is None or now < self._next):
            return
        while due := self._due(store, now):
            with store.unit():
                for _, collection, timer, document in due:
                    _set(store, collection, timer, document)
        self._version = store.version

    def _due(
        self, store: Store, now: datetime
    ) -> list[tuple[datetime, Collection, Timer, Document]]:
        """What is due, oldest first; on the way, when the next is."""
        due = []
        self._next = None
        for collection, timer in self._timers:
            dated = Condition(timer.at, "isnull", False)
            order = (SortKey(timer.at, "instant"),)
            for document in store.find(Query(collection.name, (dated,), order)):
                if not meets(document, timer.when) or _is_done(document, timer):
                    continue
                at = moment(pointer.get(document, timer.at))
                if at > now:
                    self._next = at if self._next is None else min(at, self._next)
                    break
                due.append((at, collection, timer, document))
        return sorted(due, key=lambda entry: entry[0])


def settled(document: Document, collection: Collection, now: datetime) -> dict[str, Any]:
    """`document` as the timers that are due at `now` leave it, before it is stored."""
    result = dict(document)
    for timer in collection.timers:
        at = pointer.value(result, timer.at)
        if at is not None and moment(at) <= now and meets(result, timer.when):
            result = pointer.put_all(result, timer.set)
    return result


def _is_done(document: Document, timer: Timer) -> bool:
    return all(pointer.value(document, field) == value for field, value in timer.set.items())


def _set(store: Store, collection: Collection, timer: Timer, document: Document) -> None:
    key = pointer.get(document, collection.key)
    current = store.get(collection.name, key)
    # An earlier timer of the same round may have moved the document on.
    if current is not None and meets(current, timer.when):
        store.put(collection.name, key, pointer.put_all(current, timer.set))
