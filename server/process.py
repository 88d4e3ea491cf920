"""`Process`: uvicorn as this process runs it: it stops at once, and quietly."""

import asyncio
import os
import signal
import socket
from contextlib import suppress
from types import FrameType

import uvicorn

_TICK = 0.1
"""Seconds between uvicorn's own looks at its state."""
_SOON = 0.002
"""Seconds between looks at what is still to end."""


class Process(uvicorn.Server):
    """A server that ends within milliseconds of a signal, unless requests are under way.

    uvicorn looks for the signal, and for the end of its connections, ten times a second. It also
    ends with whoever holds the other end of `leash`, a file descriptor.
    """

    def __init__(self, config: uvicorn.Config, *, leash: int | None = None) -> None:
        super().__init__(config)
        self._leash = leash
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at once when asked twice."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self._stop()

    def _stop(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._asked.set)

    async def main_loop(self) -> None:
        """Serve until asked to stop."""
        self._loop = asyncio.get_running_loop()
        if self._leash is not None:
            self._loop.add_reader(self._leash, self._heard, self._leash)
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), _TICK)

    def _heard(self, leash: int) -> None:
        if not os.read(leash, 4096) and self._loop is not None:
            self._loop.remove_reader(leash)
            self._stop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, let those under way end, and cut off what is late."""
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self._is_busy():
                    await asyncio.sleep(_SOON)
        for task in self.server_state.tasks:
            task.cancel()
        if not self.force_exit:
            await self.lifespan.shutdown()

    def _is_busy(self) -> bool:
        state = self.server_state
        return bool(state.connections or state.tasks) and not self.force_exit
