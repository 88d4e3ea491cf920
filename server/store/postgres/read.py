"""`Read`: the document that a text is, the same object for the same text."""

from collections.abc import Callable
from functools import lru_cache

import orjson

from ...remembered import ROWS
from ..store import Document

_LONG = 16 * 1024
"""Characters from which on a text is read anew each time: few are as long, and they take memory."""


class Read:
    """The last read are kept: what was made of a document holds, as with a store in memory."""

    def __init__(self) -> None:
        self._read: Callable[[str], Document] = lru_cache(ROWS)(orjson.loads)

    def __call__(self, text: str) -> Document:
        """The document, which nobody changes."""
        if len(text) < _LONG:
            return self._read(text)
        document: Document = orjson.loads(text)
        return document
