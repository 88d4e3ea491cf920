"""`Memory`: what one law has read and the next may take as read, until a write."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """What was read since the last write. `hits` counts what was not asked for again."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}
        self.hits = 0

    def once(self, key: Hashable, ask: Callable[[], T]) -> T:
        """What `ask` gives, asked for at most once."""
        if key in self._known:
            self.hits += 1
        else:
            self._known[key] = ask()
        found: T = self._known[key]
        return found

    def forget(self) -> None:
        """Ask for everything again."""
        self._known.clear()
