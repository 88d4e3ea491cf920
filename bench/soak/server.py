"""`served`: `understudy serve` in a process of its own, for the length of a block."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from ..process import Tree

PATIENCE = 60
"""Seconds for a server to begin or to end; only what hangs takes as long."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server on loopback, and its process, which looks after its workers where it has several."""

    port: int
    pid: int

    @property
    def workers(self) -> Sequence[int]:
        """The processes of its workers."""
        return Tree(self.pid).children

    def memory(self) -> float:
        """Resident memory in MB."""
        return self._status("VmRSS:")

    def most_memory(self) -> float:
        """The most that it ever was."""
        return self._status("VmHWM:")

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(status.partition(name)[2].split()[0]) / 1024


@contextmanager
def served(options: Sequence[str] = ()) -> Iterator[Running]:
    """All four contracts, unless `options` name some, on a free port."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *options]
    with TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            found = re.search(r":(\d+)/", _announced(process))
            if found is None:
                log.seek(0)
                raise RuntimeError(f"the server did not begin: {log.read()[-1000:]}")
            yield Running(int(found[1]), process.pid)
        finally:
            watchdog = threading.Timer(PATIENCE, process.kill)
            watchdog.start()
            process.send_signal(signal.SIGTERM)
            process.communicate()
            watchdog.cancel()


def _announced(process: subprocess.Popen[str]) -> str:
    """The first line that it says; empty where it ends before."""
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        watchdog.cancel()
