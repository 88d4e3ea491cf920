"""`Outgoing`: what is written in one pass of the event loop goes out together, at its end."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

LONGEST = 0.002
"""Seconds after which what waits goes out, though the pass goes on."""
LARGEST = 64 * 1024
"""Octets that may wait on one connection; with more of them the client is to set the pace."""


class Outgoing:
    """The connections of one server that have something to send.

    A client with several connections, as a browser or a proxy is, is woken once for all that was
    asked for at once. To wake it for each answer is an eighth of all that a short one costs.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._waiting: list[Gathering] = []
        self._since = 0.0

    def connected(self, transport: asyncio.Transport) -> "Gathering":
        """A connection, which is written to through what is given back."""
        return Gathering(transport, self)

    def add(self, connection: "Gathering") -> None:
        """Send what `connection` is given from now on, with what others are."""
        now = self._now()
        if self._waiting and now - self._since > LONGEST:
            self._flush()
        if not self._waiting:
            self._since = now
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(connection)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.flush()


class Gathering(asyncio.Transport):
    """A transport that has what is written to it go out with what is written to others.

    So the head of an answer goes out with its body, by one system call.
    """

    def __init__(self, transport: asyncio.Transport, outgoing: Outgoing) -> None:
        super().__init__()
        self._transport = transport
        self._outgoing = outgoing
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> None:
        """Send it soon."""
        if not self._parts:
            self._outgoing.add(self)
        self._parts.append(data)
        self._size += len(data)
        if self._size > LARGEST:
            self.flush()

    def flush(self) -> None:
        """Send it now; where the client has gone meanwhile, to nobody."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def is_closing(self) -> bool:
        """Whether it ends, or has."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of it."""
        return self._transport.get_extra_info(name, default)

    def close(self) -> None:
        """End it when all is sent."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Break it off; what waits is lost."""
        self._parts.clear()
        self._transport.abort()
