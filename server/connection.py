"""`Connection`: the connection that a request came on, to be ended without an answer."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from itertools import chain
from typing import Any, cast

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

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


class _Joining(asyncio.Transport):
    """A transport that can keep a head until the body comes: they go out by one system call.

    A system call for each is a tenth of all that a short answer costs.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._is_kept = False
        self._head = b""

    def keep(self) -> None:
        """Keep what is written next, until more is or `flush` is called."""
        self._is_kept = True

    def write(self, data: Any) -> None:
        """Send, or keep, or send with what was kept."""
        if self._is_kept:
            self._is_kept, self._head = False, data
        elif self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether it ends, or has."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of it."""
        return self._transport.get_extra_info(name, default)

    def flush(self) -> None:
        """Send what was kept."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """End it when all is sent."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Break it off; what was kept is lost."""
        self._head = b""
        self._transport.abort()


class _HeadTooLargeError(Exception):
    """The head of a request is whole, and longer than is read."""


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application of the connection, and bounds heads.

    The head of an answer goes out together with its body, or the first part of it. What is no HTTP,
    and a head that is too long, reaches no contract: a problem answers it.
    """

    _head = 0
    """Octets that came since the request began whose head is not whole."""
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to listen to a client."""
        super().connection_made(transport)
        self.transport = self._joining = joining = _Joining(transport)
        self._connection = Connection(joining)
        application = self.app

        def joined(scope: Any, receive: Any, send: Any) -> Any:
            def kept(message: Any) -> Any:
                if message["type"] == "http.response.start":
                    joining.keep()
                return send(message)

            return application(scope, receive, kept)

        self.app = joined

    def on_response_complete(self) -> None:
        """Go on with the next request; an answer without a body is whole as well."""
        self._joining.flush()
        super().on_response_complete()

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
        http=Protocol,
        # Not all of ours are coroutine functions, which is what uvicorn would tell it by.
        interface="asgi3",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        **options,
    )
