"""`Happening`: what the clock did to a document, a timer that fired or an expiry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..specs import pointer
from ..specs.contract import Contract
from .store.query import Condition, Query
from .store.store import Document, Key, Store
from .values import moment


@dataclass(frozen=True, slots=True)
class Happening:
    """What fell due at `at`; an expired document is kept and no longer found."""

    at: datetime
    kind: Literal["timer", "expiry"]
    collection: str
    key: Key
    before: Document
    after: Document | None


def expiries(
    contract: Contract, store: Store, since: datetime, until: datetime
) -> Iterator[Happening]:
    """The documents whose `live-until` lies after `since`, and not after `until`."""
    for collection in contract.collections.values():
        field = collection.live_until
        if field is None:
            continue
        due = (
            Condition(field, "gt", since.isoformat(), "instant"),
            Condition(field, "lte", until.isoformat(), "instant"),
        )
        for document in store.find(Query(collection.name, due)):
            at = moment(pointer.get(document, field))
            key: Key = pointer.get(document, collection.key)
            yield Happening(at, "expiry", collection.name, key, document, None)


def in_order(happenings: Sequence[Happening]) -> Sequence[Happening]:
    """The earliest first."""
    return sorted(happenings, key=lambda each: each.at)
