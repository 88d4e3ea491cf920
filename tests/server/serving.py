"""`Serving`: `understudy serve` in a process of its own, with any options."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import requests

SERVE = (sys.executable, "-m", "understudy", "serve")
PATIENCE = 30
"""Seconds that anything may take; only what hangs takes as long."""


class Serving:
    """A server for the block; `url` is that of the first contract, `is_timed` for tests of time."""

    def __init__(self, *arguments: str | Path, port: int = 0, is_timed: bool = False) -> None:
        # Measuring coverage costs time at the end, which a test of time must not count.
        names = (name for name in os.environ if not (is_timed and name.startswith("COVERAGE_")))
        self.process = subprocess.Popen(
            [*SERVE, *map(str, arguments), "--port", str(port)],
            env={name: os.environ[name] for name in names},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._watchdog = threading.Timer(PATIENCE, self.process.kill)
        self._watchdog.start()
        assert self.process.stdout is not None
        self.announced = self.process.stdout.readline().rstrip("\n")
        self.name, _, self.url = self.announced.partition(": ")
        self.port = int(self.url.split("/")[2].rpartition(":")[2]) if self.url else 0

    def __enter__(self) -> "Serving":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self._watchdog.cancel()

    def get(self, path: str) -> requests.Response:
        """GET below the contract."""
        return requests.get(self.url + path, timeout=5)

    def post(self, path: str, json: object) -> requests.Response:
        """POST JSON below the contract."""
        return requests.post(self.url + path, json=json, timeout=5)

    def logged(self, text: str) -> str:
        """Wait for a line of the log that holds `text`."""
        assert self.process.stderr is not None
        while line := self.process.stderr.readline():
            if text in line:
                return line.rstrip("\n")
        raise AssertionError(f"the log ended without {text!r}")

    def stop(self, sign: signal.Signals = signal.SIGTERM, within: float = PATIENCE) -> str:
        """End it well: exit code 0, in time; what it logged."""
        self.process.send_signal(sign)
        _, logged = self.process.communicate(timeout=within)
        assert self.process.returncode == 0, logged
        return logged

    def failed(self) -> list[str]:
        """It did not begin: exit code 2; the lines that say why."""
        _, said = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 2
        return said.splitlines()
