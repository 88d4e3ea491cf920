"""`strike`: faults of transport at work, around what answers a request."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..answers import Send
from ..connection import Connection, connection_of
from .transport import Transport

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Serve = Callable[[Receive, Send], Awaitable[None]]
"""Answers the request, from what it reads to what it writes."""
Canned = Callable[[int, str | None, Send], Awaitable[None]]
"""Writes the contract's example of a status, by name where one is given."""

End = Callable[[], Awaitable[None]]
"""Does what must be done before a client can know how its request ended."""
_PIECES = 10
"""So many parts a slow body comes in."""
_DELAY = "transport.latency"


async def strike(
    faults: Sequence[Transport],
    scope: Scope,
    receive: Receive,
    send: Send,
    serve: Serve,
    canned: Canned,
    end: End,
) -> None:
    """Answer as the faults let it be answered: latencies add up, of the others the first counts.

    Where that is with the end of the connection, `end` comes before it.
    """
    wait = sum(fault.seconds for fault in faults if fault.name == _DELAY)
    if wait:
        await asyncio.sleep(wait)
    other = next((fault for fault in faults if fault.name != _DELAY), None)
    if other is None:
        await serve(receive, send)
    elif other.name == "transport.status":
        await canned(other.status, other.example, send)
    elif other.name == "transport.slow":
        await serve(receive, _slowly(send, other.seconds))
    else:
        await _broken(other.name, connection_of(scope), receive, send, serve, end)


async def _broken(
    kind: str, connection: Connection, receive: Receive, send: Send, serve: Serve, end: End
) -> None:
    """Handle the request or not, and end the connection."""
    request = _Request(receive)
    if kind == "transport.cut":
        await serve(request.receive, _half(send))
    elif kind == "transport.lost-after":
        await serve(request.receive, _nowhere)
    if kind != "transport.reset":
        await request.drain()
    await end()
    if kind == "transport.reset":
        connection.reset()
    else:
        connection.close()
    # Else the server would answer in place of the application.
    while (await receive())["type"] != "http.disconnect":
        pass


class _Request:
    """What comes of a request, and whether all of it has."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_whole = False

    async def receive(self) -> Mapping[str, Any]:
        """The next part."""
        message = await self._receive()
        self._is_whole = not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read what is left: a socket that is closed over unread octets resets its peer."""
        while not self._is_whole:
            await self.receive()


async def _nowhere(_: Mapping[str, Any]) -> None:
    """What is sent here, nobody hears."""


def _half(send: Send) -> Send:
    """`send`, which stops in the middle of the body."""

    async def halved(message: Any) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await send(message)

    return halved


def _slowly(send: Send, seconds: float) -> Send:
    """`send`, which takes that long for the body."""

    async def slowed(message: Any) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or not body:
            await send(message)
            return
        size = -(-len(body) // _PIECES)
        for start in range(0, len(body), size):
            await asyncio.sleep(seconds / _PIECES)
            more = start + size < len(body)
            await send({**message, "body": body[start : start + size], "more_body": more})

    return slowed
