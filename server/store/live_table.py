"""`LiveTable`: TinyDB's table, whose rows are read and written where the storage has them."""

from tinydb.table import Table

from .store import Document, Key

Rows = dict[str, tuple[Key, Document]]
"""Rows by their number as text: the key, and the document under it.

They are no documents of TinyDB's: those, with names in each, are half as long again.
"""


class LiveTable(Table):
    """A table without the copies that it makes of itself at every write.

    TinyDB copies the whole table twice for each, so that an insert costs as much as there are rows.
    """

    def rows(self) -> Rows:
        """The rows as they are stored; where there are none yet, `replace` has them stored."""
        tables = self._storage.read() or {}
        rows: Rows = tables.get(self.name, {})
        return rows

    def replace(self, rows: Rows) -> None:
        """Have `rows` in place of those that are there."""
        tables = self._storage.read() or {}
        tables[self.name] = rows
        self._storage.write(tables)
