"""Memory under a load that goes on: what a sandbox forgets must be free again."""

from collections.abc import Iterator

import requests

from ..asked import REQUESTS
from ..load import load
from ..process import Process
from ..servers import Server, stand_in

SLICES = 20
"""So many times the load stops, and the sandbox begins anew."""
GROWTH = 1.1
"""How much more the last third may take than the one before it."""


def remembered(seconds: float) -> list[float]:
    """MB after each slice of a load of so many seconds in all."""
    server = stand_in()
    with server.start() as process:
        return list(_slices(server, process, seconds / SLICES / len(REQUESTS)))


def grown(memory: list[float]) -> float:
    """How much more the last third of the slices took than the second, as a ratio."""
    third = len(memory) // 3
    return sum(memory[-third:]) / sum(memory[-2 * third : -third])


def _slices(server: Server, process: Process, seconds: float) -> Iterator[float]:
    for _ in range(SLICES):
        for request in REQUESTS:
            load(process.url(server.path(request)), request, max(1, seconds), process.cores.load)
        url = process.url("/_understudy/sandboxes/default/reset")
        requests.post(url, json={}, timeout=30).raise_for_status()
        yield process.memory()
