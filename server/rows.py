"""`Rows`: the rows of a listing's answers, checked and written once for each document."""

from collections.abc import Callable, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple

import orjson
from jsonschema_rs import Draft202012Validator

from ..specs import pointer
from ..specs.contract import Contract, resolved_member
from .octets import dumps, json_of
from .remembered import Remembered

_ANNOTATIONS = frozenset(("description", "title", "example", "externalDocs", "deprecated"))
_AROUND = _ANNOTATIONS | {"type", "properties", "required", "additionalProperties"}
"""What a schema may say of an object so that it is held without looking at what a member holds."""
_LIST = _ANNOTATIONS | {"type", "items"}
_LONGEST = 256 * 1024
"""Octets of an answer that is kept, in case the next is the same."""
Compile = Callable[[Mapping[str, Any]], Draft202012Validator]


class _Answered(NamedTuple):
    """An answer that was allowed: its rows, what is around them as JSON, and the whole."""

    rows: Sequence[Any]
    around: bytes
    whole: bytes


class Rows:
    """Checks and writes the bodies that have a list of rows at `path`: each row once.

    A list that is the same as the one before, as clients ask for while nothing changes, is the same
    octets; so the journal has them once.
    """

    def __init__(
        self, path: pointer.Path, around: Draft202012Validator, row: Draft202012Validator
    ) -> None:
        self._path = path
        self._around = around
        self._row = row
        self._written = Remembered(self._write)
        self._last = _Answered((), b"", b"")

    def json_of(self, body: Any) -> bytes | None:
        """`body` as JSON; None where it is not what the contract allows."""
        rows = pointer.get(body, self._path)
        if not isinstance(rows, list):
            return None
        empty = pointer.put(body, self._path, [])
        around, last = json_of(empty), self._last
        # Documents never change: rows that are the same objects say the same.
        if around == last.around and len(rows) == len(last.rows) and all(map(is_, rows, last.rows)):
            return last.whole
        if not self._around.is_valid(empty):
            return None
        whole = self._whole(body, rows)
        if whole is not None and len(whole) <= _LONGEST:
            self._last = _Answered(tuple(rows), around, whole)
        return whole

    def _whole(self, body: Any, rows: Sequence[Any]) -> bytes | None:
        written = self._written.all(rows)
        if None in written:
            return None
        try:
            return dumps(pointer.put(body, self._path, written))
        except orjson.JSONEncodeError:  # a number around them is too long for it
            return json_of(body)

    def _write(self, row: Any) -> orjson.Fragment | None:
        return orjson.Fragment(json_of(row)) if self._row.is_valid(row) else None


def rows(
    contract: Contract, schema: Mapping[str, Any], path: pointer.Path, compile_: Compile
) -> Rows | None:
    """The rows at `path` of what has `schema`; None where they cannot be checked one by one."""
    part = resolved_member(contract.document, schema)
    for token in path:
        if not _says_only(part, _AROUND) or token not in part.get("properties", {}):
            return None
        part = resolved_member(contract.document, part["properties"][token])
    if not _says_only(part, _LIST) or "items" not in part:
        return None
    return Rows(path, compile_(schema), compile_(part["items"]))


def _says_only(schema: Mapping[str, Any], keywords: frozenset[str]) -> bool:
    return all(key in keywords or key.startswith("x-") for key in schema)
