"""`Interrupts`: Ctrl-C, heeded between requests, so that what a request made can be removed."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Puts an interrupt off until it can be heeded; a second one is heeded at once."""

    def __init__(self) -> None:
        self._is_put_off = False
        self._is_waiting = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as interrupts within the block, where signals can be taken."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = [signal.signal(sign, self._take) for sign in _SIGNALS]
        try:
            yield
        finally:
            for sign, handler in zip(_SIGNALS, before, strict=True):
                signal.signal(sign, handler)

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Interrupt nothing within the block but where `heed` is called."""
        self._is_put_off = True
        try:
            yield
        finally:
            self._is_put_off = False
        self.heed()

    def heed(self) -> None:
        """KeyboardInterrupt, once, when somebody has asked for it."""
        if self._is_waiting:
            self._is_waiting = False
            raise KeyboardInterrupt

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_waiting or not self._is_put_off:
            self._is_waiting = False
            raise KeyboardInterrupt
        self._is_waiting = True
