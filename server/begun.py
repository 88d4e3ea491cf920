"""`Begun`: a coroutine that was begun at once, so that one knows whether it had to wait."""

from collections.abc import Coroutine, Generator
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """What `coroutine` comes to, when it is awaited; `has_waited` is false where it is there."""

    __slots__ = ("_coroutine", "_result", "_waiting", "has_waited")

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self.has_waited = True
        try:
            self._waiting = coroutine.send(None)
        except StopIteration as end:
            self.has_waited = False
            self._result: T = end.value

    def __await__(self) -> Generator[Any, Any, T]:
        if not self.has_waited:
            return self._result
        while True:
            try:
                sent = yield self._waiting
            except BaseException as error:  # it is for the coroutine, whatever it is
                step = partial(self._coroutine.throw, error)
            else:
                step = partial(self._coroutine.send, sent)
            try:
                self._waiting = step()
            except StopIteration as end:
                result: T = end.value
                return result
