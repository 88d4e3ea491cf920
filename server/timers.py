"""The engine behind `timers`: what the clock does to documents."""

from datetime import datetime
from typing import Any

from ..specs import pointer
from ..specs.clauses import Collection, Timer
from ..specs.contract import Contract
from .store.query import Condition, Query, SortKey
from .store.store import Document, Key, Store
from .values import meets, moment


class Timers:
    """The timers of one contract; they fire at the first request after their time, oldest first.

    The next time is remembered, and brought forward by what is written, so that a request asks only
    for the time.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._timers = [
            (collection, timer)
            for collection in contract.collections.values()
            for timer in collection.timers
        ]
        self._is_read = False
        self._next: datetime | None = None

    def fire(self, store: Store, now: datetime) -> None:
        """Set what is due at `now`."""
        if not self._timers:
            return
        if self._is_read and (self._next is None or now < self._next):
            return
        changed = self._changed(store, now)
        if changed:
            with store.unit():
                for collection, document in changed:
                    store.put(collection.name, pointer.get(document, collection.key), document)
            self._changed(store, now)  # when the next is due, now that these are as they are
        self._is_read = True

    def note(self, collection: str, document: Document) -> None:
        """See when a document that was written falls due."""
        for owner, timer in self._timers:
            if owner.name == collection and meets(document, timer.when):
                at = pointer.value(document, timer.at)
                if at is not None and (self._next is None or moment(at) < self._next):
                    self._next = moment(at)

    def _changed(self, store: Store, now: datetime) -> list[tuple[Collection, Document]]:
        """The documents that change, as they become; on the way, when the next timer is due."""
        found: dict[tuple[str, Key], tuple[Collection, Document]] = {}
        self._next = None
        for collection, timer in self._timers:
            dated = Condition(timer.at, "isnull", False)
            order = (SortKey(timer.at, "instant"),)
            for document in store.find(Query(collection.name, (dated,), order)):
                if not meets(document, timer.when):
                    continue
                at = moment(pointer.get(document, timer.at))
                if at > now:
                    self._next = at if self._next is None else min(at, self._next)
                    break
                after = settled(document, collection, now)
                if after != document:
                    key = pointer.get(document, collection.key)
                    found[collection.name, key] = collection, after
        return list(found.values())


def settled(document: Document, collection: Collection, now: datetime) -> dict[str, Any]:
    """`document` as the timers that are due at `now` leave it: oldest first, each once."""
    result = dict(document)
    waiting = list(collection.timers)
    while due := [timer for timer in waiting if _is_due(timer, result, now)]:
        timer = min(due, key=lambda each: moment(pointer.get(result, each.at)))
        result = pointer.put_all(result, timer.set)
        waiting.remove(timer)
    return result


def _is_due(timer: Timer, document: Document, now: datetime) -> bool:
    at = pointer.value(document, timer.at)
    return at is not None and moment(at) <= now and meets(document, timer.when)
