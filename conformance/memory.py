"""`Memory`: pages that one law has read and the next may take as read, until a write."""

from collections.abc import Callable, Hashable

from .exchange import Exchange


class Memory:
    """The pages read since the last write. `hits` counts those that were not asked for again."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, Exchange] = {}
        self.hits = 0

    def page(self, key: Hashable, ask: Callable[[], Exchange]) -> Exchange:
        """The page that `ask` gives, asked for at most once."""
        if key in self._pages:
            self.hits += 1
            return self._pages[key]
        page = self._pages[key] = ask()
        return page

    def forget(self) -> None:
        """Ask for everything again."""
        self._pages.clear()
