"""`Clock`: what time it is in a sandbox."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def system_time() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


class Clock:
    """A clock that runs with `source`, and can be moved forward."""

    def __init__(self, source: Callable[[], datetime] = system_time) -> None:
        self._source = source
        self._offset = timedelta()

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._source() + self._offset

    def advance(self, by: timedelta) -> None:
        """Move the clock forward; what falls due meanwhile happens at the next request."""
        self._offset += by
