"""`smoke`: does a copy of the program serve at all; for the checkout and for what is installed."""

import signal
from collections.abc import Sequence
from pathlib import Path

import requests

from . import curl
from .process import Process


def smoke(command: Sequence[str], folder: Path) -> None:
    """Begin, call each contract as `serve` says, look at the pages, end within a second."""
    with Process(command, folder) as process:
        for line in process.curls.values():
            answer = curl.send(line)
            assert (answer.status_code, line, answer.text) == (200, line, answer.text)
            assert answer.json()
        paths = ["/", "/_understudy/health"]
        for name in process.urls:
            paths += [f"/{name}/openapi.json", f"/{name}/ui/"]
        for path in paths:
            page = requests.get(process.root + path, timeout=10)
            assert (page.status_code, path) == (200, path)
        status, logged = process.stop(signal.SIGTERM, within=1)
        assert status == 0
        assert "Traceback" not in logged
