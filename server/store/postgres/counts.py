"""`Counts`: how many documents met some conditions, as long as none has changed since."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

_KEPT = 4096


class Counts:
    """The last used are kept; who asks says in the key which state of the documents it means."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, int] = OrderedDict()

    def get(self, key: Hashable, count: Callable[[], int]) -> int:
        """What is known of `key`; else it is counted."""
        found = self._known.pop(key, None)
        if found is None:
            found = count()
        self._known[key] = found
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found
