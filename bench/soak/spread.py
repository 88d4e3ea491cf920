"""`spread`: one address in front of several servers; each request goes to any of them."""

import asyncio
import random
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

_CONNECTION = re.compile(rb"\r\nconnection:[^\r\n]*", re.IGNORECASE)
_HEAD = 64 * 1024
"""Bytes that a request's head may have."""


@contextmanager
def spread(ports: Sequence[int], seed: int = 1) -> Iterator[int]:
    """The port of a proxy on loopback, for the length of a block.

    A connection carries one request: the server that gets it is told to end it, so that the next
    one comes on another.
    """
    loop = asyncio.new_event_loop()
    proxy = _Proxy(ports, random.Random(seed))
    server = loop.run_until_complete(
        asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=_HEAD, backlog=1024)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


class _Proxy:
    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        self._ports = ports
        self._chance = chance
        self._tasks: set[asyncio.Task[Any] | None] = set()

    async def serve(self, asked: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        """Hand on one request, and all that comes of it."""
        self._tasks.add(asyncio.current_task())  # nobody else holds it
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await asked.readuntil(b"\r\n\r\n")
            port = self._chance.choice(self._ports)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(_CONNECTION.sub(b"", head)[:-2] + b"Connection: close\r\n\r\n")
            sending = asyncio.create_task(_pump(asked, writer))
            await _pump(reader, answer)
            sending.cancel()
            writer.close()
        answer.close()
        self._tasks.discard(asyncio.current_task())


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(_HEAD):
            target.write(data)
            await target.drain()
