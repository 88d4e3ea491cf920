"""`Remembered`: what was made of documents, once for each."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
ROWS, QUERIES = 1024, 64
"""So many are remembered: the rows of forty pages, and what clients ask for again and again."""


class Remembered(Generic[T]):
    """What `make` makes of a document, or of anything else that is never changed in place.

    A document is known by being the same object, so nothing in it needs to be compared.
    """

    def __init__(self, make: Callable[[Any], T], most: int = ROWS) -> None:
        self._make = make
        self._most = most
        # It holds the document as well: else another might come to be where it was.
        self._made: dict[int, tuple[Any, T]] = {}

    def __call__(self, document: Any) -> T:
        """What was made of `document`, or is now."""
        found = self._made.get(id(document))
        if found is None:
            found = document, self._make(document)
            if len(self._made) >= self._most:
                self._made.clear()
            self._made[id(document)] = found
        return found[1]

    def all(self, documents: Sequence[Any]) -> list[T]:
        """What was made of each."""
        made = self._made
        try:
            return [made[id(document)][1] for document in documents]
        except KeyError:
            return [self(document) for document in documents]
