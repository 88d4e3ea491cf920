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
from tempfile import TemporaryFile
from typing import IO

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
        begun = [stack.enter_context(_begun(store, workers, options)) for _ in range(count)]
        yield [Machine(_port(process, log), process.pid) for process, log in begun]


@contextmanager
def _begun(
    store: str, workers: int, options: Sequence[str]
) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """One that begins, and its log."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--store", store]
    with TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*command, "--workers", str(workers), *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        watchdog = threading.Timer(PATIENCE, process.kill)
        try:
            yield process, log
        finally:
            watchdog.start()
            process.send_signal(signal.SIGTERM)
            process.communicate()
            watchdog.cancel()


def _port(process: subprocess.Popen[str], log: IO[str]) -> int:
    """Where it serves, once it does."""
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        found = re.search(r":(\d+)/", process.stdout.readline() if process.stdout else "")
    finally:
        watchdog.cancel()
    if found is None:
        log.seek(0)
        raise RuntimeError(f"a server did not begin: {log.read()[-1000:]}")
    return int(found[1])
