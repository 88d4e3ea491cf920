"""The sockets: both loopbacks where there are two, and one port for both."""

import errno
import socket
import sys
from typing import Any

import pytest

from understudy.server.sockets import listen, shown, spread
from understudy.specs.errors import UsageError


class _Machine:
    """The machine's own `create_server`, but for an address that fails some times."""

    def __init__(self, address: str, number: int, times: int) -> None:
        self._create = socket.create_server
        self._address = address
        self._number = number
        self._times = times

    def __call__(self, address: Any, **options: Any) -> socket.socket:
        if address[0] == self._address and self._times:
            self._times -= 1
            raise OSError(self._number, "no")
        return self._create(address, **options)


def _close(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()


def test_localhost_is_both_loopbacks_on_one_port() -> None:
    """Sent at once, head and body."""
    sockets = listen("localhost", 0)
    assert [each.getsockname()[0] for each in sockets] == ["127.0.0.1", "::1"]
    assert len({each.getsockname()[1] for each in sockets}) == 1
    assert all(each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in sockets)
    _close(sockets)


def test_a_machine_without_ipv6_has_one_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is enough."""
    machine = _Machine("::1", errno.EADDRNOTAVAIL, times=9)
    monkeypatch.setattr(socket, "create_server", machine)
    sockets = listen("localhost", 0)
    assert [each.getsockname()[0] for each in sockets] == ["127.0.0.1"]
    _close(sockets)


def test_any_port_is_one_that_is_free_on_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first gave may be taken on the second: then another is tried."""
    monkeypatch.setattr(socket, "create_server", _Machine("::1", errno.EADDRINUSE, times=2))
    sockets = listen("localhost", 0)
    assert len(sockets) == 2
    _close(sockets)


def test_a_name_that_nobody_knows_is_a_usage_error() -> None:
    """With the reason of the machine."""
    with pytest.raises(UsageError, match=r"cannot listen on nowhere\.invalid port 0: .+; choose"):
        listen("nowhere.invalid", 0)


def test_each_process_has_sockets_of_its_own_on_the_same_addresses() -> None:
    """And nobody else can listen there."""
    sockets = listen("localhost", 0)
    places = [each.getsockname() for each in sockets]
    own = spread(sockets, 3)
    assert [[each.getsockname() for each in one] for one in own] == [places] * 3
    with pytest.raises(UsageError, match="Address already in use"):
        listen("localhost", places[0][1])
    for one in own:
        _close(one)


def test_where_the_kernel_spreads_nothing_all_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one process has what was opened for it."""
    sockets = listen("localhost", 0)
    assert spread(sockets, 1) == [sockets]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert spread(sockets, 2) == [sockets, sockets]
    _close(sockets)


def test_an_address_that_is_taken_meanwhile_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the first socket there and those of the processes."""
    sockets = listen("localhost", 0)
    machine = _Machine("127.0.0.1", errno.EADDRINUSE, times=1)
    monkeypatch.setattr(socket, "create_server", machine)
    with pytest.raises(
        UsageError, match=r"cannot listen on 127\.0\.0\.1 port \d+: Address already"
    ):
        spread(sockets, 2)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", "localhost"),
        ("0.0.0.0", "localhost"),  # noqa: S104 - shown, not bound
        ("::", "localhost"),
        ("::1", "[::1]"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_address_is_shown_as_one_that_can_be_called(host: str, expected: str) -> None:
    """In a URL for this machine."""
    assert shown(host) == expected
