"""What a server must bear of its clients: many at once, slow ones, and ones that send too much.

While each does its worst, a bystander asks for a page again and again, and must get it.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PATIENCE = 180
"""Seconds for an answer; a server with a thousand clients may take a while."""
PATH = "/nexudus/api/billing/basketsessions"
_HEAD = "Host: localhost\r\nAuthorization: Bearer nexudus-admin\r\n"
_PAGE = f"GET {PATH}?size=5 HTTP/1.1\r\n{_HEAD}\r\n".encode()
_BODY = json.dumps({"BusinessId": 7, "SessionId": "soak", "JsonContents": "{}"}).encode()
_MB = 1024 * 1024
_CHUNK = 64 * 1024
_SLOWLY = len(_BODY) + 20


@dataclass(slots=True)
class Borne:
    """What each kind of client was answered; `longest` is what the bystander waited, in seconds."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    longest: float = 0.0

    def note(self, name: str, expected: int, statuses: Iterable[int]) -> None:
        """Keep what a kind of client was answered, and whether it is what it had to be."""
        found = self.statuses[name] = Counter(statuses)
        if set(found) != {expected}:
            self.wrong.append(f"{name}: answered {dict(found)}, not {expected}")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many clients, seconds between a slow one's octets, and how much is too much."""

    many: int = 1_000
    slow: int = 50
    pace: float = 1.0
    big: int = 10 * _MB
    depth: int = 10_000


def borne(port: int, plan: Plan) -> Borne:
    """Let every kind of client do its worst, one kind after the other."""
    return asyncio.run(_borne(port, plan))


async def _borne(port: int, plan: Plan) -> Borne:
    found = Borne()
    for name, (expected, clients) in _kinds(plan).items():
        async with _bystander(port, found):
            asked = (_answered(port, client) for client in clients)
            found.note(name, expected, await asyncio.gather(*asked))
    return found


Client = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What a client sends."""


def _kinds(plan: Plan) -> Mapping[str, tuple[int, Sequence[Client]]]:
    """Each kind of client by name, with the status that it must be answered with."""
    long = "x" * plan.big
    deep = b"[" * plan.depth + b"]" * plan.depth
    return {
        "many at once": (200, [_sending(_PAGE)] * plan.many),
        "slow": (200, [_slowly(_posted(_BODY), plan.pace)] * plan.slow),
        "a body that is too long": (413, [_sending(_posted(long.encode()))] * 4),
        "one of unknown length": (413, [_in_chunks(plan.big)] * 4),
        "deep JSON": (400, [_sending(_posted(deep))] * 4),
        "a long header": (431, [_sending(_with(f"X-Long: {long[:_MB]}\r\n"))] * 4),
        "many headers": (431, [_sending(_with("X-More: 1\r\n" * 100_000))] * 4),
        "a long path": (431, [_sending(f"GET /{long[:_MB]} HTTP/1.1\r\n\r\n".encode())] * 4),
        "a head without an end": (431, [_endless] * 4),
        "no HTTP": (400, [_sending(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")] * 4),
    }


async def _answered(port: int, client: Client) -> int:
    """The status that a client is answered with; 0 where it is cut off without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = asyncio.ensure_future(client(writer))
    try:
        async with asyncio.timeout(PATIENCE):
            line = await reader.readline()
        return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0
    except OSError:
        return 0
    finally:
        sent.cancel()
        await asyncio.gather(sent, return_exceptions=True)
        writer.transport.abort()


@asynccontextmanager
async def _bystander(port: int, found: Borne) -> AsyncIterator[None]:
    """While inside, a client that asks for a page, and for the next when it has it."""
    is_over = asyncio.Event()

    async def ask() -> None:
        while True:
            begun = time.perf_counter()
            status = await _answered(port, _sending(_PAGE))
            found.longest = max(found.longest, time.perf_counter() - begun)
            found.asked += 1
            if status != 200:
                found.wrong.append(f"a bystander was answered {status}")
            if is_over.is_set():
                return
            await asyncio.sleep(0)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        is_over.set()
        await asking


def _sending(data: bytes) -> Client:
    async def send(writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(data), _CHUNK):
            writer.write(data[start : start + _CHUNK])
            await writer.drain()

    return send


def _slowly(data: bytes, pace: float) -> Client:
    """`data`, its end octet by octet, `pace` seconds apart: that of the head, and the body."""

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(data[:-_SLOWLY])
        for at in range(len(data) - _SLOWLY, len(data)):
            await asyncio.sleep(pace)
            writer.write(data[at : at + 1])

    return send


def _in_chunks(size: int) -> Client:
    async def send(writer: asyncio.StreamWriter) -> None:
        head = f"POST {PATH} HTTP/1.1\r\n{_HEAD}Content-Type: application/json\r\n"
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(0, size, _CHUNK):
            writer.write(f"{_CHUNK:x}\r\n".encode() + b"x" * _CHUNK + b"\r\n")
            await writer.drain()

    return send


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET / HTTP/1.1\r\n")
    while True:
        writer.write(b"X-More: 1\r\n" * 100)
        await writer.drain()
        await asyncio.sleep(0)  # `drain` lets nobody else have a turn where nothing waits


def _posted(body: bytes) -> bytes:
    head = f"POST {PATH} HTTP/1.1\r\n{_HEAD}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _with(headers: str) -> bytes:
    return f"GET {PATH} HTTP/1.1\r\n{_HEAD}{headers}\r\n".encode()
