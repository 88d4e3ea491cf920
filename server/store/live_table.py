"""`LiveTable`: TinyDB's table without the copies that it makes of itself at every write."""

from collections.abc import Callable, Iterator
from typing import Any

from tinydb.table import Table


class LiveTable(Table):
    """A table that changes the storage's own data in place.

    TinyDB copies the whole table twice for each write, so that an insert costs as much as there are
    documents. What fails within a unit of work, the store undoes.
    """

    def rows(self) -> Iterator[Any]:
        """The rows as they are stored; not to be changed."""
        return iter((self._storage.read() or {}).get(self.name, {}).values())

    def _update_table(self, updater: Callable[[dict[int, Any]], None]) -> None:
        tables = self._storage.read() or {}
        table = tables.setdefault(self.name, {})
        updater(_ByNumber(table))  # type: ignore[arg-type]  # what TinyDB's updaters do with a dict
        self._storage.write(tables)
        self.clear_cache()


class _ByNumber:
    """A table as TinyDB's updaters see it, by number; it is stored by the number as text."""

    __slots__ = ("_rows",)

    def __init__(self, rows: dict[str, Any]) -> None:
        self._rows = rows

    def __getitem__(self, identity: int) -> Any:
        return self._rows[str(identity)]

    def __setitem__(self, identity: int, row: Any) -> None:
        self._rows[str(identity)] = row

    def __delitem__(self, identity: int) -> None:
        del self._rows[str(identity)]

    def __contains__(self, identity: int) -> bool:
        return str(identity) in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def keys(self) -> list[int]:
        """The numbers; a list, since updaters remove while they look."""
        return [int(identity) for identity in self._rows]

    def pop(self, identity: int) -> Any:
        """Remove a row."""
        return self._rows.pop(str(identity))
