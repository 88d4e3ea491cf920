"""Clients that are many, slow, or send too much: the small form of `make soak`, and its edges."""

import gc
import signal
import socket
from contextlib import ExitStack
from selectors import EVENT_READ, DefaultSelector

import pytest

from bench.soak.connections import Plan, borne
from bench.soak.server import served
from understudy.server.connection import LARGEST_HEAD
from understudy.server.visit import Visit

from ..conftest import LIBRARY
from ..stand import Stand
from .serving import Serving
from .wire import Received, connect, exchange, receive

PLAN = Plan(many=60, slow=4, pace=0, big=2 * 1024 * 1024)


def test_whatever_a_client_does_another_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind gets the status that says what is wrong, and a bystander its pages meanwhile."""
    # Coverage would slow the server down, and its code is covered elsewhere.
    monkeypatch.delenv("COVERAGE_PROCESS_START", raising=False)
    with served() as server:
        came = borne(server.port, PLAN)
    assert came.wrong == []
    assert came.asked >= len(came.statuses)


def test_who_comes_with_many_others_is_soon_let_in() -> None:
    """Also where those before have all that they ask for at once: they have little of it before."""
    ask = b"GET /_understudy/live HTTP/1.1\r\nHost: x\r\n\r\n"
    with Serving(LIBRARY) as server, DefaultSelector() as selector, ExitStack() as stack:
        server.process.send_signal(signal.SIGSTOP)
        clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(48)]
        for client in clients:
            stack.enter_context(client)
            client.sendall(ask)
            selector.register(client, EVENT_READ, client)
        server.process.send_signal(signal.SIGCONT)
        answers = dict.fromkeys(clients, 0)
        while not all(answers.values()):
            for key, _ in selector.select():
                assert b" 200 OK" in key.data.recv(4096)
                answers[key.data] += 1
                key.data.sendall(ask)
    assert max(answers.values()) < 12


def _get(length: int, path: str = "/books") -> bytes:
    """A request whose line and headers have `length` octets between their names and values."""
    names = len(f"/library{path}") + len("host" + "x") + len("x")
    return f"GET /library{path} HTTP/1.1\r\nHost: x\r\nX: {'y' * (length - names)}\r\n\r\n".encode()


def _is_problem(answer: Received, status: int) -> bool:
    return (
        answer.status == status
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["connection"] == "close"
        and answer.json()["status"] == status
    )


def test_a_head_may_be_long(library: Stand) -> None:
    """Up to its limit, in one piece or in many."""
    request = _get(LARGEST_HEAD)
    assert exchange(library, request).status == 200
    pieces = [request[start : start + 5000] for start in range(0, len(request), 5000)]
    assert exchange(library, *pieces).status == 200


def test_a_head_that_is_too_long_is_a_problem(library: Stand) -> None:
    """By one octet, in one piece; and before its end, where it has none."""
    assert _is_problem(exchange(library, _get(LARGEST_HEAD + 1)), 431)
    assert _is_problem(exchange(library, b"GET / HTTP/1.1\r\n", b"A: b\r\n" * 20_000), 431)


def test_a_body_is_no_part_of_the_head(library: Stand) -> None:
    """However much of it comes at once with the head, or with the one before it."""
    head = "POST /library/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    body = b" " * (LARGEST_HEAD + 1000) + b"{}"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    with connect(library) as connection:
        for _ in range(2):
            connection.sendall(request)
            assert receive(connection).status == 400
        connection.sendall(_get(LARGEST_HEAD - 100))
        assert receive(connection).status == 200


def test_what_is_no_http_is_a_problem(library: Stand) -> None:
    """A client that speaks TLS, say, where nobody does."""
    assert _is_problem(exchange(library, b"\x16\x03\x01\x02\x00\x01\r\n\r\n"), 400)


def test_an_answer_comes_in_one_piece(library: Stand) -> None:
    """Head and body by one system call, and so in one packet where it is short."""
    with connect(library) as connection:
        for _ in range(2):
            connection.sendall(_get(200, "/books/1"))
            assert connection.recv(65536).rpartition(b"\r\n\r\n")[2].endswith(b"}")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("HEAD", "/books", 200), ("OPTIONS", "/books", 405)]
)
def test_an_answer_without_a_body_comes_at_once(
    library: Stand, method: str, path: str, status: int
) -> None:
    """Its head waits for nothing."""
    assert library.request(method, path).status_code == status


@pytest.mark.parametrize("path", ["/books", "/books/nothing", "/books?page=x"])
def test_what_a_request_took_is_free_when_it_ends(library: Stand, path: str) -> None:
    """Without a search for what is unused, which would hold all requests up."""
    gc.collect()
    gc.disable()
    try:
        before = _visits()
        with connect(library) as connection:
            for _ in range(5):
                connection.sendall(_get(200, path))
                receive(connection)
            assert _visits() <= before + 1  # the last one may still be under way
    finally:
        gc.enable()


def _visits() -> int:
    return sum(isinstance(each, Visit) for each in gc.get_objects())
