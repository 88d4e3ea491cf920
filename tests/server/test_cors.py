"""Pages at other origins: those on this machine and those named may use the server, no others."""

from collections.abc import Iterator

import pytest
import requests

from understudy.server.settings import Settings

from ..stand import Server, Stand
from .conftest import PROBE
from .probe import API

HOME = "http://localhost:5173"
NAMED = "https://shop.example.com"


@pytest.fixture(scope="module")
def served() -> Iterator[Stand]:
    """The probe, with one origin named."""
    server = Server([PROBE], Settings(cors_origins=(NAMED,)), apis={"probe": API})
    yield server.stands["probe"]
    server.stop()


FRIENDS = [
    HOME,
    "http://localhost",
    "https://localhost:8443",
    "http://127.0.0.1:5173",
    "http://[::1]:5173",
    NAMED,
]
STRANGERS = [
    "null",
    "",
    "*",
    "http://example.com",
    "http://localhost.example.com",
    "http://localhost:5173.example.com",
    "http://notlocalhost:5173",
    "http://localhost:5173/",
    "http://localhost:",
    "http://localhost:5173@example.com",
    "ftp://localhost",
    "file://",
    "http://127.0.0.2:80",
    "http://127x0x0x1",
    "https://SHOP.example.com.evil.com",
    "http://shop.example.com",
    "http://localhost:5173\u00e9",
]


def _preflight(served: Stand, path: str, origin: str, **headers: str) -> requests.Response:
    asked = {"Access-Control-Request-Method": "PUT", **headers}
    return served.request("OPTIONS", path, headers={"Origin": origin.encode(), **asked})


@pytest.mark.parametrize("origin", FRIENDS)
def test_a_friend_is_reflected_with_credentials(served: Stand, origin: str) -> None:
    """On answers and refusals, with the headers that a page may read."""
    for path in ("/head", "/must", "/nothing", "/doors/bearer", "/fail"):
        headers = served.get(path, headers={"Origin": origin}).headers
        assert headers["Access-Control-Allow-Origin"] == origin
        assert headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in headers["Vary"]
        exposed = {name.strip() for name in headers["Access-Control-Expose-Headers"].split(",")}
        assert exposed >= {"X-Answer", "Allow", "Retry-After", "Understudy-Reason"}
        assert "Set-Cookie" not in exposed


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_stranger_is_never_let_in(served: Stand, origin: str) -> None:
    """`null` is what any sandboxed page says; `*` would let in all."""
    for path in ("/head", "/must", "/nothing"):
        headers = served.get(path, headers={"Origin": origin.encode()}).headers
        assert "Access-Control-Allow-Origin" not in headers
    answer = _preflight(served, "/head", origin)
    assert "Access-Control-Allow-Origin" not in answer.headers
    if origin:
        assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/head", "/nothing", "/doors/bearer", "/body", "/../../x", ""])
def test_a_preflight_is_answered_before_everything_else(served: Stand, path: str) -> None:
    """Before path, method, credentials and body; also outside all contracts."""
    asked = {"Access-Control-Request-Headers": "x-key, content-type"}
    answer = _preflight(served, path, HOME, **asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == HOME
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    methods = {name.strip() for name in answer.headers["Access-Control-Allow-Methods"].split(",")}
    assert methods >= {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "Content-Type", "X-Key", "X-Number", "X-List", "X-Text", "X-Two"),
        *("Prefer", "Understudy-Sandbox", "x-key"),
    ],
)
def test_every_header_that_the_contract_declares_may_be_sent(served: Stand, name: str) -> None:
    """Parameters, credentials, and our own."""
    answer = _preflight(served, "/head", HOME, **{"Access-Control-Request-Headers": name})
    assert answer.status_code == 200
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert name.lower() in allowed


def test_a_header_that_nobody_declares_may_not(served: Stand) -> None:
    """The browser will not send it."""
    asked = {"Access-Control-Request-Headers": "X-Unknown"}
    assert _preflight(served, "/head", HOME, **asked).status_code == 400


def test_options_without_an_origin_is_a_method_like_others(served: Stand) -> None:
    """No preflight: 405 with `Allow`."""
    answer = served.request("OPTIONS", "/head")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_request_without_an_origin_gets_no_permission(served: Stand) -> None:
    """It is from no page; caches must still tell the two apart."""
    headers = served.get("/head").headers
    assert "Access-Control-Allow-Origin" not in headers
