"""The sockets that the server listens on."""

import errno
import os
import socket
import sys
from collections.abc import Sequence

from ..specs.errors import UsageError

_TIMES = 16
"""So often each socket is listened on, and so many connections are taken at a time."""


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on `host`; for localhost on both loopbacks, so that a browser finds either."""
    hosts = ["127.0.0.1", "::1"] if host == "localhost" else [host]
    sockets: list[socket.socket] = []
    for each in hosts:
        chosen = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_opened(each, chosen))
        except OSError as error:
            if sockets and error.errno != errno.EADDRINUSE:
                continue  # a machine without IPv6 has one loopback
            for made in sockets:
                made.close()
            if sockets and not port:
                return listen(host, port)  # free on one loopback, taken on the other: try again
            raise _refused(each, chosen, error) from None
    return sockets


def spread(sockets: list[socket.socket], count: int) -> list[list[socket.socket]]:
    """Sockets on the same addresses for each of so many processes; these are closed.

    The kernel spreads connections over them. Of a socket that all share, as they do where the
    kernel is another than Linux, whoever wakes first takes all connections that wait.
    """
    if count == 1 or sys.platform != "linux":
        return [sockets] * count
    # Nobody else listened there, or these could not have been made: those that are alike can.
    places = [each.getsockname()[:2] for each in sockets]
    for each in sockets:
        each.close()
    try:
        return [[_opened(*place, is_one_of_many=True) for place in places] for _ in range(count)]
    except OSError as error:  # somebody was quicker
        host, port = places[0]
        raise _refused(host, port, error) from None


def repeated(sockets: Sequence[socket.socket]) -> list[socket.socket]:
    """The same sockets so often that all who come at once are soon let in.

    libuv takes one connection from each whenever it has looked at all others: the last of 128 that
    came at once to a busy server waited for two seconds.
    """
    return [again for each in sockets for again in (each, *(each.dup() for _ in range(_TIMES - 1)))]


def _refused(host: str, port: int, error: OSError) -> UsageError:
    # Python's wording repeats the address; a name that is not found has a negative number.
    number = error.errno or 0
    reason = os.strerror(number) if number > 0 else error.strerror or str(error)
    return UsageError(f"cannot listen on {host} port {port}: {reason}; choose another with --port")


def _opened(host: str, port: int, *, is_one_of_many: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server(
        (host, port), family=family, backlog=2048, reuse_port=is_one_of_many
    )
    # Head and body are written apart; without this the body waits for the head's receipt.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def shown(host: str) -> str:
    """`host` as it stands in a URL that works on this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - shown, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host
