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

    def send(self, *statements: Statement) -> Rows:
        """What the last of these gives, all sent at once: what fails in one fails those after it.

        With many, psycopg waits for all of the answers once.
        """
        *before, last = statements
        if not before:
            self._asked.execute(*last[:2])
        else:
            with self.connection.pipeline():
                told = [(each.tell, self._sent(each)) for each in before]
                self._asked.execute(*last[:2])
            for tell, cursor in told:
                if tell is not None:
                    tell(cursor.fetchall())
        found = self._asked.fetchall() if self._asked.description else []
        if len(found) > _FEW:
            self._asked = self.connection.cursor()
        if last.tell is not None:
            last.tell(found)
        return found

    def _sent(self, statement: Statement) -> psycopg.Cursor:
        cursor = self._unasked if statement.tell is None else self.connection.cursor()
        return cursor.execute(*statement[:2])
