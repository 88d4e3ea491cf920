"""The pytest fixture as a user has it: one server for each process, one sandbox for each test."""

import os
import re
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from understudy.running import DidNotBegin, running

TESTS = """
import pytest
import requests

OFFICE = "/api/billing/basketsessions"
ADMIN = {"Authorization": "Bearer nexudus-admin"}
NEW = {"BusinessId": 7, "SessionId": "mine"}

@pytest.mark.parametrize("number", range(20))
def test_alone(understudy, number):
    url = understudy.url("nexudus") + OFFICE
    for _ in range(3):
        assert requests.post(url, json=NEW, headers=ADMIN, timeout=10).status_code == 200
    found = requests.get(url, params={"BasketSession_SessionId": "mine"}, headers=ADMIN, timeout=10)
    assert found.json()["TotalItems"] == 3
    print("SERVED", understudy.client.url, understudy.name)

@pytest.mark.understudy(fixture="empty", seed=7, now="2026-03-01T12:00:00Z")
def test_begins_as_it_is_marked(understudy):
    assert "checkout_sessions" not in understudy.state()["zenskar"]
    assert understudy.now.isoformat() == "2026-03-01T12:00:00+00:00"
    assert understudy.read()["seed"] == 7
"""


def _pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A user's own pytest, in a folder of theirs, with warnings as errors."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *options],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.whole
def test_each_test_has_a_sandbox_and_each_worker_a_server(tmp_path: Path) -> None:
    """Twenty tests in two workers; none sees what another does."""
    (tmp_path / "test_shop.py").write_text(TESTS)
    done = _pytest(tmp_path, "-n", "2", "-rP")
    assert done.returncode == 0, done.stdout
    assert "21 passed" in done.stdout
    served = re.findall(r"SERVED (\S+) (\S+)", done.stdout)
    assert len(set(served)) == 20
    assert len(Counter(url for url, _ in served)) == 2


def test_nothing_is_imported_until_a_test_asks(tmp_path: Path) -> None:
    """Every pytest of an environment loads the plugin."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_nothing_is_loaded():\n"
        "    assert 'understudy.pytest_plugin' in sys.modules\n"
        "    heavy = ('understudy.client', 'understudy.server', 'connexion')\n"
        "    assert not [name for name in heavy if name in sys.modules]\n"
    )
    done = _pytest(tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_stand_in_that_cannot_begin_says_why() -> None:
    """With what it wrote."""
    with pytest.raises(DidNotBegin, match='there is no contract "nexudos"'), running(["nexudos"]):
        pass


def test_a_stand_in_ends_with_the_process_that_began_it(tmp_path: Path) -> None:
    """Also when that is killed: nothing goes on beside a test run that is gone."""
    script = (
        "import sys\n"
        "from understudy.running import running\n"
        "with running(['nexudus']) as client:\n"
        "    print(client.url, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdout is not None
    address = ("127.0.0.1", int(parent.stdout.readline().strip().rpartition(":")[2]))
    with socket.create_connection(address, timeout=10) as peer:
        peer.sendall(b"GET /_understudy/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert peer.recv(4096).startswith(b"HTTP/1.1 200")
        parent.kill()
        parent.communicate()
        # What is open is let go after what listens.
        while peer.recv(4096):
            pass
    with socket.socket() as late:
        assert late.connect_ex(address) != 0
