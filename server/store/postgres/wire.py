"""`Wire`: a connection, and the statements that go over it together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg

Rows = Sequence[tuple[Any, ...]]
_FEW = 100
"""Rows that may be held until the next are asked for."""


class Statement(NamedTuple):
    """SQL with its parameters, and who is told what it gave."""

    sql: str
    parameters: Mapping[str, Any] | None = None
    tell: Callable[[Rows], None] | None = None


class Wire:
    """To make a cursor takes as long as to send what it is for: here they are made once."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self._unasked = connection.cursor()
        self._asked = connection.cursor()

    def rows(self, statement: Statement, before: Sequence[Statement] = ()) -> Rows:
        """What a statement gives, sent with those `before` it: what fails there fails it too."""
        if not before:
            self._asked.execute(*statement[:2])
        else:
            with self.connection.pipeline():
                told = [(each.tell, self._sent(each)) for each in before]
                self._asked.execute(*statement[:2])
            for tell, cursor in told:
                if tell is not None:
                    tell(cursor.fetchall())
        if self._asked.description is None:
            return ()
        found = self._asked.fetchall()
        if len(found) > _FEW:
            self._asked = self.connection.cursor()
        return found

    def _sent(self, statement: Statement) -> psycopg.Cursor:
        cursor = self._unasked if statement.tell is None else self.connection.cursor()
        return cursor.execute(*statement[:2])
