"""A server that is killed at random moments under load: its file loads, and has all that it must.

What was acknowledged longer ago than the file may be behind must be there.
"""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from understudy.server.store.json_file import BEHIND
from understudy.server.store.query import Query
from understudy.server.store.tiny import TinyStore, in_file

PATIENCE = 30
"""Seconds for a server to begin; only what hangs takes as long."""
PATH = "/nexudus/api/billing/basketsessions"
HEADERS = {"Authorization": "Bearer nexudus-admin", "Content-Type": "application/json"}
_LONGEST = 0.6
"""Seconds of load before the kill, at most."""
_ANEW = 20
"""After so many rounds the file begins anew, so that it is small and large in turn."""


@dataclass(slots=True)
class Load:
    """A client that creates sessions until the server is gone; when each was acknowledged."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def run(self, port: int, name: str) -> None:
        """Create one after the other."""
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        number = 0
        try:
            while True:
                number += 1
                session = f"{name} {number}"
                body = {"BusinessId": 7, "SessionId": session, "JsonContents": "{}"}
                connection.request("POST", PATH, json.dumps(body), HEADERS)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    self.wrong.append(f"a create was answered with {response.status}")
                    return
                self.acknowledged[session] = time.monotonic()
        except (OSError, HTTPException):
            return  # it was killed
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Round:
    """What one kill left: what was acknowledged and is not there, by how long before the kill."""

    acknowledged: int
    lost: Sequence[float]
    allowed: float
    wrong: Sequence[str]


def killed(file: Path, name: str, chance: random.Random, clients: int) -> Round:
    """One server, one load, one kill; then the file."""
    with subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "nexudus", "--port", "0", "--store", file],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            said = (process.stdout.readline() if process.stdout else "").strip()
            if not said:
                return Round(0, (), 0, ["the server did not begin"])
            port = int(said.rsplit(":", 1)[1].partition("/")[0])
            loads = [Load() for _ in range(clients)]
            threads = [
                threading.Thread(target=load.run, args=(port, f"{name}.{number}"))
                for number, load in enumerate(loads)
            ]
            for thread in threads:
                thread.start()
            writes = _watched(file, time.monotonic() + chance.uniform(0, _LONGEST))
            at = time.monotonic()
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join(PATIENCE)
        finally:
            watchdog.cancel()
    wrong = [each for load in loads for each in load.wrong]
    acknowledged = {k: when for load in loads for k, when in load.acknowledged.items()}
    try:
        store = TinyStore(in_file(file), "nexudus.")
    except ValueError as error:
        return Round(len(acknowledged), (), 0, [*wrong, f"the file does not load: {error}"])
    there = {row["SessionId"] for row in store.find(Query("basket_sessions"))}
    # Under load one write follows the other, unless it takes less than a quarter of the bound.
    allowed = max(BEHIND, 2 * max(b - a for a, b in pairwise(writes)))
    lost = [at - when for session, when in acknowledged.items() if session not in there]
    late = [f"{ago:.3f} s old, and not there" for ago in lost if ago > allowed]
    return Round(len(acknowledged), lost, allowed, [*wrong, *late])


def _watched(file: Path, until: float) -> list[float]:
    """Watch the file for a while: when it was replaced, and when the watch began and ended."""
    seen = [time.monotonic()]
    last = file.stat().st_mtime_ns if file.exists() else 0
    while (now := time.monotonic()) < until:
        if file.exists() and (changed := file.stat().st_mtime_ns) != last:
            last = changed
            seen.append(now)
        time.sleep(0.001)
    return [*seen, time.monotonic()]


def soak(rounds: int, seed: int, clients: int) -> list[str]:
    """All rounds; what was wrong."""
    chance = random.Random(seed)
    wrong: list[str] = []
    done: list[Round] = []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        for number in range(rounds):
            if number % _ANEW == 0:
                file.unlink(missing_ok=True)
            each = killed(file, str(number), chance, clients)
            done.append(each)
            wrong += [f"round {number + 1}: {told}" for told in each.wrong]
        left = sorted(path.name for path in Path(folder).iterdir() if path.suffix == ".new")
    if len(left) > 1:
        wrong.append(f"killed servers left {len(left)} files behind")
    worst = max((ago for each in done for ago in each.lost), default=0.0)
    print(
        f"{rounds} kills, {sum(each.acknowledged for each in done)} sessions acknowledged; the"
        f" oldest that was lost was {1000 * worst:.0f} ms old, where"
        f" {1000 * max((each.allowed for each in done), default=0):.0f} ms were the most allowed"
    )
    return wrong
