"""`LiveTable`: TinyDB's table, whose rows are read and written where the storage has them."""

from typing import Any

from tinydb.table import Table

Rows = dict[str, dict[str, Any]]
"""Rows by their number as text; a row is replaced and never changed, so that it can be shared."""


class LiveTable(Table):
    """A table without the copies that it makes of itself at every write.

    TinyDB copies the whole table twice for each, so that an insert costs as much as there are rows.
    """

    def rows(self) -> Rows:
        """The rows as they are stored; after a change they are to be given to `replace`."""
        tables = self._storage.read() or {}
        rows: Rows = tables.get(self.name, {})
        return rows

    def replace(self, rows: Rows) -> None:
        """Have `rows`, which may be those that are there and have changed."""
        tables = self._storage.read() or {}
        tables[self.name] = rows
        self._storage.write(tables)
