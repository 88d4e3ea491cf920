"""What is written in one pass of the event loop goes out together, and nothing of it is lost."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from understudy.server.outgoing import LARGEST, LONGEST, Gathering, Outgoing


class _Clients:
    """The other ends of connections that `outgoing` writes to."""

    def __init__(self, outgoing: Outgoing, number: int) -> None:
        self._outgoing = outgoing
        self._number = number
        self.ends: list[socket.socket] = []
        self.connections: list[Gathering] = []

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(self._number):
            ours, theirs = socket.socketpair()
            theirs.setblocking(False)
            transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
            self.ends.append(theirs)
            self.connections.append(self._outgoing.connected(transport))

    def came(self, number: int) -> bytes | None:
        """What has come to the client of that number; None while there is nothing."""
        try:
            return self.ends[number].recv(4 * LARGEST)
        except BlockingIOError:
            return None


@asynccontextmanager
async def _connected(outgoing: Outgoing, number: int = 2) -> AsyncIterator[_Clients]:
    clients = _Clients(outgoing, number)
    await clients.connect()
    yield clients
    for connection in clients.connections:
        connection.abort()
    await _pass()
    for end in clients.ends:
        end.close()


async def _pass() -> None:
    """Let the loop go round."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _run(work: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await work()

    asyncio.run(whole())


def test_what_one_pass_writes_goes_out_at_its_end() -> None:
    """A head with its body, and what is for one client with what is for the other."""

    async def work() -> None:
        async with _connected(Outgoing()) as clients:
            one, other = clients.connections
            one.write(b"head ")
            other.write(b"other")
            one.write(b"body")
            assert clients.came(0) is None
            assert clients.came(1) is None
            await _pass()
            assert clients.came(0) == b"head body"
            assert clients.came(1) == b"other"

    _run(work)


def test_each_pass_sends_what_is_its_own() -> None:
    """What was sent is not sent again, and what comes later is not forgotten."""

    async def work() -> None:
        async with _connected(Outgoing()) as clients:
            for text in (b"first", b"second"):
                clients.connections[0].write(text)
                await _pass()
                assert clients.came(0) == text
            assert clients.came(1) is None

    _run(work)


def test_nobody_waits_for_a_long_pass() -> None:
    """What has waited for long goes out when something more comes; that waits in its turn."""

    async def work() -> None:
        now = 0.0
        async with _connected(Outgoing(lambda: now)) as clients:
            one, other = clients.connections
            one.write(b"early")
            now += 2 * LONGEST
            other.write(b"late")
            assert clients.came(0) == b"early"
            assert clients.came(1) is None
            other.write(b"r")
            await _pass()
            assert clients.came(1) == b"later"

    _run(work)


def test_much_is_not_kept() -> None:
    """So that who reads slowly sets the pace; what follows is sent as well, in its place."""

    async def work() -> None:
        async with _connected(Outgoing()) as clients:
            one = clients.connections[0]
            one.write(b"a" * LARGEST)
            assert clients.came(0) is None
            one.write(b"b")
            one.write(b"c")
            came = clients.came(0) or b""
            assert came
            for _ in range(100):
                await _pass()
                came += clients.came(0) or b""
            assert came == b"a" * LARGEST + b"bc"

    _run(work)


def test_a_connection_that_ends_has_sent_all() -> None:
    """One that is broken off has not; nor does who is gone keep others from what is theirs."""

    async def work() -> None:
        async with _connected(Outgoing(), 3) as clients:
            closed, aborted, other = clients.connections
            for connection in clients.connections:
                connection.write(b"whole")
            closed.close()
            aborted.abort()
            await _pass()
            assert [clients.came(number) for number in range(3)] == [b"whole", b"", b"whole"]
            assert closed.is_closing()
            assert not other.is_closing()
            closed.write(b"too late")
            other.write(b"more")
            await _pass()
            assert clients.came(0) == b""
            assert clients.came(2) == b"more"

    _run(work)
