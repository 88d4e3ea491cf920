"""`Kept`: what was found in some documents, as long as none changed; `Read`: documents by text."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Generic, TypeVar

import orjson

from ...remembered import ROWS
from ..store import Document

T = TypeVar("T")
_MOST = 4096
_LONG = 16 * 1024
"""Characters from which on a text is read anew each time: few are as long, and they take memory."""
_MISSING: Any = object()


class Kept(Generic[T]):
    """The last used are kept; who asks says in the key which state of the documents it means."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """What is known of `key`; else it is found."""
        found: T = self._known.pop(key, _MISSING)
        if found is _MISSING:
            found = find()
        self._known[key] = found
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found


class Read:
    """The document that a text is: the same object for the same text, so what was made of it holds.

    So it is with a store in memory. The last read are kept.
    """

    def __init__(self) -> None:
        self._read: Callable[[str], Document] = lru_cache(ROWS)(orjson.loads)

    def __call__(self, text: str) -> Document:
        """The document, which nobody changes."""
        if len(text) < _LONG:
            return self._read(text)
        document: Document = orjson.loads(text)
        return document
