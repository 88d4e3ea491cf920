"""`World`: the sandboxes of a server, made on first use, bounded in number, reaped when idle."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .refusal import Refusal
from .sandbox import Sandbox

T = TypeVar("T")
DEFAULT = "default"
NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
"""How sandboxes, snapshots and fixtures may be called: no name is a path."""
IDLE = 60.0
"""Seconds without a request after which a sandbox may be reaped to make room."""


def is_name(text: str) -> bool:
    """Whether a sandbox may be called `text`."""
    return NAME.fullmatch(text) is not None


def check_new(name: str, *, is_open: bool) -> None:
    """Whether a request may make a sandbox by naming it; Refusal(400) or (404)."""
    if not is_name(name):
        raise Refusal(
            400,
            "A sandbox is called by letters, digits, dots, dashes and underscores, 64 at most,"
            " beginning with a letter or digit and without two dots in a row.",
        )
    if not is_open:
        raise Refusal(404, f'There is no sandbox "{name}"; declare it before it is used.')


def full(most: int) -> Refusal:
    """Why no sandbox can be made."""
    return Refusal(
        503,
        f"All {most} sandboxes are in use; delete some, or allow more with --max-sandboxes.",
        headers=(("Retry-After", "1"),),
    )


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

    async def __aenter__(self) -> Sandbox:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()


class Sandboxes(Protocol):
    """All sandboxes by name, wherever they are kept; `default` is always there.

    All but `visit` and `close` belong to work that a sandbox runs, or to `at_once`.
    """

    @property
    def default(self) -> Sandbox:
        """The sandbox of requests that name none."""

    def find(self, name: str) -> Sandbox | None:
        """The sandbox of that name, if there is one."""

    def declare(self, name: str) -> Sandbox:
        """A new sandbox; Refusal(503) when there is no room."""

    def delete(self, name: str) -> None:
        """Let go of a sandbox and all that is in it."""

    def all(self) -> Sequence[Sandbox]:
        """The sandboxes that there are."""

    def visit(self, name: str) -> AbstractAsyncContextManager[Sandbox]:
        """The sandbox of that name for a request, made if need be.

        Refusal(400) for what is no name, (404) where only declared ones are open, (503) when full.
        """

    def is_reachable(self) -> bool:
        """Whether they can be worked in."""

    def at_once(self, work: Callable[[], T]) -> T:
        """Do work, and wait for it."""

    def settle(self) -> None:
        """Write what is not yet written, and begin anew; other processes may go on from here."""

    def close(self) -> None:
        """Write what is not yet written."""


class World:
    """All sandboxes by name, in this process; `default` is always there."""

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

    def is_reachable(self) -> bool:
        """They are here."""
        return True

    def at_once(self, work: Callable[[], T]) -> T:
        """Do work; there is nobody to wait for."""
        return work()

    def settle(self) -> None:
        """Write what is not yet written."""
        self.close()

    def close(self) -> None:
        """Write what is not yet written."""
        for room in self._rooms.values():
            room.sandbox.close()

    def _first(self, name: str) -> Room:
        check_new(name, is_open=self._is_open)
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
            raise full(self._most)
        self.delete(min(idle)[1])
