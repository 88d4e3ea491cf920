"""The client, over a real server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.stand import Server
from understudy.client import ControlError, Sandbox, Understudy
from understudy.specs.errors import UsageError


@pytest.fixture(scope="module")
def server() -> Iterator[Understudy]:
    running = Server(["zenskar"])
    yield Understudy(running.root)
    running.stop()


@pytest.fixture
def sandbox(server: Understudy) -> Iterator[Sandbox]:
    made = server.create()
    yield made
    made.delete()


def test_a_sandbox_is_listed_until_it_is_deleted(server: Understudy) -> None:
    """Its name is in the list exactly between `create` and `delete`."""
    made = server.create("a-b")
    assert "a-b" in [each["name"] for each in server.sandboxes()]
    made.delete()
    assert "a-b" not in [each["name"] for each in server.sandboxes()]


def test_a_snapshot_brings_documents_back(sandbox: Sandbox) -> None:
    """What was loaded away is there again."""
    before = sandbox.state()
    sandbox.snapshot("full")
    sandbox.load({"zenskar": {name: [] for name in before["zenskar"]}})
    assert sandbox.state() != before
    sandbox.restore("full")
    assert sandbox.state() == before


def test_a_reset_brings_the_fixture_back(sandbox: Sandbox) -> None:
    """Documents are those of the fixture."""
    before = sandbox.state()
    sandbox.load({"zenskar": {name: [] for name in before["zenskar"]}})
    sandbox.reset()
    assert sandbox.state() == before


def test_the_clock_stands_and_moves(sandbox: Sandbox) -> None:
    """Frozen, set, moved on by a span, and let go."""
    assert sandbox.clock.freeze("2026-03-01T00:00:00Z")["frozen"]
    assert sandbox.clock.advance("P1D")["now"].startswith("2026-03-02T00:00:00")
    assert sandbox.clock.advance(timedelta(hours=1))["now"].startswith("2026-03-02T01:00:00")
    assert sandbox.clock.set("2026-03-05T00:00:00Z")["now"].startswith("2026-03-05T00:00:00")
    assert sandbox.clock.read()["frozen"]
    assert not sandbox.clock.resume()["frozen"]


@pytest.mark.parametrize("by", [timedelta(milliseconds=1), timedelta(seconds=-1)])
def test_a_span_that_the_clock_cannot_take_is_refused(sandbox: Sandbox, by: timedelta) -> None:
    """Parts of a second and steps back are no durations of the control API."""
    with pytest.raises(UsageError, match="whole seconds"):
        sandbox.clock.advance(by)


def test_a_fault_lasts_for_its_block(sandbox: Sandbox) -> None:
    """One within, none after it."""
    with sandbox.faults.during("transport.latency", seconds=0.1):
        assert len(sandbox.ask("GET", "/faults")["faults"]) == 1
    assert not sandbox.ask("GET", "/faults")["faults"]
    sandbox.faults.add("transport.latency", seconds=0.1)
    sandbox.faults.clear()
    assert not sandbox.ask("GET", "/faults")["faults"]


def test_a_request_that_did_not_come_fails_in_words(sandbox: Sandbox) -> None:
    """The message says how many came."""
    with pytest.raises(AssertionError, match=r"^0 requests came that match"):
        sandbox.verify(method="GET", path="/nowhere")
    assert sandbox.journal() == []


def test_a_refusal_carries_the_status_and_the_detail(server: Understudy) -> None:
    """A sandbox that exists cannot be made."""
    with pytest.raises(ControlError, match="default") as caught:
        server.create("default")
    assert caught.value.status == 409


def test_a_server_that_is_not_there_is_named() -> None:
    """Nobody listens on port 1."""
    with pytest.raises(ControlError, match=r"http://127.0.0.1:1 cannot be reached"):
        Understudy("http://127.0.0.1:1").sandboxes()
