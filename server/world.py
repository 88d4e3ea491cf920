"""`World`: the sandboxes of a server, made on first use, bounded in number, reaped when idle."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from .refusal import Refusal
from .sandbox import Sandbox

DEFAULT = "default"
NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
"""How sandboxes, snapshots and fixtures may be called: no name is a path."""
IDLE = 60.0
"""Seconds without a request after which a sandbox may be reaped to make room."""


def is_name(text: str) -> bool:
    """Whether a sandbox may be called `text`."""
    return NAME.fullmatch(text) is not None


@dataclass(slots=True)
class Room:
    """A sandbox, when it was last used, and how many requests are in it.

    As a context manager it gives the sandbox, which is not reaped while the block runs.
    """

    sandbox: Sandbox
    used: float
    visitors: int = 0

    def __enter__(self) -> Sandbox:
        self.visitors += 1
        return self.sandbox

    def __exit__(self, *_: object) -> None:
        self.visitors -= 1


class World:
    """All sandboxes by name; `default` is always there."""

    def __init__(
        self,
        make: Callable[[str], Sandbox],
        *,
        most: int = 1000,
        is_open: bool = True,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._most = most
        self._is_open = is_open
        self._now = now
        self._rooms: dict[str, Room] = {}
        self.declare(DEFAULT)

    @property
    def default(self) -> Sandbox:
        """The sandbox of requests that name none."""
        return self._rooms[DEFAULT].sandbox

    def find(self, name: str) -> Sandbox | None:
        """The sandbox of that name, if there is one."""
        room = self._rooms.get(name)
        return room.sandbox if room else None

    def declare(self, name: str) -> Sandbox:
        """A new sandbox; Refusal(503) when there is no room."""
        if len(self._rooms) >= self._most:
            self._reap()
        sandbox = self._make(name)
        self._rooms[name] = Room(sandbox, self._now())
        return sandbox

    def delete(self, name: str) -> None:
        """Let go of a sandbox and all that is in it."""
        self._rooms.pop(name).sandbox.discard()

    def all(self) -> list[Sandbox]:
        """The sandboxes that there are."""
        return [room.sandbox for room in self._rooms.values()]

    def visit(self, name: str) -> Room:
        """The room of the sandbox of that name, which is made if need be.

        Refusal(400) for what is no name, (404) where only declared ones are open, (503) when full.
        """
        room = self._rooms.get(name) or self._first(name)
        room.used = self._now()
        return room

    def close(self) -> None:
        """Write what is not yet written."""
        for room in self._rooms.values():
            room.sandbox.close()

    def _first(self, name: str) -> Room:
        if not is_name(name):
            raise Refusal(
                400,
                "A sandbox is called by letters, digits, dots, dashes and underscores, 64 at most,"
                " beginning with a letter or digit and without two dots in a row.",
            )
        if not self._is_open:
            raise Refusal(404, f'There is no sandbox "{name}"; declare it before it is used.')
        self.declare(name)
        return self._rooms[name]

    def _reap(self) -> None:
        """Make room: the sandbox that has been idle for longest goes."""
        idle = [
            (room.used, name)
            for name, room in self._rooms.items()
            if name != DEFAULT and not room.visitors and self._now() - room.used >= IDLE
        ]
        if not idle:
            raise Refusal(
                503,
                f"All {self._most} sandboxes are in use; delete some, or allow more with "
                "--max-sandboxes.",
                headers=(("Retry-After", "1"),),
            )
        self.delete(min(idle)[1])
