"""`PostgresStore`: one contract's documents in one sandbox, kept in PostgreSQL."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from ..query import Condition, Query
from ..store import Change, Document, Dump, Key
from . import query
from .database import Database
from .kept import MISSING
from .place import Place
from .transaction import Mode, Transaction

_SHORT = 128 * 1024
"""Characters that what a query found may have to be known on: there is room for what is short."""


class PostgresStore:
    """A store that many processes share; whoever writes to it does so alone.

    Within a transaction of the database it takes part in that; else each call is one.
    """

    def __init__(self, database: Database, sandbox: str, contract: str) -> None:
        self._database = database
        self._sandbox = sandbox
        self._contract = contract

    @contextmanager
    def unit(self) -> Iterator[list[Change]]:
        """A unit of work: undone when left by an exception."""
        changes: list[Change] = []
        with self._transaction("write") as transaction, transaction.unit() as unit:
            yield changes
            changes.extend(self._changes(transaction, unit.before))

    def get(self, collection: str, key: Key) -> Document | None:
        """The document under `key`."""
        transaction = self._database.current
        if transaction is None:
            with self._transaction("look"):
                return self.get(collection, key)
        return transaction.get(self._place(collection, key))

    def find(self, wanted: Query) -> Sequence[Document]:
        """The documents that a query describes."""
        sql, parameters, is_turned = query.find(self._contract, wanted)
        parameters["sandbox"] = self._sandbox
        pages = self._database.pages
        with self._transaction("look") as transaction:
            known = self._known_by(transaction, wanted.collection, sql, repr(parameters))
            found = transaction.recall(pages, known)
            if found is MISSING:
                here = self._of(wanted.collection)
                rows = transaction.rows(sql, parameters, here)
                self._database.indexer.help(self._contract, wanted, transaction.size(*here))
                found = [self._database.read(text) for (text,) in rows]
                if sum(len(text) for (text,) in rows) <= _SHORT:
                    transaction.find_out(pages, known, found)
        return found[::-1] if is_turned else found

    def count(self, collection: str, where: tuple[Condition, ...] = ()) -> int:
        """How many documents meet all of `where`; of all there are, that is known."""
        sql, parameters = query.count(self._contract, collection, where)
        parameters["sandbox"] = self._sandbox
        with self._transaction("look") as transaction:
            size = transaction.size(self._sandbox, self._contract, collection)
            if size is not None and not where:
                return size
            counts = self._database.counts
            known = self._known_by(transaction, collection, sql, repr(parameters))
            found = transaction.recall(counts, known)
            if found is MISSING:
                ((found,),) = transaction.rows(sql, parameters, self._of(collection))
                transaction.find_out(counts, known, found)
            return found

    def put(self, collection: str, key: Key, document: Document, *, is_new: bool = False) -> None:
        """Insert `document` under `key`, or replace what is there."""
        transaction = self._database.current
        if transaction is None:
            with self._transaction("write"):
                self.put(collection, key, document, is_new=is_new)
        else:
            transaction.put(self._place(collection, key), document, is_new=is_new)

    def delete(self, collection: str, key: Key) -> None:
        """Remove the document under `key`, if there is one."""
        with self._transaction("write") as transaction:
            transaction.put(self._place(collection, key), None)

    def dump(self) -> Dump:
        """All documents by collection."""
        found: dict[str, list[Document]] = {}
        with self._transaction("look") as transaction:
            for place, document in transaction.all(self._sandbox, self._contract):
                found.setdefault(place.collection, []).append(document)
        return found

    def load(self, rows: Mapping[str, Sequence[tuple[Key, Document]]]) -> None:
        """Put these documents in place of all there is."""
        with self._transaction("write") as transaction:
            transaction.clear(self._sandbox, self._contract)
            transaction.fill(
                {
                    self._place(collection, key): document
                    for collection, documents in rows.items()
                    for key, document in documents
                }
            )

    def clear(self) -> None:
        """Remove all documents."""
        with self._transaction("write") as transaction:
            transaction.clear(self._sandbox, self._contract)

    def close(self) -> None:
        """Nothing is left to be written: what was said to be kept is."""

    def _transaction(self, mode: Mode) -> AbstractContextManager[Transaction]:
        return self._database.transaction(mode, (self._sandbox, self._contract))

    def _known_by(
        self, transaction: Transaction, collection: str, *what: Hashable
    ) -> Hashable | None:
        """What stands for an answer of the collection in this state; None where it is not known."""
        mark = transaction.mark(self._sandbox, self._contract, collection)
        return None if mark is None else (mark, *what)

    def _of(self, collection: str) -> tuple[str, str, str]:
        return self._sandbox, self._contract, collection

    def _place(self, collection: str, key: Key) -> Place:
        return Place(self._sandbox, self._contract, collection, key)

    def _changes(
        self, transaction: Transaction, found: Mapping[Place, Document | None]
    ) -> Iterator[Change]:
        """What became of each document of this store, in the order of the first writes."""
        for place, before in found.items():
            if place.sandbox == self._sandbox and place.contract == self._contract:
                after = transaction.get(place)
                if after != before:
                    yield Change(place.collection, place.key, before, after)
