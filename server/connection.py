"""`Connection`: the connection that a request came on, to be ended without an answer."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any, cast

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .outgoing import Outgoing
from .problem import PROBLEM, problem

EXTENSION = "understudy-connection"
"""Where a request's `Connection` stands among the extensions of its ASGI scope."""
LARGEST_HEAD = 64 * 1024
"""Octets that the request line and the headers may have together."""
_LINGER = 1.0
"""Seconds in which a client that was refused can still send: one cut off at once reads nothing."""
_RESET = struct.pack("ii", 1, 0)
"""`SO_LINGER` with no patience: what is closed is reset."""


class Connection:
    """One client's connection."""

    __slots__ = ("_transport",)

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        """End it when what was written is sent."""
        self._transport.close()

    def reset(self) -> None:
        """Break it off: the client sees a reset."""
        peer = self._transport.get_extra_info("socket")
        if peer is not None:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()


class _HeadTooLargeError(Exception):
    """The head of a request is whole, and longer than is read."""


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application of the connection, and bounds heads.

    What is no HTTP, and a head that is too long, reaches no contract: a problem answers it.
    """

    _head = 0
    """Octets that came since the request began whose head is not whole."""
    _is_refused = False

    def __init__(self, *args: Any, outgoing: Outgoing, **named: Any) -> None:
        super().__init__(*args, **named)
        self._outgoing = outgoing

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to listen to a client."""
        super().connection_made(transport)
        self.transport = self._outgoing.connected(transport)
        self._connection = Connection(self.transport)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._is_refused:
            return
        self._head += len(data)
        super().data_received(data)
        if self._head > LARGEST_HEAD and not self._is_refused:
            self._refuse_head()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope["extensions"] = {EXTENSION: self._connection}

    def on_headers_complete(self) -> None:
        """Serve a request whose head is whole."""
        came, self._head = self._head, 0
        # Some of what came may be the body.
        if came > LARGEST_HEAD and self._length() > LARGEST_HEAD:
            self._refuse_head()
            raise _HeadTooLargeError
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take in a part of the body."""
        self._head = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read."""
        if not self._is_refused:
            self._refuse(400, msg)

    def _length(self) -> int:
        return len(self.url) + sum(map(len, chain.from_iterable(self.headers)))

    def _refuse_head(self) -> None:
        self._refuse(431, f"The head of the request is longer than {LARGEST_HEAD} bytes.")

    def _refuse(self, status: int, detail: str) -> None:
        """Answer, and read nothing more."""
        self._is_refused = True
        body = orjson.dumps(problem(status, detail))
        head = f"content-type: {PROBLEM}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
        self.transport.write(STATUS_LINE[status] + head.encode() + b"\r\n" + body)
        self.loop.call_later(_LINGER, self.transport.close)


def connection_of(scope: Mapping[str, Any]) -> Connection:
    """The connection that a request came on."""
    found: Connection = scope["extensions"][EXTENSION]
    return found


def config(application: Any, **options: Any) -> uvicorn.Config:
    """How uvicorn serves `application`, here and in tests."""
    return uvicorn.Config(
        application,
        http=cast("type[Protocol]", partial(Protocol, outgoing=Outgoing())),
        # Not all of ours are coroutine functions, which is what uvicorn would tell it by.
        interface="asgi3",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        **options,
    )
