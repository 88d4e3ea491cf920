"""`Store`: the protocol that each store keeps."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from ...specs.errors import UnderstudyError
from .query import Condition, Query

Document = Mapping[str, Any]
"""A stored JSON object; never to be changed in place."""
Key = str | int
Dump = Mapping[str, Sequence[Document]]
"""All documents by collection, in the order of their insertion."""


class Change(NamedTuple):
    """What became of one document; None where there was or is none."""

    collection: str
    key: Key
    before: Document | None
    after: Document | None


class Unwritable(UnderstudyError):
    """What was to be changed cannot be kept, and was not changed; the message says why."""


class Unreachable(Unwritable):
    """What is kept can be neither read nor changed for now; the message says why."""


class Store(Protocol):
    """Collections of JSON documents under keys; one partition of what changes.

    What a unit of work wrote is undone when it is left by an exception. A store that cannot keep
    what is written to it raises Unwritable.
    """

    def unit(self) -> AbstractContextManager[list[Change]]:
        """A unit of work, all of it or nothing; at its end the list holds what it changed."""

    def get(self, collection: str, key: Key) -> Document | None:
        """The document under `key`."""

    def find(self, query: Query) -> Sequence[Document]:
        """The documents that `query` describes."""

    def count(self, collection: str, where: tuple[Condition, ...] = ()) -> int:
        """How many documents meet all of `where`."""

    def put(self, collection: str, key: Key, document: Document, *, is_new: bool = False) -> None:
        """Insert `document` under `key`, or replace what is there.

        Who knows that nothing is there says so: a store may be slow to find out.
        """

    def delete(self, collection: str, key: Key) -> None:
        """Remove the document under `key`, if there is one."""

    def dump(self) -> Dump:
        """All there is."""

    def load(self, rows: Mapping[str, Sequence[tuple[Key, Document]]]) -> None:
        """Put these documents, by collection and under their keys, in place of all there is.

        All of it or nothing, also outside of a unit.
        """

    def clear(self) -> None:
        """Remove all there is."""

    def close(self) -> None:
        """Write what is not yet written, and let go of the file."""
