"""`Kept`: what was found in some documents, as long as none of them has changed since."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_MOST = 4096
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
