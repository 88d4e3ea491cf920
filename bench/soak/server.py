"""`served`: `understudy serve` in a process of its own, for the length of a block."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from understudy.specs.contract import NAMES

PATIENCE = 30
"""Seconds in which a server must end."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server on loopback, and its process."""

    port: int
    pid: int

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
    """All four contracts on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said = iter(process.stdout or ())
        lines = [next(said, "") for _ in range(2 * len(NAMES))]
        found = re.search(r":(\d+)/", lines[0])
        if found is None:
            raise RuntimeError("the server did not begin")
        yield Running(int(found[1]), process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
