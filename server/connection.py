"""`Connection`: the connection that a request came on, to be ended without an answer."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "understudy-connection"
"""Where a request's `Connection` stands among the extensions of its ASGI scope."""
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


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application of the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to listen to a client."""
        super().connection_made(transport)
        self._connection = Connection(transport)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope["extensions"] = {EXTENSION: self._connection}


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
