"""A database that is gone for a while: told as the vendor would, and waited for by nobody."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
import requests

from bench.postgres import Postgres
from bench.soak.server import Running

ASKED: Mapping[str, tuple[str, Mapping[str, str], str]] = {
    "nexudus": (
        "/api/billing/basketsessions",
        {"Authorization": "Bearer nexudus-admin"},
        "Message",
    ),
    "limio": ("/api/checkout/abandoned", {"Authorization": "Bearer limio-token"}, "message"),
    "akinon": ("/baskets/basket/", {}, "detail"),
    "zenskar": (
        "/checkout",
        {"x-api-key": "zenskar-key", "organisation": "zenskar-org"},
        "detail",
    ),
}
"""What is asked of each contract, and which member says why it is refused."""
ROUNDS = 8
"""So many connections meet every worker, as good as surely."""


def _get(pair: Sequence[Running], path: str, headers: Mapping[str, str] = {}) -> Any:
    port = random.Random().choice(pair).port
    return requests.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=30)


@pytest.fixture
def gone(postgres: Postgres, pair: Sequence[Running]) -> Iterator[Callable[[], None]]:
    """The database is away, until it is called back."""
    for contract, (path, headers, _) in ASKED.items():
        assert _get(pair, f"/{contract}{path}", headers).status_code == 200
    postgres.kill()
    is_gone = True

    def back() -> None:
        nonlocal is_gone
        is_gone = False
        postgres.start()

    yield back
    if is_gone:
        postgres.start()


def test_what_cannot_be_kept_is_refused_in_the_vendors_words(
    pair: Sequence[Running], gone: Callable[[], None]
) -> None:
    """With 503 and when to come back; and all is as before when it is back."""
    for contract, (path, headers, member) in ASKED.items():
        for sandbox in ("default", "another"):
            answer = _get(pair, f"/{contract}{path}", {**headers, "Understudy-Sandbox": sandbox})
            assert answer.status_code == 503, answer.text
            assert answer.headers["Retry-After"] == "1"
            assert answer.headers["Content-Type"] == "application/json"
            assert "The database that keeps the state cannot be reached" in str(
                answer.json()[member]
            )
    gone()
    for contract, (path, headers, _) in ASKED.items():
        for _ in range(ROUNDS):
            assert _get(pair, f"/{contract}{path}", headers).status_code == 200


def test_readiness_follows_the_database_and_liveness_does_not(
    pair: Sequence[Running], gone: Callable[[], None]
) -> None:
    """So nobody is sent here in vain, and nobody is begun anew for it."""
    health = _get(pair, "/_understudy/health")
    assert (health.status_code, health.json()) == (503, {"status": "unreachable"})
    assert _get(pair, "/_understudy/live").json() == {"status": "live"}
    assert _get(pair, "/_understudy/version").status_code == 200
    refused = _get(pair, "/_understudy/sandboxes")
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "application/problem+json"
    gone()
    for _ in range(ROUNDS):
        assert _get(pair, "/_understudy/health").json() == {"status": "ready"}
