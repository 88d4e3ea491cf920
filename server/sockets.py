"""The sockets that the server listens on."""

import errno
import os
import socket

from ..specs.errors import UsageError


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on `host`; for localhost on both loopbacks, so that a browser finds either."""
    hosts = ["127.0.0.1", "::1"] if host == "localhost" else [host]
    sockets: list[socket.socket] = []
    for each in hosts:
        family = socket.AF_INET6 if ":" in each else socket.AF_INET
        chosen = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(socket.create_server((each, chosen), family=family, backlog=2048))
        except OSError as error:
            if sockets and error.errno != errno.EADDRINUSE:
                continue  # a machine without IPv6 has one loopback
            for made in sockets:
                made.close()
            if sockets and not port:
                return listen(host, port)  # free on one loopback, taken on the other: try again
            # Python's wording repeats the address; a name that is not found has a negative number.
            number = error.errno or 0
            reason = os.strerror(number) if number > 0 else error.strerror or str(error)
            raise UsageError(
                f"cannot listen on {each} port {chosen}: {reason}; choose another with --port"
            ) from None
    for made in sockets:
        # Head and body are written apart; without this the body waits for the head's receipt.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sockets


def shown(host: str) -> str:
    """`host` as it stands in a URL that works on this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - shown, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host
