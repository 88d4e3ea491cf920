"""`load`: one request over and over, on raw sockets, and how long each answer took."""

import asyncio
import time
from dataclasses import dataclass
from typing import cast

import uvloop

PATIENCE = 10
"""Seconds for the last answers, when nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, as bytes, and the name it has in the table."""

    name: str
    wire: bytes


def request(name: str, method: str, path: str, headers: dict[str, str], body: str = "") -> Request:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{header}: {value}" for header, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return Request(name, ("\r\n".join(lines) + "\r\n\r\n" + body).encode())


@dataclass(frozen=True, slots=True)
class Latencies:
    """How long each answer took, in milliseconds, sorted; `seconds` is the whole run."""

    sorted: tuple[float, ...]
    seconds: float

    def percentile(self, share: float) -> float:
        """The latency that `share` of the answers did not exceed."""
        return self.sorted[min(len(self.sorted) - 1, int(len(self.sorted) * share))]


class _Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last one is whole."""

    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._buffer = b""
        self._missing = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.fail(f"the connection ended: {exc}")

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._buffer += data
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 200 "):
                self._run.fail(self._buffer.decode())
                return
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._missing = int(length) - len(rest)
        if self._missing == 0:
            self._run.count(time.perf_counter() - self._sent_at)
            self._send()

    def _send(self) -> None:
        self._buffer = b""
        if self._run.is_over():
            self._transport.pause_reading()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._run.request.wire)


class _Run:
    """What the connections of one run share."""

    def __init__(self, request: Request, count: int, seconds: float) -> None:
        self.request = request
        self._count = count
        self._until = time.perf_counter() + seconds
        self._latencies: list[float] = []
        self._sent = 0
        self.done: asyncio.Future[list[float]] = asyncio.get_running_loop().create_future()

    def is_over(self) -> bool:
        """Whether nothing more is to be sent; else one more request is under way."""
        over = self._sent == self._count or time.perf_counter() > self._until
        if over and len(self._latencies) == self._sent and not self.done.done():
            self.done.set_result(self._latencies)
        self._sent += not over
        return over

    def count(self, seconds: float) -> None:
        """One answer more."""
        self._latencies.append(seconds)

    def fail(self, why: str) -> None:
        """End the run; a benchmark of refusals would be none."""
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"{self.request.name}: {why}"))


def load(
    port: int, request: Request, count: int, seconds: float, connections: int = 16
) -> Latencies:
    """Send `count` requests, or as many as `seconds` allow.

    RuntimeError when one is refused, TimeoutError when an answer never comes.
    """
    return uvloop.run(_load(port, request, count, seconds, connections))


async def _load(
    port: int, request: Request, count: int, seconds: float, connections: int
) -> Latencies:
    run = _Run(request, count, seconds)
    begun = time.perf_counter()
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port)
        for _ in range(connections)
    ]
    latencies = await asyncio.wait_for(run.done, seconds + PATIENCE)
    taken = time.perf_counter() - begun
    for transport, _ in opened:
        transport.close()
    return Latencies(tuple(sorted(1000 * each for each in latencies)), taken)
