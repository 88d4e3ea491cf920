"""JSON text as data, strictly, and the line of each of its parts."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from . import pointer

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_DEEPEST = 200
_TOO_DEEP = f"is nested too deeply: {_DEEPEST} levels are the limit"


class NotJsonError(ValueError):
    """Text that is no JSON, or says one thing twice."""

    def __init__(self, message: str, line: int, at: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.pointer = at


class _TwiceError(Exception):
    """An object says one thing twice."""


def data(text: str) -> Any:
    """What `text` says; NotJsonError when it is no JSON, repeats a key or nests too deeply."""
    try:
        found = json.loads(
            text, parse_constant=_constant, parse_float=_number, object_pairs_hook=_object
        )
    except _TwiceError:
        lines(text)  # which tells where
        raise
    except json.JSONDecodeError as error:
        raise NotJsonError(f"is not JSON: {error.msg.lower()}", error.lineno) from None
    except RecursionError:
        raise NotJsonError(_TOO_DEEP, 1) from None
    except ValueError as error:
        raise NotJsonError(f"is not JSON: {error}", 1) from None
    if is_deeper(found, _DEEPEST):
        lines(text)  # likewise
    return found


def is_deeper(found: Any, levels: int) -> bool:
    """Whether JSON data has more levels of lists and objects than that."""
    layer = [found]
    for _ in range(levels):
        layer = [part for node in layer for part in _parts(node)]
        if not layer:
            return False
    return any(isinstance(node, dict | list) for node in layer)


def _parts(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise _TwiceError
    return found


def lines(text: str) -> dict[str, int]:
    """JSON Pointer to the line of the key, or of the list item; `text` must be JSON."""
    found = {"": 1}
    path: list[str | int | None] = []  # None: a key comes next
    for mark, line in _marks(text):
        if mark in "}]":
            path.pop()
        elif mark == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
        elif path and path[-1] is None:
            path[-1] = json.loads(mark)
            _note(found, path, line)
        elif mark != ":":
            if path and isinstance(path[-1], int):
                _note(found, path, line)
            if mark in "{[":
                path.append(None if mark == "{" else 0)
                if len(path) > _DEEPEST:
                    raise NotJsonError(_TOO_DEEP, line)
    return found


def _marks(text: str) -> Iterator[tuple[str, int]]:
    """Brackets, commas, colons and scalars, each with its line."""
    line, position = 1, 0
    for match in _MARK.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield match.group(), line


def _note(found: dict[str, int], path: Sequence[str | int | None], line: int) -> None:
    at = pointer.join(step for step in path if step is not None)
    if at in found:
        raise NotJsonError(f'the key "{path[-1]}" stands here twice', line, at)
    found[at] = line


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _number(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} is beyond what a number can hold")
    return number
