"""`Process`: a server, the cores that it is given, and what it costs, as the kernel counts it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PATIENCE = 60
"""Seconds that a server may take to begin."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Those of a server, and those of its load, as taskset takes them."""

    server: str
    load: str

    @classmethod
    def apart(cls) -> "Cores":
        """One for each; the same where there is only one."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(str(usable[-1]), str(usable[0]))

    @classmethod
    def shared(cls) -> "Cores":
        """All there are for both."""
        usable = ",".join(map(str, sorted(os.sched_getaffinity(0))))
        return cls(usable, usable)


@dataclass(frozen=True, slots=True)
class Tree:
    """A process and all that it has begun."""

    pid: int

    def cpu(self) -> float:
        """Seconds of processor time so far, user and system, also of those that have ended."""
        ticks = 0
        for pid in self._pids():
            with suppress(FileNotFoundError):
                ticks += sum(map(int, _stat(pid)[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in MB; what several processes share counts once."""
        total = 0
        for pid in self._pids():
            with suppress(FileNotFoundError):
                rolled = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
                total += int(rolled.partition("\nPss:")[2].split()[0])
        return total / 1024

    @property
    def children(self) -> Sequence[int]:
        """What the process itself has begun, and has not ended."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="ascii").split()]

    def _pids(self) -> Iterator[int]:
        waiting = [self.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            with suppress(FileNotFoundError):
                waiting += Tree(pid).children


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

    def __init__(self, command: Sequence[str], port: int, ready: str, cores: Cores) -> None:
        self.port = port
        self.cores = cores
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            ["taskset", "-c", cores.server, *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.tree = Tree(self._process.pid)
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
        return self.tree.cpu()

    def memory(self) -> float:
        """Resident memory in MB, of all its processes."""
        return self.tree.memory()

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
