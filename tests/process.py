"""`Process`: `understudy serve` as a user runs it, in a process of its own."""

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

from understudy.specs.contract import NAMES

PATIENCE = 30
"""Seconds for a server to begin; only what hangs takes as long."""


class Process:
    """All contracts on a free port; as a context manager it ends with the block."""

    def __init__(self, command: Sequence[str], folder: Path, *options: str) -> None:
        # A pipe that nobody reads would fill, and stop the server.
        self._log = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by `__exit__`
        self._process = subprocess.Popen(
            [*command, "serve", "--port", "0", "--validate-responses", "fail", *options],
            cwd=folder,
            # Coverage would write its figures at the end, and the end is what is timed.
            env={name: text for name, text in os.environ.items() if "COVERAGE" not in name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.urls: dict[str, str] = {}
        self.curls: dict[str, str] = {}
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            self._read_announcement()
        finally:
            watchdog.cancel()
        self.root = self.urls["nexudus"].removesuffix("/nexudus")

    def _read_announcement(self) -> None:
        assert self._process.stdout is not None
        for name in NAMES:
            title, curl = (self._process.stdout.readline() for _ in range(2))
            if not curl:
                self._process.wait(timeout=PATIENCE)
                raise AssertionError(f"the server did not begin: {self._logged()}")
            assert title.startswith(f"{name}: ")
            self.urls[name] = title.removeprefix(f"{name}: ").strip()
            self.curls[name] = curl.strip()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._log.close()

    def _logged(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def stop(self, sign: signal.Signals, within: float) -> tuple[int, str]:
        """Send a signal; the exit status and what was logged, TimeoutExpired when it is late."""
        self._process.send_signal(sign)
        self._process.communicate(timeout=within)
        return self._process.returncode, self._logged()
