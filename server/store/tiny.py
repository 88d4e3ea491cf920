"""`TinyStore`: the default store, TinyDB in memory or in a JSON file that a person can read."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import orjson
from tinydb import TinyDB
from tinydb.storages import MemoryStorage, Storage
from tinydb.table import Document as TinyDocument

from ..values import matcher, rank, ranker
from .live_table import LiveTable
from .query import Condition, Query
from .store import Change, Document, Dump, Key

_Data = dict[str, dict[str, Any]]
_Before = tuple[str, Key, int, Document | None]
"""What a write found: collection, key, the row's id, and the document or none."""


class FileStorage(Storage):
    """A JSON file, held in memory and replaced as a whole by `flush`: it is always a whole file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data: _Data | None = None
        self._is_behind = False

    def read(self) -> _Data | None:
        """The data; ValueError when the file holds none."""
        if self._data is None and self._path.exists():
            data = orjson.loads(self._path.read_bytes())
            if not _is_ours(data):
                raise ValueError("it does not hold tables of documents under keys")
            self._data = data
        return self._data

    def write(self, data: _Data) -> None:
        """Keep `data` until the next `flush`."""
        self._data = data
        self._is_behind = True

    def flush(self) -> None:
        """Write what is not yet written: a new file takes the place of the old one at once."""
        if not self._is_behind:
            return
        new = self._path.with_name(f".{self._path.name}.{os.getpid()}.new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(self._data, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        self._is_behind = False

    def close(self) -> None:
        """Write what is not yet written."""
        self.flush()


class TinyStore:
    """A store over the tables of a TinyDB whose names begin with `prefix`.

    A table's documents are `{"key": ..., "document": ...}`, so that a document may have any key.
    Keys are found by an index in memory.
    """

    def __init__(self, database: TinyDB, prefix: str = "") -> None:
        self._database = database
        self._prefix = prefix
        self._ids: dict[str, dict[Key, int]] = {}
        self._tables: dict[str, LiveTable] = {}
        self._undo: list[_Before] | None = None

    @contextmanager
    def unit(self) -> Iterator[list[Change]]:
        """A unit of work: undone when left by an exception, also by that of a full disk."""
        undo: list[_Before] = []
        changes: list[Change] = []
        self._undo = undo
        try:
            yield changes
            self._flush()
            changes.extend(self._changes(undo))
        except BaseException:
            self._restore(undo)
            raise
        finally:
            self._undo = None

    def get(self, collection: str, key: Key) -> Document | None:
        """The document under `key`."""
        identity = self._index(collection).get(key)
        if identity is None:
            return None
        row = self._table(collection).get(doc_id=identity)
        return None if row is None else _document(row)

    def find(self, query: Query) -> Sequence[Document]:
        """The documents that `query` describes."""
        tests = [matcher(condition) for condition in query.where]
        found = [
            document
            for document in self._all(query.collection)
            if all(test(document) for test in tests)
        ]
        if query.order:
            ranked = ranker(query.order)
            found.sort(key=ranked)
            if query.after is not None:
                place = rank(query.order, query.after.values)
                at = query.after.inclusive
                found = [d for d in found if (r := ranked(d)) > place or (at and r == place)]
            if query.before is not None:
                place = rank(query.order, query.before.values)
                at = query.before.inclusive
                found = [d for d in found if (r := ranked(d)) < place or (at and r == place)]
                if query.limit is not None:
                    return found[max(0, len(found) - query.limit) :]
        end = None if query.limit is None else query.offset + query.limit
        return found[query.offset : end]

    def count(self, collection: str, where: tuple[Condition, ...] = ()) -> int:
        """How many documents meet all of `where`."""
        if not where:
            return len(self._index(collection))
        return len(self.find(Query(collection, where)))

    def put(self, collection: str, key: Key, document: Document) -> None:
        """Insert `document` under `key`, or replace what is there."""
        index = self._index(collection)
        self._remember(collection, key)
        identity = index.get(key)
        if identity is None:
            row = {"key": key, "document": document}
            index[key] = self._table(collection).insert(row)
        else:
            self._table(collection).upsert(_row(key, document, identity))

    def delete(self, collection: str, key: Key) -> None:
        """Remove the document under `key`, if there is one."""
        self._remember(collection, key)
        identity = self._index(collection).pop(key, None)
        if identity is not None:
            self._table(collection).remove(doc_ids=[identity])

    def dump(self) -> Dump:
        """All documents by collection."""
        return {name: list(self._all(name)) for name in self._names() if self._index(name)}

    def load(self, rows: Mapping[str, Sequence[tuple[Key, Document]]]) -> None:
        """Put these documents in place of all there is; they are shared, not copied."""
        self.clear()
        for name, documents in rows.items():
            table = self._table(name)
            identities = table.insert_multiple(
                {"key": key, "document": document} for key, document in documents
            )
            self._ids[name] = {
                key: identity for (key, _), identity in zip(documents, identities, strict=True)
            }
            if self._undo is not None:
                self._undo.extend((name, key, 0, None) for key, _ in documents)
        if self._undo is None:
            self._flush()

    def clear(self) -> None:
        """Remove all documents."""
        for name in self._names():
            if self._undo is not None:
                for key, identity in self._index(name).items():
                    self._undo.append((name, key, identity, self.get(name, key)))
            self._database.drop_table(self._prefix + name)
        self._ids.clear()
        self._tables.clear()
        if self._undo is None:
            self._flush()

    def close(self) -> None:
        """Write what is not yet written."""
        self._flush()

    def _table(self, collection: str) -> LiveTable:
        table = self._tables.get(collection)
        if table is None:
            table = cast("LiveTable", self._database.table(self._prefix + collection, cache_size=0))
            self._tables[collection] = table
        return table

    def _index(self, collection: str) -> dict[Key, int]:
        if collection not in self._ids:
            self._ids[collection] = {
                row["key"]: row.doc_id for row in self._table(collection).all()
            }
        return self._ids[collection]

    def _all(self, collection: str) -> Iterator[Document]:
        return (_document(row) for row in self._table(collection).rows())

    def _names(self) -> list[str]:
        """The collections; another store's prefix may begin with this one's, up to a dot."""
        names = (
            name.removeprefix(self._prefix)
            for name in self._database.tables()
            if name.startswith(self._prefix)
        )
        return sorted(name for name in names if "." not in name)

    def _remember(self, collection: str, key: Key) -> None:
        if self._undo is not None:
            identity = self._index(collection).get(key, 0)
            self._undo.append((collection, key, identity, self.get(collection, key)))

    def _changes(self, undo: Sequence[_Before]) -> Iterator[Change]:
        """What became of each document that was written, in the order of the first writes."""
        first: dict[tuple[str, Key], Document | None] = {}
        for collection, key, _, before in undo:
            first.setdefault((collection, key), before)
        for (collection, key), before in first.items():
            after = self.get(collection, key)
            if after != before:
                yield Change(collection, key, before, after)

    def _restore(self, undo: Sequence[_Before]) -> None:
        """Take back what was written, the last first."""
        for collection, key, identity, document in reversed(undo):
            table, index = self._table(collection), self._index(collection)
            if document is not None:
                table.upsert(_row(key, document, identity))
                index[key] = identity
            elif key in index:
                table.remove(doc_ids=[index.pop(key)])
        for collection in {entry[0] for entry in undo}:
            self._put_in_order(collection)

    def _put_in_order(self, collection: str) -> None:
        """What was removed and came back stands where it was: rows are in order of their ids."""
        rows = self._table(collection).all()
        ordered = sorted(rows, key=lambda row: row.doc_id)
        if rows != ordered:
            self._database.drop_table(self._prefix + collection)
            del self._tables[collection]
            self._table(collection).insert_multiple(ordered)

    def _flush(self) -> None:
        storage = self._database.storage
        if isinstance(storage, FileStorage):
            storage.flush()


def _is_ours(data: Any) -> bool:
    """Whether `data` is what this store writes, and not another program's JSON."""
    return isinstance(data, dict) and all(
        isinstance(table, dict)
        and all(identity.isdecimal() and _is_row(row) for identity, row in table.items())
        for table in data.values()
    )


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or row.keys() != {"key", "document"}:
        return False
    is_key = isinstance(row["key"], str | int) and not isinstance(row["key"], bool)
    return is_key and isinstance(row["document"], dict)


def _row(key: Key, document: Document, identity: int) -> TinyDocument:
    return TinyDocument({"key": key, "document": document}, identity)


def _document(row: Mapping[str, Any]) -> Document:
    document: Document = row["document"]
    return document


class _Database(TinyDB):
    table_class = LiveTable


def in_memory() -> TinyDB:
    """A database that is gone with the process."""
    return _Database(storage=MemoryStorage)


def in_file(path: Path) -> TinyDB:
    """A database in the JSON file `path`; ValueError or OSError when it cannot be used."""
    database = _Database(path, storage=FileStorage)
    database.tables()
    return database
