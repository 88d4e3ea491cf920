"""Who may use the control API: this machine alone, or whoever has the token."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from understudy.server.guard import Access, Guard

from ..process import Process
from .conftest import Desk

PATH = "/_understudy/sandboxes"


def _status(access: Access, path: str = PATH, **headers: str) -> int:
    """What the guard answers; 200 where it lets a request pass."""
    heard: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        heard.append(message)

    sent = [(name.encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "path": path, "method": "GET", "headers": sent}
    asyncio.run(Guard(inner, access=access)(scope, None, send))
    status: int = heard[0]["status"]
    return status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("127.8.8.8:80", 200),
        ("[::1]:8080", 200),
        ("LOCALHOST", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example:8080", 403),
        ("", 403),
    ],
)
def test_a_foreign_host_is_refused(host: str, status: int) -> None:
    """A page that has its own name point to this machine says so."""
    assert _status(Access(), host=host) == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:5173", 200),
        ("http://127.0.0.1", 200),
        ("https://[::1]:3000", 200),
        ("https://shop.example", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
    ],
)
def test_a_foreign_page_is_refused(origin: str, status: int) -> None:
    """Those that may call the contracts may call this too."""
    access = Access(origins=("https://shop.example",))
    assert _status(access, host="localhost", origin=origin) == status


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("Bearer the-token", 200),
        ("bearer the-token", 200),
        ("Bearer the-tokens", 401),
        ("Basic the-token", 401),
        ("Bearer", 401),
        ("Bearer thé", 401),
    ],
)
def test_a_token_must_be_shown_where_there_is_one(shown: str, status: int) -> None:
    """Whatever the host."""
    assert _status(Access(token="the-token"), host="a.example", authorization=shown) == status
    assert _status(Access(token="the-token"), host="localhost") == 401


def test_health_is_for_everybody_and_the_rest_can_be_switched_off() -> None:
    """A cluster's probe has no token, and calls the machine by its address."""
    for access in (Access(), Access(token="the-token"), Access(is_on=False)):
        assert _status(access, "/_understudy/health", host="10.0.0.7") == 200
        assert _status(access, "/_understudy/live", host="10.0.0.7") == 200
        assert _status(access, "/nexudus/api", host="10.0.0.7") == 200
    assert _status(Access(is_on=False), host="localhost") == 404
    assert _status(Access(is_on=False), "/_understudy", host="localhost") == 404


def test_a_refusal_is_a_problem_document(desk: Desk) -> None:
    """Over a socket as well."""
    foreign = requests.get(desk.root + PATH, headers={"Host": "evil.example"}, timeout=10)
    assert foreign.status_code == 403
    assert foreign.headers["Content-Type"] == "application/problem+json"
    assert "evil.example" in foreign.json()["detail"]


def test_on_an_open_address_a_token_is_made_up_and_told_once(tmp_path: Path) -> None:
    """At the start, on the standard output; and it is in no log."""
    command = [sys.executable, "-m", "understudy", "serve", "nexudus", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--host", "0.0.0.0"],  # noqa: S104 - this machine's own test
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url, _, told = (process.stdout.readline() for _ in range(3))
        token = told.removeprefix("control token: ").strip()
        port = re.findall(r":(\d+)/", url)[0]
        root = f"http://127.0.0.1:{port}"
        assert requests.get(root + PATH, timeout=10).status_code == 401
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.get(root + PATH, headers=headers, timeout=10).status_code == 200
        declared = {"Understudy-Sandbox": "nobody-made-me", "Authorization": "Bearer nexudus-admin"}
        office = f"{root}/nexudus/api/billing/basketsessions"
        assert requests.get(office, headers=declared, timeout=10).status_code == 404
        made = requests.post(
            root + PATH, json={"name": "nobody-made-me"}, headers=headers, timeout=10
        )
        assert made.status_code == 201
        assert requests.get(office, headers=declared, timeout=10).status_code == 200
    finally:
        process.terminate()
        _, logged = process.communicate(timeout=10)
    assert len(token) > 20
    assert token not in logged


def test_the_control_api_is_switched_off(tmp_path: Path) -> None:
    """All but health."""
    with Process([sys.executable, "-m", "understudy"], tmp_path, "--no-control") as server:
        assert requests.get(server.root + PATH, timeout=10).status_code == 404
        assert requests.get(f"{server.root}/_understudy/health", timeout=10).status_code == 200
