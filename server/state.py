"""`State`: one contract's documents in one sandbox, at the moment of one request."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from ..specs import pointer
from ..specs.contract import Contract
from .chance import Chance
from .store.query import Condition, Query, SortKey
from .store.store import Document, Key, Store
from .values import kind_of, moment

__all__ = ["Document", "Key", "State"]

COUNTERS, ONCE = "_counters", "_once"
KEPT: Mapping[str, pointer.Path] = {COUNTERS: ("name",), ONCE: ("request",)}
"""What engines keep beside a contract's documents, and where its keys stand: the highest number
that each collection gave out, and the requests that must not be repeated.
"""
_SECONDS = 64
"""So many are kept as text: documents made at a time have the same ones."""
_RANDOM, _VERSION_4 = ~(0xF << 76 | 0b11 << 62), 4 << 76 | 0b10 << 62
"""The bits of a UUID that are random, and what the others are (RFC 9562, 5.4)."""


@lru_cache(_SECONDS)
def _in_seconds(at: datetime) -> str:
    """A second of UTC, the same text for all documents that have it."""
    return f"{at.isoformat()[:-6]}Z"


class State:
    """What handlers read and write. Documents past their `live-until` are not there."""

    def __init__(
        self,
        contract: Contract,
        store: Store,
        now: datetime,
        chance: Chance,
        timespec: Literal["seconds", "milliseconds", "microseconds"] = "seconds",
        note: Callable[[str, Document], None] | None = None,
    ) -> None:
        self.contract = contract
        self.store = store
        self.now = now
        self.chance = chance
        self._timespec = timespec
        self._note = note
        self._timestamp: str | None = None

    def timestamp(self, at: datetime | None = None) -> str:
        """A moment, by default now, as the vendor writes it, with `Z`."""
        if at is not None:
            return self._written(at)
        if self._timestamp is None:
            self._timestamp = self._written(self.now)
        return self._timestamp

    def _written(self, at: datetime) -> str:
        here = at if at.tzinfo is UTC else at.astimezone(UTC)
        if self._timespec == "seconds":
            return _in_seconds(here.replace(microsecond=0))
        return f"{here.isoformat(timespec=self._timespec)[:-6]}Z"  # for +00:00

    def uuid(self) -> str:
        """A random UUID (RFC 9562, version 4), repeatable with the sandbox's seed."""
        # In a third of the time that the standard library takes.
        digits = f"{self.chance.bits(128) & _RANDOM | _VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def token(self) -> str:
        """A random token of 32 hexadecimal digits."""
        return f"{self.chance.bits(128):032x}"

    def next_number(self, collection: str) -> int:
        """A number one above all that the collection ever used as a key."""
        counter = self.store.get(COUNTERS, collection)
        number: int = counter["last"] + 1 if counter else 1
        self.store.put(COUNTERS, collection, {"name": collection, "last": number})
        return number

    def key(self, collection: str, document: Document) -> Key:
        """The key of `document`."""
        path = KEPT.get(collection) or self.contract.collections[collection].key
        found: Key = pointer.get(document, path)
        return found

    def get(self, collection: str, key: Key) -> Document | None:
        """The live document under `key`; also one that is softly deleted."""
        document = self.store.get(collection, key)
        return document if document is not None and self._is_live(collection, document) else None

    def find(
        self,
        collection: str,
        *where: Condition,
        order: tuple[SortKey, ...] = (),
        **equal: Any,
    ) -> Sequence[Document]:
        """The live documents that meet `where` and whose members equal `equal`."""
        conditions = tuple(
            self.condition(collection, (name,), "eq", value) for name, value in equal.items()
        )
        found = self.store.find(Query(collection, (*where, *conditions), order))
        # The query is the same at any time, and so is what a store makes of it.
        return [document for document in found if self._is_live(collection, document)]

    def insert(self, collection: str, document: Document) -> Document:
        """Store a new document; its key must be free. Numeric keys are never given out again."""
        key = self.key(collection, document)
        if isinstance(key, int):
            counter = self.store.get(COUNTERS, collection)
            if counter is None or counter["last"] < key:
                self.store.put(COUNTERS, collection, {"name": collection, "last": key})
        return self._put(collection, key, document, is_new=True)

    def replace(self, collection: str, document: Document) -> Document:
        """Store `document` in place of the one with its key."""
        return self._put(collection, self.key(collection, document), document, is_new=False)

    def _put(self, collection: str, key: Key, document: Document, *, is_new: bool) -> Document:
        self.store.put(collection, key, document, is_new=is_new)
        if self._note is not None:
            self._note(collection, document)
        return document

    def delete(self, collection: str, key: Key) -> None:
        """Remove the document under `key`."""
        self.store.delete(collection, key)

    def condition(self, collection: str, field: pointer.Path, op: Any, value: Any) -> Condition:
        """A condition that compares as the stored schema of the field says."""
        return Condition(field, op, value, kind_of(self.contract.field_schema(collection, field)))

    def alive(self, collection: str) -> tuple[Condition, ...]:
        """The condition that a document has not expired; none where nothing expires."""
        until = self.contract.collections[collection].live_until
        if until is None:
            return ()
        return (Condition(until, "gt", self.now.isoformat(), "instant", or_null=True),)

    def _is_live(self, collection: str, document: Document) -> bool:
        until = self.contract.collections[collection].live_until
        if until is None:
            return True
        expiry = pointer.value(document, until)
        return expiry is None or moment(expiry) > self.now
