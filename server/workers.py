"""`Workers`: processes that take requests from one address, and the one that looks after them."""

import logging
import os
import selectors
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from ..specs.errors import UnderstudyError

_log = logging.getLogger("understudy.serve")

PATIENCE = 5.0
"""Seconds that workers have to end; then they are ended."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
Serve = Callable[[int, Callable[[], None], int | None], None]
"""Serves, as the worker of that number, until it is told to stop, or whoever holds the other end of
a pipe has gone; it calls its second argument when it begins.
"""


class _Worker(NamedTuple):
    """One of them; who follows it has its number."""

    number: int
    pid: int


class Workers:
    """All begin as this process is now. One that ends unasked is followed by another.

    They end with this process, however it ends. With `leash`, a file descriptor, that is also when
    whoever holds its other end has gone.
    """

    def __init__(self, count: int, serve: Serve, leash: int | None = None) -> None:
        self._count = count
        self._serve = serve
        self._leash = leash
        self._alive, self._held = os.pipe()
        self._workers: dict[int, _Worker] = {}
        self._ready: set[int] = set()
        self._selector = selectors.DefaultSelector()
        self._is_stopping = False

    def run(self, announce: Callable[[], None]) -> None:
        """Have them serve until SIGINT or SIGTERM; `announce` when all have begun."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for each in _SIGNALS:
            signal.signal(each, lambda *_: self._stop())
        self._selector.register(woken, selectors.EVENT_READ)
        if self._leash is not None:
            self._selector.register(self._leash, selectors.EVENT_READ)
        try:
            for number in range(self._count):
                self._begin(number)
            self._look_after(woken, announce)
        finally:
            self._end()
            signal.set_wakeup_fd(-1)

    def _look_after(self, woken: int, announce: Callable[[], None]) -> None:
        is_announced = False
        while not self._is_stopping:
            for key, _ in self._selector.select():
                said = os.read(key.fd, 4096)
                if key.fd == self._leash:
                    self._is_stopping = self._is_stopping or not said
                elif key.fd in self._workers and said:
                    self._ready.add(key.fd)
                elif key.fd in self._workers:
                    self._follow(key.fd)
            if not is_announced and len(self._ready) == self._count:
                is_announced = True
                announce()

    def _begin(self, number: int) -> None:
        """Begin one; what it says of itself comes through a pipe, which ends with it."""
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(told)
            self._work(number, tell)
        os.close(tell)
        self._workers[told] = _Worker(number, pid)
        self._selector.register(told, selectors.EVENT_READ)

    def _work(self, number: int, tell: int) -> None:
        """Be one of them, and nothing after it."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for each in _SIGNALS:
                signal.signal(each, signal.SIG_DFL)
            os.close(self._held)
            self._serve(number, partial(_say, tell), self._alive)
            code = 0
        except BaseException:
            _log.exception("a worker failed")
        finally:
            logging.shutdown()
            os._exit(code)

    def _follow(self, told: int) -> None:
        """Begin another for the one that has ended."""
        number, pid = self._forget(told)
        if told not in self._ready:
            raise UnderstudyError("a worker did not begin; the log says why")
        self._ready.discard(told)
        if not self._is_stopping:
            _log.error("worker %d ended; another begins", pid)
            self._begin(number)

    def _forget(self, told: int) -> _Worker:
        self._selector.unregister(told)
        os.close(told)
        worker = self._workers.pop(told)
        os.waitpid(worker.pid, 0)
        return worker

    def _stop(self) -> None:
        self._is_stopping = True

    def _end(self) -> None:
        """Stop all, and wait until they have ended."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while self._workers:
            left = max(0.0, until - time.monotonic())
            if not left:
                self._signal(signal.SIGKILL)
            for key, _ in self._selector.select(left or None):
                said = os.read(key.fd, 4096)
                if key.fd in self._workers and not said:
                    self._forget(key.fd)
        os.close(self._held)

    def _signal(self, sign: signal.Signals) -> None:
        for worker in self._workers.values():
            with suppress(ProcessLookupError):
                os.kill(worker.pid, sign)


def _say(pipe: int) -> None:
    os.write(pipe, b".")
