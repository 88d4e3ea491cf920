"""`TinyStore`: the default store, TinyDB in memory or in a JSON file that a person can read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import cast

from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from .collection import Collection, laid_out
from .json_file import JsonFile
from .live_table import LiveTable
from .query import Condition, Query
from .store import Change, Document, Dump, Key, Unwritable

_Before = tuple[str, Key, int | None, Document | None]
"""What a write found: collection, key, the row's number, and the document or none."""


class _Collections(dict[str, Collection]):
    """Collections by name, made when they are first asked for."""

    def __init__(self, table: Callable[[str], LiveTable]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, name: str) -> Collection:
        made = self[name] = Collection(self._table(name))
        return made


class TinyStore:
    """A store over the tables of a TinyDB whose names begin with `prefix`.

    A table's rows are keys with their documents, so that a document may have any key. As a context
    manager it is its own unit of work.
    """

    def __init__(self, database: TinyDB, prefix: str = "") -> None:
        self._database = database
        self._prefix = prefix
        self._collections = _Collections(self._table)
        self._undo: list[_Before] | None = None
        self._made: list[Change] = []
        storage = database.storage
        self._file = storage if isinstance(storage, JsonFile) else None
        self._lock = self._file.lock if self._file else RLock()

    @property
    def touched(self) -> int:
        """How many rows queries have looked at: what they cost, whatever the machine."""
        return sum(collection.touched for collection in self._collections.values())

    def unit(self) -> "TinyStore":
        """A unit of work: undone when left by an exception, also where a file takes no writes."""
        return self

    def __enter__(self) -> list[Change]:
        self._lock.__enter__()
        self._undo, self._made = [], []
        return self._made

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        undo, self._undo = self._undo or (), None
        try:
            if kind is not None:
                self._restore(undo)
            elif undo:
                self._keep(undo)
        finally:
            self._lock.__exit__(None, None, None)

    def get(self, collection: str, key: Key) -> Document | None:
        """The document under `key`."""
        return self._collections[collection].get(key)

    def find(self, query: Query) -> Sequence[Document]:
        """The documents that `query` describes."""
        return self._collections[query.collection].find(query)

    def count(self, collection: str, where: tuple[Condition, ...] = ()) -> int:
        """How many documents meet all of `where`."""
        return self._collections[collection].count(where)

    def put(self, collection: str, key: Key, document: Document, *, is_new: bool = False) -> None:
        """Insert `document` under `key`, or replace what is there."""
        self._write(collection, key, document)

    def delete(self, collection: str, key: Key) -> None:
        """Remove the document under `key`, if there is one."""
        self._write(collection, key, None)

    def dump(self) -> Dump:
        """All documents by collection."""
        return {
            name: list(self._collections[name].all())
            for name in self._names()
            if len(self._collections[name])
        }

    def load(self, rows: Mapping[str, Sequence[tuple[Key, Document]]]) -> None:
        """Put these documents in place of all there is; they are shared, not copied."""
        tables = {name: laid_out(documents) for name, documents in rows.items()}
        with self._lock:
            if self._undo is None:
                self._check()
            self._empty()
            for name, table in tables.items():
                if self._undo is not None:
                    self._undo += ((name, key, None, None) for key, _ in table.values())
                self._table(name).replace(table)
        self._wake()

    def clear(self) -> None:
        """Remove all documents."""
        with self._lock:
            self._empty()
        self._wake()

    def close(self) -> None:
        """Write what is not yet written."""
        if self._file is not None:
            self._file.close()

    def _write(self, name: str, key: Key, document: Document | None) -> None:
        with self._lock:
            before = self._collections[name].put(key, document)
            if self._undo is not None:
                self._undo.append((name, key, *before))
            else:
                self._wake()

    def _empty(self) -> None:
        for name in self._names():
            if self._undo is not None:
                self._undo += ((name, *row) for row in self._collections[name].rows())
            self._database.drop_table(self._prefix + name)
        self._collections.clear()

    def _table(self, name: str) -> LiveTable:
        return cast("LiveTable", self._database.table(self._prefix + name, cache_size=0))

    def _names(self) -> list[str]:
        """The collections; another store's prefix may begin with this one's, up to a dot."""
        names = (
            name.removeprefix(self._prefix)
            for name in self._database.tables()
            if name.startswith(self._prefix)
        )
        return sorted(name for name in names if "." not in name)

    def _changes(self, undo: Sequence[_Before]) -> Iterator[Change]:
        """What became of each document that was written, in the order of the first writes."""
        first: dict[tuple[str, Key], Document | None] = {}
        for collection, key, _, before in undo:
            first.setdefault((collection, key), before)
        for (collection, key), before in first.items():
            after = self._collections[collection].get(key)
            if after is not before and after != before:
                yield Change(collection, key, before, after)

    def _keep(self, undo: Sequence[_Before]) -> None:
        """Tell what was written; Unwritable, and all is undone, where a file takes no writes."""
        try:
            self._check()
        except Unwritable:
            self._restore(undo)
            raise
        self._made += self._changes(undo)
        self._wake()

    def _restore(self, undo: Sequence[_Before]) -> None:
        """Take back what was written, the last first."""
        returned = set()
        for name, key, number, document in reversed(undo):
            collection = self._collections[name]
            if document is not None and collection.number(key) is None:
                returned.add(name)
            collection.put(key, document, number)
        for name in returned:
            self._collections[name].settle()

    def _check(self) -> None:
        if self._file is not None:
            self._file.check()

    def _wake(self) -> None:
        """Have written what is whole."""
        if self._file is not None and self._undo is None:
            self._file.wake()


class _Database(TinyDB):
    table_class = LiveTable


def in_memory() -> TinyDB:
    """A database that is gone with the process."""
    return _Database(storage=MemoryStorage)


def in_file(path: Path) -> TinyDB:
    """A database in the JSON file `path`; ValueError or OSError when it cannot be used."""
    database = _Database(path, storage=JsonFile)
    database.tables()
    return database
