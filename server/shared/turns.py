"""`Turns`: work that waits for its turn, done together with all else that waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from ..store.store import Unwritable

W = TypeVar("W")
Way = Literal["shared", "apart"]
"""In the lane, where others come after, and nobody waits long; or beside it."""
Asked = Callable[[], Sequence[W]]
"""Gives what there is to do, and all that has come since when it is asked again."""
Do = Callable[[Sequence[Any], Asked[W], Way], Awaitable[Sequence[Any]]]
"""Does work of some kinds, and gives what comes of each; it asks for it when it can begin."""
_MOST = 64
"""So much at once: others, elsewhere, wait for all of it."""
_KINDS = 16
"""Of so many kinds at once."""


class _Turn(NamedTuple, Generic[W]):
    """What is to be done, and what comes of it."""

    kind: Hashable
    work: W
    found: "asyncio.Future[Any]"


class _Lot(Generic[W]):
    """What is done together, of what is waiting."""

    def __init__(self, waiting: Mapping[Hashable, deque[_Turn[W]]]) -> None:
        self.turns: list[_Turn[W]] = []
        self._waiting = waiting

    def work(self) -> Sequence[W]:
        """All of it, some of each kind; when it is asked for again also what came since."""
        self.turns += islice(self._next(), _MOST - len(self.turns))
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

    def put_back(self) -> None:
        """Have all of it wait again, before what came since."""
        while self.turns:
            turn = self.turns.pop()
            self._waiting[turn.kind].appendleft(turn)

    def _next(self) -> Iterator[_Turn[W]]:
        while waiting := [each for each in self._waiting.values() if each]:
            for each in waiting:
                yield each.popleft()


class Turns(Generic[W]):
    """Does all that waits in one go, one lot after the other.

    Where that fails each kind goes apart, beside what comes after; where that fails as well, each
    by itself.
    """

    def __init__(self, do: Do[W]) -> None:
        self._do = do
        self._waiting: dict[Hashable, deque[_Turn[W]]] = {}
        self._busy: set[Hashable] = set()
        self._is_open = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, kind: Hashable, work: W) -> Any:
        """What comes of work of a kind."""
        turn = _Turn(kind, work, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(kind, deque()).append(turn)
        self._begin()
        return await turn.found

    def _begin(self) -> None:
        """Open the lane for what waits."""
        if not self._is_open and self._waiting.keys() - self._busy:
            self._is_open = True
            self._start(self._lane())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _lane(self) -> None:
        """One lot after the other, until nothing waits that may begin."""
        while kinds := [kind for kind in self._waiting if kind not in self._busy][:_KINDS]:
            self._busy.update(kinds)
            lot = self._lot(kinds)
            try:
                lot.give(await self._do(kinds, lot.work, "shared"))
            except Unwritable as error:
                lot.fail(error)  # it may have been kept, and must not be twice
            except Exception:  # whatever it is, it may be one of them alone that all fail for
                lot.put_back()
                for kind in kinds:
                    self._start(self._apart(kind))
                continue
            self._release(kinds)
        self._is_open = False

    async def _apart(self, kind: Hashable) -> None:
        lot = self._lot([kind])
        try:
            lot.give(await self._do([kind], lot.work, "apart"))
        except Unwritable as error:
            lot.fail(error)
        except Exception:  # whatever it is, it may be one of them alone that all fail for
            lot.work()
            for turn in lot.turns:
                await self._alone(turn)
        self._release([kind])
        self._begin()

    async def _alone(self, turn: _Turn[W]) -> None:
        lot = _Lot({turn.kind: deque([turn])})
        try:
            lot.give(await self._do([turn.kind], lot.work, "apart"))
        except Exception as error:  # whatever it is, else who waits for it would wait for ever
            lot.fail(error)

    def _lot(self, kinds: Sequence[Hashable]) -> _Lot[W]:
        return _Lot({kind: self._waiting[kind] for kind in kinds})

    def _release(self, kinds: Sequence[Hashable]) -> None:
        """These may begin again; what is left of them comes after the others."""
        self._busy.difference_update(kinds)
        for kind in kinds:
            left = self._waiting.pop(kind)
            if left:
                self._waiting[kind] = left
