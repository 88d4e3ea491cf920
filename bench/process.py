"""`Process`: a server on a core of its own, and what it costs, as the kernel counts it."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import requests

PATIENCE = 30
"""Seconds that a server may take to begin."""


class Process:
    """One server; as a context manager it ends with the block."""

    def __init__(self, command: Sequence[str], port: int, ready: str) -> None:
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.port = port
        # One core for the server and one for the load, so that neither takes from the other.
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            os.sched_setaffinity(self._process.pid, {cores[-1]})
        while not self._answers(ready):
            if self._process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                self._process.kill()
                raise RuntimeError(f"{' '.join(command)} did not begin")
            time.sleep(0.005)
        self.started_in = time.perf_counter() - begun
        self._stat = Path(f"/proc/{self._process.pid}/stat")

    def _answers(self, ready: str) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}{ready}"
            return requests.get(url, timeout=PATIENCE).status_code == 200
        except requests.ConnectionError:
            return False

    def cpu(self) -> float:
        """Seconds of processor time so far, user and system, all threads."""
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
