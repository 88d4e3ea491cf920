"""`Process`: a server on a core of its own, and what it costs, as the kernel counts it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PATIENCE = 60
"""Seconds that a server may take to begin."""


def cores() -> tuple[int, int]:
    """The core of the server, and the one of the load; the same where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[-1], usable[0]


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Process:
    """One server; as a context manager it ends with the block.

    `ready` is a path that it answers with 200 as soon as it serves. `started_in` are the seconds
    until then, `began_with` those of the processor.
    """

    def __init__(self, command: Sequence[str], port: int, ready: str) -> None:
        self.port = port
        begun = time.perf_counter()
        core = str(cores()[0])
        self._process = subprocess.Popen(
            ["taskset", "-c", core, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not self._answers(ready):
            if self._process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                self._process.kill()
                raise RuntimeError(f"{' '.join(command)} did not begin")
            time.sleep(0.005)
        self.started_in = time.perf_counter() - begun
        self.began_with = self.cpu()

    def _answers(self, ready: str) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", ready)
            return connection.getresponse().status < 500
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def url(self, path: str) -> str:
        """Where it answers `path`."""
        return f"http://127.0.0.1:{self.port}{path}"

    def cpu(self) -> float:
        """Seconds of processor time so far, user and system, of all its processes."""
        ticks = 0
        for pid in self._tree():
            with suppress(FileNotFoundError):
                fields = _stat(pid)
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in MB."""
        total = 0
        for pid in self._tree():
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            total += int(status.partition("VmRSS:")[2].split()[0])
        return total / 1024

    def _tree(self) -> Iterator[int]:
        """Its processes: that which was started, and the children of each."""
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            with suppress(FileNotFoundError):
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
                waiting += map(int, children.split())

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process, after its name."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return text.rpartition(")")[2].split()
