"""`Turns`: work of which one kind is done at a time, and what waits for it together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from ..store.store import Unwritable

W = TypeVar("W")
_MOST = 16
"""So much at once: others, elsewhere, wait for all of it."""


class _Turn(NamedTuple, Generic[W]):
    """What is to be done, and what comes of it."""

    work: W
    found: "asyncio.Future[Any]"


class _Lot(Generic[W]):
    """What is done together, of what is waiting."""

    def __init__(self, waiting: deque[_Turn[W]]) -> None:
        self.turns: list[_Turn[W]] = []
        self._waiting = waiting

    def work(self) -> Sequence[W]:
        """All of it; when it is asked for again also what came since."""
        while self._waiting and len(self.turns) < _MOST:
            self.turns.append(self._waiting.popleft())
        return [turn.work for turn in self.turns]

    def give(self, found: Sequence[Any]) -> None:
        """Tell each what came of it."""
        for turn, each in zip(self.turns, found, strict=True):
            if not turn.found.done():
                turn.found.set_result(each)

    def fail(self, error: Exception) -> None:
        """Tell all that there is, also where none of it was begun, what it failed for."""
        self.work()
        for turn in self.turns:
            if not turn.found.done():
                turn.found.set_exception(error)


class Turns(Generic[W]):
    """Does work that comes at once in one go: all of it or, where that fails, each by itself.

    `do` asks for the work when it can begin, and gives what comes of each.
    """

    def __init__(
        self, do: Callable[[Any, Callable[[], Sequence[W]]], Awaitable[Sequence[Any]]]
    ) -> None:
        self._do = do
        self._waiting: dict[Hashable, deque[_Turn[W]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, kind: Hashable, work: W) -> Any:
        """What comes of work of a kind."""
        turn = _Turn(work, asyncio.get_running_loop().create_future())
        if kind in self._waiting:
            self._waiting[kind].append(turn)
        else:
            self._waiting[kind] = deque([turn])
            task = asyncio.create_task(self._serve(kind))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await turn.found

    async def _serve(self, kind: Hashable) -> None:
        waiting = self._waiting[kind]
        while waiting:
            lot = _Lot(waiting)
            try:
                lot.give(await self._do(kind, lot.work))
            except Unwritable as error:
                lot.fail(error)  # it may have been kept, and must not be twice
            except Exception:  # whatever it is, it may be one of them alone that all fail for
                lot.work()
                for turn in lot.turns:
                    await self._alone(kind, turn)
        del self._waiting[kind]

    async def _alone(self, kind: Hashable, turn: _Turn[W]) -> None:
        lot = _Lot(deque([turn]))
        try:
            lot.give(await self._do(kind, lot.work))
        except Exception as error:  # whatever it is, else who waits for it would wait for ever
            lot.fail(error)
