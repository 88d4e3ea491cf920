"""`Clock`: what time it is in a sandbox."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
FIRST, LAST = _EPOCH, datetime(9000, 1, 1, tzinfo=UTC)
"""What a clock can be set to: enough is left on either side for what is dated by it."""


system_time: Callable[[], datetime] = partial(datetime.now, UTC)
"""The machine's time, in UTC."""


class Clock:
    """A clock that runs with `source` until it is frozen, and can be set and moved forward."""

    def __init__(self, source: Callable[[], datetime] = system_time) -> None:
        self._source = source
        self._offset = timedelta()
        self._frozen_at: datetime | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._frozen_at or self._source() + self._offset

    def to_data(self) -> dict[str, Any]:
        """How it goes, as JSON data: microseconds before the machine's, or since 1970."""
        frozen = None if self._frozen_at is None else (self._frozen_at - _EPOCH) // _MICROSECOND
        return {"offset": self._offset // _MICROSECOND, "frozen": frozen}

    def recall(self, data: Mapping[str, Any]) -> None:
        """Go as `to_data` told."""
        self._offset = data["offset"] * _MICROSECOND
        frozen = data["frozen"]
        self._frozen_at = None if frozen is None else _EPOCH + frozen * _MICROSECOND

    def freeze(self) -> None:
        """Stand still until it is resumed; it can be set and moved all the same."""
        self._frozen_at = self.now()

    def resume(self) -> None:
        """Run on from where it stands."""
        if self._frozen_at is not None:
            at, self._frozen_at = self._frozen_at, None
            self.set(at)

    def reset(self) -> None:
        """Run with the machine's time again."""
        self._offset, self._frozen_at = timedelta(), None

    def follow(self, other: "Clock") -> None:
        """Tell the time that `other` tells, and stand or run as it does."""
        self.reset()
        if other.is_frozen:
            self.freeze()
        self.set(other.now())

    def set(self, at: datetime) -> None:
        """Put it to a moment; it stands or runs as before. ValueError for one it cannot tell."""
        if not FIRST <= at <= LAST:
            raise ValueError(f"the clock goes from {FIRST:%Y} to {LAST:%Y}")
        if self._frozen_at is None:
            self._offset = at - self._source()
        else:
            self._frozen_at = at

    def advance(self, by: timedelta) -> None:
        """Move it forward; what falls due meanwhile happens at the next request."""
        self.set(self.now() + by)
