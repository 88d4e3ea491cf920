"""`machines`: several servers with several workers each, which share one database."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60
"""Seconds for a server to begin or to end; only what hangs takes as long."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One server on loopback: the process that looks after its workers."""

    port: int
    pid: int

    @property
    def workers(self) -> Sequence[int]:
        """Its workers' processes."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="ascii").split()]


@contextmanager
def machines(
    store: str, count: int = 2, workers: int = 4, options: Sequence[str] = ()
) -> Iterator[Sequence[Machine]]:
    """So many servers on free ports, all of which have begun; they end with the block."""
    with ExitStack() as stack:
        begun = [stack.enter_context(_process(store, workers, options)) for _ in range(count)]
        yield [Machine(_port(process), process.pid) for process in begun]


@contextmanager
def _process(store: str, workers: int, options: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--store", store]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def _port(process: subprocess.Popen[str]) -> int:
    """Where it serves, once it does."""
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        found = re.search(r":(\d+)/", process.stdout.readline() if process.stdout else "")
    finally:
        watchdog.cancel()
    if found is None:
        raise RuntimeError("a server did not begin")
    return int(found[1])
