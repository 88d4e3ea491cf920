"""`JsonFile`: a database in a JSON file, always a whole one, written beside what goes on."""

import logging
import os
import threading
import time
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import orjson
from tinydb.storages import Storage

from .live_table import Rows
from .store import Document, Key, Unwritable

_log = logging.getLogger("understudy.store")

Tables = dict[str, Rows]

BEHIND = 0.1
"""Seconds that the file may be behind, or twice what one write takes where that is longer."""
_RETRY = 1.0
"""Seconds between attempts to write what could not be written."""
_ROWS = 512
"""Rows that are written at once, in a few milliseconds; between two lots others run."""


class JsonFile(Storage):
    """All data is held in memory; a thread replaces the file as a whole when something has changed.

    Whoever changes the data holds `lock` from the first to the last change of what belongs
    together, and then calls `wake`: what is written is the data as it was between two changes. A
    file that cannot be written is tried again; until then `check` refuses more to write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new = path.with_name(f".{path.name}.{os.getpid()}.new")
        self._data: Tables | None = None
        self._is_behind = False
        self._is_tidy = False
        self._writer: threading.Thread | None = None
        self._writing = threading.Lock()
        self._closed = threading.Event()
        self._failure: Exception | None = None
        self.lock = threading.RLock()

    def read(self) -> Tables | None:
        """The data; ValueError when the file holds none."""
        if self._data is None and self._path.exists():
            data = orjson.loads(self._path.read_bytes())
            if not _is_ours(data):
                raise ValueError("it does not hold tables of documents under keys")
            self._data = {name: _numbered(table) for name, table in data.items()}
        return self._data

    def write(self, data: Tables) -> None:
        """Keep `data`, to be written after `wake`."""
        self._data = data

    def wake(self) -> None:
        """See to it that what has changed is written, by a thread that ends when it is."""
        with self.lock:
            self._closed.clear()
            self._is_behind = True
            if self._writer is None:
                name = f"writer of {self._path.name}"
                self._writer = threading.Thread(target=self._keep_up, name=name, daemon=True)
                self._writer.start()

    def check(self) -> None:
        """Unwritable when the file could not be written and still cannot, as far as is known."""
        if self._failure is not None:
            raise Unwritable(f"The state cannot be written to {self._path}: {self._failure}")

    def close(self) -> None:
        """Write what is not yet written; Unwritable when that fails."""
        self._closed.set()
        self._write()
        self.check()

    def _keep_up(self) -> None:
        """Write until nothing is left to write."""
        while True:
            took = self._write()
            pause = _RETRY if self._failure is not None else max(0.0, BEHIND / 2 - 2 * took)
            is_closed = self._closed.wait(pause)
            with self.lock:
                if not self._is_behind or (is_closed and self._failure is not None):
                    self._writer = None
                    return

    def _write(self) -> float:
        """Write what is not yet written; the seconds that it took."""
        with self._writing:
            with self.lock:
                if not self._is_behind:
                    return 0.0
                # Rows are replaced and never changed, so that these stay as they are.
                tables = {name: dict(rows) for name, rows in (self._data or {}).items()}
                self._is_behind = False
            begun = time.monotonic()
            try:
                self._replace(tables)
            except (OSError, TypeError) as error:
                self._fail(error)
            else:
                if self._failure is not None:
                    _log.warning("the state is written to %s again", self._path)
                self._failure = None
            return time.monotonic() - begun

    def _fail(self, error: Exception) -> None:
        """Nothing is lost: it is all still here, and will be tried again."""
        if self._failure is None:
            _log.error("the state cannot be written to %s: %s", self._path, error)
        self._failure = error
        with self.lock:
            self._is_behind = True

    def _replace(self, tables: Tables) -> None:
        """Write a new file, a line for each document, and put it in the old one's place."""
        with self._new.open("wb") as file:
            before = b"{"
            for name, rows in tables.items():
                file.write(before + b"\n " + orjson.dumps(name) + b": {")
                before = b""
                left = iter(rows.items())
                while lot := list(islice(left, _ROWS)):
                    file.write(before + b",".join(_line(number, *row) for number, row in lot))
                    before = b","
                file.write(b"\n }")
                before = b","
            file.write((before if before == b"{" else b"") + b"\n}\n")
            file.flush()
            os.fsync(file.fileno())
        self._new.replace(self._path)
        if not self._is_tidy:
            for other in self._path.parent.glob(f".{self._path.name}.*.new"):
                other.unlink(missing_ok=True)  # left by a process that was killed while it wrote
            self._is_tidy = True


def _line(number: str, key: Key, document: Document) -> bytes:
    return b'\n  "%s": %s' % (number.encode(), orjson.dumps({"key": key, "document": document}))


def _is_ours(data: Any) -> bool:
    """Whether `data` is what this store writes, and not another program's JSON."""
    return isinstance(data, dict) and all(
        isinstance(table, dict)
        and all(number.isdecimal() and _is_row(row) for number, row in table.items())
        for table in data.values()
    )


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or row.keys() != {"key", "document"}:
        return False
    is_key = isinstance(row["key"], str | int) and not isinstance(row["key"], bool)
    return is_key and isinstance(row["document"], dict)


def _numbered(table: dict[str, Any]) -> Rows:
    """The rows as they come, their numbers ascending, also where a hand has moved some."""
    rows = {number: (row["key"], row["document"]) for number, row in table.items()}
    numbers = [int(number) for number in rows]
    is_ascending = all(a < b for a, b in pairwise(numbers))
    if is_ascending and list(rows) == [str(number) for number in numbers]:
        return rows
    return {str(number): row for number, row in enumerate(rows.values(), 1)}
