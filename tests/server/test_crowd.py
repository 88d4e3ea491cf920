"""Many clients in as many sandboxes of one server: the small form of `make soak`."""

import pytest

from bench.soak.sandboxes import crowd
from bench.soak.server import served

CLIENTS, STEPS = 12, 25


@pytest.mark.whole
def test_no_client_sees_what_another_does() -> None:
    """Each holds every answer against a model of its own, on all four APIs at once."""
    with served(["--validate-responses", "fail"]) as server:
        came = crowd(server.port, CLIENTS, lambda steps: steps < STEPS)
    assert came.wrong == ()
    assert came.asked >= CLIENTS * STEPS


@pytest.mark.whole
def test_a_client_that_meets_anothers_data_says_so() -> None:
    """Else the one above would say nothing: here all share one sandbox."""
    with served(["--validate-responses", "fail"]) as server:
        came = crowd(server.port, 4, lambda steps: steps < STEPS, name=lambda _: "one")
    assert came.wrong


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage would slow the server down, and its code is covered elsewhere."""
    monkeypatch.delenv("COVERAGE_PROCESS_START", raising=False)
