"""The control API as served, and a sandbox of its own for each test."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest
import requests

from understudy.specs.contract import NAMES

from ..stand import Server

NUMBERS = count(1)
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "nexudus": {"Authorization": "Bearer nexudus-admin"},
    "limio": {"Authorization": "Bearer limio-token"},
    "akinon": {},
    "zenskar": {"x-api-key": "zenskar-key", "organisation": "zenskar-org"},
}


class Desk:
    """One sandbox, from both sides: what controls it, and what plays in it."""

    def __init__(self, root: str, name: str) -> None:
        self.root = root
        self.name = name
        self.control = f"{root}/_understudy"
        self.session = requests.Session()

    def ask(self, method: str, path: str = "", body: Any = None, **query: Any) -> Any:
        """The answer's JSON; an AssertionError where it is refused."""
        answer = self.raw(method, path, body, **query)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def raw(self, method: str, path: str = "", body: Any = None, **query: Any) -> Any:
        """One request about this sandbox."""
        url = f"{self.control}/sandboxes/{self.name}{path}"
        return requests.request(method, url, json=body, params=query, timeout=10)

    def play(self, contract: str, method: str, path: str, body: Any = None) -> requests.Response:
        """One request in this sandbox."""
        headers = {**CREDENTIALS[contract], "Understudy-Sandbox": self.name}
        return self.session.request(
            method, f"{self.root}/{contract}{path}", json=body, headers=headers, timeout=10
        )


@pytest.fixture(scope="session")
def all_served() -> Iterator[Server]:
    server = Server(NAMES)
    yield server
    server.stop()


@pytest.fixture
def desk(all_served: Server) -> Iterator[Desk]:
    """A new sandbox, gone after the test."""
    name = f"test-{next(NUMBERS)}"
    url = f"{all_served.root}/_understudy/sandboxes"
    assert requests.post(url, json={"name": name}, timeout=10).status_code == 201
    found = Desk(all_served.root, name)
    yield found
    found.session.close()
    found.raw("DELETE")
