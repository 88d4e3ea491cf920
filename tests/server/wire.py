"""Requests octet by octet, for what no decent client sends."""

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..stand import Stand


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


def connect(stand: Stand) -> socket.socket:
    """A connection to the server."""
    address = urlsplit(stand.root)
    return socket.create_connection((str(address.hostname), int(address.port or 80)), timeout=5)


def exchange(stand: Stand, *parts: bytes) -> Received:
    """Send `parts`, and read one answer."""
    with connect(stand) as connection:
        for part in parts:
            connection.sendall(part)
        return receive(connection)


def receive(connection: socket.socket) -> Received:
    """One answer; its length must be said."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += _more(connection)
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Received(int(first.split()[1]), headers, body)


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionError("the server has closed the connection")
    return part
