"""Workers are looked after, and end with whoever does so."""

import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bench.postgres import Postgres
from bench.soak.actors import Spread
from bench.soak.machines import machines
from bench.soak.server import Running
from understudy.server.serve import Options, run
from understudy.specs.errors import UsageError

PATH, ADMIN = "/nexudus/api/billing/basketsessions", {"Authorization": "Bearer nexudus-admin"}
NOWHERE = "postgresql://nobody@/none"
PATIENCE = 30
"""Seconds that anything may take; only what hangs takes as long."""


def _wait(pid: int) -> None:
    """Wait until a process that is none of ours has ended."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([watched], [], [], PATIENCE)[0], f"{pid} goes on"
    finally:
        os.close(watched)


def _open(pid: int) -> set[str]:
    """The sockets that a process has open, as the kernel names them."""
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(file.readlink()))
    return found


def _ends(port: int, clients: set[int]) -> set[str]:
    """The server's ends of the connections to `port` that clients have from these ports."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    sides = [(*(int(side.rpartition(":")[2], 16) for side in row[1:3]), row[9]) for row in rows]
    return {f"socket:[{node}]" for here, there, node in sides if here == port and there in clients}


@pytest.mark.parametrize("store", ["memory", "state.json"])
def test_workers_need_a_store_that_they_share(store: str) -> None:
    """It says which."""
    with pytest.raises(UsageError, match=r"--workers needs a store that they share, as in"):
        run(Options(("nexudus",), store=store, workers=4), lambda *_: None)


@pytest.mark.parametrize(
    "options",
    [Options(store=NOWHERE, faults=("nexudus.row-twice",)), Options(store=NOWHERE, watch=True)],
    ids=["fault", "watch"],
)
def test_what_is_for_one_process_is_refused(options: Options) -> None:
    """A fault at the start, and contracts that are read again."""
    with pytest.raises(UsageError, match="is for one process"):
        run(options, lambda *_: None)


@pytest.mark.whole
def test_a_worker_that_is_killed_is_followed_by_another(pair: Sequence[Running]) -> None:
    """Nobody who asks afterwards sees that it is gone."""
    machine = pair[0]
    before = machine.workers
    call = Spread([machine.port], "default", random.Random(1))
    os.kill(before[0], signal.SIGKILL)
    for _ in range(1000):
        call("GET", f"{PATH}?size=1", None, ADMIN)
        if len(machine.workers) == len(before) and before[0] not in machine.workers:
            break
    assert set(before[1:]) < set(machine.workers)


@pytest.mark.whole
def test_connections_are_spread_over_the_workers(pair: Sequence[Running]) -> None:
    """Whoever wakes first does not have all that wait."""
    machine = pair[0]
    connections = [HTTPConnection("127.0.0.1", machine.port, timeout=PATIENCE) for _ in range(64)]
    with ExitStack() as stack:
        for pid in machine.workers:
            stack.callback(os.kill, pid, signal.SIGCONT)
            os.kill(pid, signal.SIGSTOP)
        for connection in connections:
            connection.connect()
    clients = {connection.sock.getsockname()[1] for connection in connections}
    with ExitStack() as stack:
        for connection in connections:
            stack.callback(connection.close)
            connection.request("GET", "/_understudy/live")
            assert connection.getresponse().read()
        ends = _ends(machine.port, clients)
        taken = [len(ends & _open(pid)) for pid in machine.workers]
    assert sum(taken) == 64
    assert all(taken), taken


@pytest.mark.whole
def test_workers_end_with_the_one_that_looks_after_them(postgres: Postgres) -> None:
    """Also when it has no time to tell them."""
    with machines(postgres.url, count=1, workers=2, options=["nexudus"]) as (machine,):
        workers = machine.workers
        assert len(workers) == 2
        os.kill(machine.pid, signal.SIGKILL)
        for worker in workers:
            _wait(worker)


@pytest.mark.parametrize(
    "sign", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.whole)]
)
def test_all_end_at_a_signal(postgres: Postgres, sign: signal.Signals) -> None:
    """Well, and without being waited for."""
    with machines(postgres.url, count=1, workers=2, options=["nexudus"]) as (machine,):
        workers = machine.workers
        os.kill(machine.pid, sign)
        for worker in workers:
            _wait(worker)
        _wait(machine.pid)


def _script(body: str) -> Sequence[str]:
    lines = ["import os, signal, sys", "from understudy.server.workers import Workers", body]
    return [sys.executable, "-c", "\n".join(lines)]


def test_a_worker_that_does_not_begin_ends_all() -> None:
    """With the reason in the log."""
    body = "Workers(2, lambda number, tell, alive: 1 / 0).run(lambda: print('begun'))"
    done = subprocess.run(_script(body), capture_output=True, text=True, timeout=PATIENCE)
    assert "a worker did not begin" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert done.stdout == ""


def test_workers_end_with_whoever_holds_their_leash() -> None:
    """As `--until-stdin-ends` has it; and one that does not end is ended."""
    body = "\n".join(
        [
            "def serve(number, tell, alive):",
            "    signal.signal(signal.SIGTERM, signal.SIG_IGN)",
            "    tell()",
            "    while True: signal.pause()",
            "import understudy.server.workers as workers",
            "workers.PATIENCE = 0.1",
            "Workers(2, serve, 0).run(lambda: print('begun', flush=True))",
        ]
    )
    with subprocess.Popen(
        _script(body), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "begun\n"
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
