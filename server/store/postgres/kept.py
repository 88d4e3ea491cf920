"""`Kept`: what was found in some documents, as long as none of them has changed since."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
MISSING: Any = object()


class Kept(Generic[T]):
    """The `most` last used are kept; a key says which state of the documents it means."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T:
        """What is known of `key`; else `MISSING`."""
        found: T = self._known.pop(key, MISSING)
        if found is not MISSING:
            self._known[key] = found
        return found

    def put(self, key: Hashable, found: T) -> None:
        """Know this of `key`."""
        self._known[key] = found
        while len(self._known) > self._most:
            self._known.popitem(last=False)
