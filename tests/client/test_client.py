"""The client of the control API, against a real server."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from understudy.client import Client, ControlError, NotCalled, Sandbox
from understudy.specs.contract import NAMES

from ..stand import Server

OFFICE = "/api/billing/basketsessions"
ADMIN = {"Authorization": "Bearer nexudus-admin"}
NEW = {"BusinessId": 7, "SessionId": "mine"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = Server(NAMES)
    made = Client(server.root)
    yield made
    made.close()
    server.stop()


@pytest.fixture
def page_server() -> Iterator[str]:
    """The URL of a server of files."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sandbox(client: Client) -> Iterator[Sandbox]:
    made = client.create()
    yield made
    made.delete()


def _create(sandbox: Sandbox) -> requests.Response:
    return requests.post(sandbox.url("nexudus") + OFFICE, json=NEW, headers=ADMIN, timeout=10)


def test_a_sandbox_is_played_in_by_header_and_by_path(client: Client, sandbox: Sandbox) -> None:
    """Both lead to the same."""
    assert _create(sandbox).status_code == 200
    url = f"{client.url}/nexudus{OFFICE}?BasketSession_SessionId=mine"
    found = requests.get(url, headers={**ADMIN, **sandbox.headers}, timeout=10)
    assert found.json()["TotalItems"] == 1
    assert sandbox.name in [each.name for each in client.sandboxes()]
    assert sandbox.read()["name"] == sandbox.name


def test_what_is_served_is_told(client: Client) -> None:
    """By name."""
    assert [each["name"] for each in client.contracts()] == list(NAMES)


def test_state_is_dumped_loaded_saved_and_restored(client: Client, sandbox: Sandbox) -> None:
    """Also into a fork, and by a reset."""
    before = sandbox.state()
    sandbox.snapshot("before")
    _create(sandbox)
    after = sandbox.state()
    assert after != before
    fork = client.create(fork=sandbox.name)
    assert fork.state() == after
    assert sandbox.snapshots() == ["before"]
    sandbox.restore("before")
    assert sandbox.state() == before
    sandbox.delete_snapshot("before")
    assert sandbox.snapshots() == []
    sandbox.load({"nexudus": after["nexudus"]})
    assert sandbox.state() == after
    fork.reset(fixture="empty", seed=3)
    assert fork.read()["seed"] == 3
    assert "basket_sessions" not in fork.state()["nexudus"]
    fork.delete()


def test_the_clock_is_moved(sandbox: Sandbox) -> None:
    """By moments and spans of Python, or as the API writes them."""
    sandbox.freeze(NOON)
    assert sandbox.now == NOON
    _create(sandbox)
    assert [each["kind"] for each in sandbox.advance(timedelta(days=15))] == ["timer"]
    sandbox.advance("PT1H")
    assert sandbox.now == NOON + timedelta(days=15, hours=1)
    sandbox.set_clock("2026-01-01T00:00:00Z")
    assert sandbox.now == datetime(2026, 1, 1, tzinfo=UTC)
    sandbox.resume()
    sandbox.freeze()
    with pytest.raises(ValueError, match="it has no time zone"):
        sandbox.set_clock(datetime(2026, 1, 1))


@pytest.mark.parametrize("by", [timedelta(milliseconds=1500), timedelta(seconds=-1)])
def test_a_span_that_no_clock_takes_moves_nothing(sandbox: Sandbox, by: timedelta) -> None:
    """Parts of a second are not dropped, and no clock goes back."""
    sandbox.freeze(NOON)
    with pytest.raises(ValueError, match="forward by whole seconds"):
        sandbox.advance(by)
    assert sandbox.now == NOON


def test_the_journal_is_read_and_verified(sandbox: Sandbox) -> None:
    """What is missing is told with the nearest misses."""
    _create(sandbox)
    (entry,) = sandbox.journal(operation="create_basket_session", violations=False)
    assert sandbox.verify(operation="create_basket_session", status=200) == [entry["number"]]
    with pytest.raises(NotCalled, match="body/SessionId is 'mine', not 'yours'"):
        sandbox.verify(operation="create_basket_session", body={"SessionId": "yours"})
    with pytest.raises(NotCalled, match="1 calls are as expected"):
        sandbox.verify(operation="create_basket_session", exactly=2)
    sandbox.clear_journal()
    assert sandbox.journal() == []


def test_a_fault_lasts_as_long_as_its_block(sandbox: Sandbox) -> None:
    """And others until they are cleared."""
    with sandbox.fault("transport.status", status=400, operation="create_basket_session"):
        assert _create(sandbox).status_code == 400
    assert _create(sandbox).status_code == 200
    sandbox.add_fault("transport.reset")
    with pytest.raises(requests.ConnectionError):
        _create(sandbox)
    sandbox.clear_faults()
    assert _create(sandbox).status_code == 200


def test_what_is_refused_is_an_error_with_the_reason(client: Client) -> None:
    """And the status."""
    with pytest.raises(ControlError, match='There is no sandbox "nobody"') as refused:
        client.sandbox("nobody").read()
    assert refused.value.status == 404
    with pytest.raises(ControlError, match="is always there"):
        client.sandbox().delete()


def test_a_server_that_is_not_there_is_named() -> None:
    """Nobody listens on port 1."""
    with pytest.raises(ControlError, match=r"^http://127\.0\.0\.1:1 cannot be reached: ") as failed:
        Client("http://127.0.0.1:1").sandboxes()
    assert failed.value.status is None


def test_a_server_without_a_control_api_is_named(page_server: str) -> None:
    """What answers with a page is not taken for a stand-in."""
    with pytest.raises(ControlError, match="has no control API") as failed:
        Client(page_server).sandboxes()
    assert failed.value.status == 404
