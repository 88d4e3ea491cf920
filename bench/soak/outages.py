"""Machines that share a database, whose workers are killed under load, and then the database.

What was acknowledged must be there, once; what was not may be, and once at most.
"""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from ..postgres import Postgres
from .machines import Machine, machines

OFFICE, ADMIN = "/nexudus/api/billing/basketsessions", {"Authorization": "Bearer nexudus-admin"}
BASKET, PRODUCT = "/akinon/baskets/basket/", 2021
PATIENCE = 30
SOON = 5.0
"""Seconds after the database is back in which somebody must be served again."""
_KILLS = 3
"""So many workers are killed in each round before the database is."""
_PAUSE = 0.5
"""Seconds of load before and after each kill."""


@dataclass(slots=True)
class Load:
    """A client that creates sessions, and adds to its own basket, one after the other.

    `kept` and `tried` are the names of sessions that were acknowledged, and of all; `added` and
    `adds` likewise are numbers. `times` are the moments of acknowledgements.
    """

    ports: Sequence[int]
    name: str
    cookie: str = ""
    kept: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    added: int = 0
    adds: int = 0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def run(self, is_over: threading.Event) -> None:
        """Write until it is over, whatever becomes of what is asked."""
        chance = random.Random(self.name)
        while not is_over.is_set():
            port = chance.choice(self.ports)
            if chance.random() < 0.5:
                self._create(port)
            else:
                self._add(port)

    def _create(self, port: int) -> None:
        name = f"{self.name} {len(self.tried)}"
        self.tried.append(name)
        body = {"BusinessId": 7, "SessionId": name, "JsonContents": "{}"}
        if self._is_done(port, "POST", OFFICE, ADMIN, body):
            self.kept.append(name)

    def _add(self, port: int) -> None:
        self.adds += 1
        body = {"product": PRODUCT, "quantity": 1}
        if self._is_done(port, "POST", BASKET, {"Cookie": self.cookie}, body):
            self.added += 1

    def _is_done(
        self, port: int, method: str, path: str, headers: dict[str, str], body: Any
    ) -> bool:
        try:
            status, _, _ = ask(port, method, path, headers, body)
        except (OSError, HTTPException):
            self.statuses[0] += 1
            return False
        self.statuses[status] += 1
        if status == 200:
            self.times.append(time.monotonic())
        return status == 200


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it: what was acknowledged, how it was answered, how soon it was served again."""

    kept: int
    statuses: Counter[int]
    back: Sequence[float]
    wrong: Sequence[str]


def outages(rounds: int, clients: int = 6, seed: int = 1) -> Came:
    """Kill workers, then the database, so many times; then look at all that was written."""
    chance = random.Random(seed)
    back: list[float] = []
    with Postgres(is_durable=True) as postgres, machines(postgres.url) as servers:
        loads = [_begun(servers, f"client {number}") for number in range(clients)]
        with _under_load(loads):
            for _ in range(rounds):
                for _ in range(_KILLS):
                    time.sleep(_PAUSE)
                    workers = chance.choice(servers).workers
                    os.kill(chance.choice(workers), signal.SIGKILL)
                time.sleep(_PAUSE)
                postgres.kill()
                time.sleep(_PAUSE)
                postgres.start()
                ready = time.monotonic()
                back.append(_served_again(loads, ready) - ready)
        wrong = [told for load in loads for told in _differences(servers, load)]
    late = [f"served again only {each:.1f} s after the database" for each in back if each > SOON]
    statuses = sum((load.statuses for load in loads), Counter[int]())
    odd = sorted(statuses.keys() - {0, 200, 503})
    wrong += [f"{statuses[status]} were answered with {status}" for status in odd]
    kept = sum(len(load.kept) + load.added for load in loads)
    return Came(kept, statuses, back, (*wrong, *late))


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: Any = None
) -> tuple[int, Any, str]:
    """Status, JSON and cookie of one answer, on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        payload = None if body is None else json.dumps(body)
        sent = {**headers, "Content-Type": "application/json"} if body is not None else headers
        connection.request(method, path, payload, sent)
        response = connection.getresponse()
        raw = response.read()
        cookie = response.getheader("Set-Cookie", "").partition(";")[0]
        return response.status, json.loads(raw) if raw else None, cookie
    finally:
        connection.close()


@contextmanager
def _under_load(loads: Sequence[Load]) -> Iterator[None]:
    is_over = threading.Event()
    threads = [threading.Thread(target=load.run, args=(is_over,)) for load in loads]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _begun(servers: Sequence[Machine], name: str) -> Load:
    ports = [machine.port for machine in servers]
    _, _, cookie = ask(ports[0], "GET", BASKET, {})
    return Load(ports, name, cookie)


def _served_again(loads: Sequence[Load], since: float) -> float:
    """When the first write after `since` was acknowledged."""
    until = since + PATIENCE
    while time.monotonic() < until:
        found = [at for load in loads for at in load.times[-1:] if at > since]
        if found:
            return min(found)
        time.sleep(0.005)
    return until


def _differences(servers: Sequence[Machine], load: Load) -> Iterator[str]:
    """What is not as it was acknowledged."""
    port = servers[0].port
    found: Counter[str] = Counter()
    page = 1
    while True:
        query = f"?page={page}&size=1000"
        _, answer, _ = ask(port, "GET", OFFICE + query, ADMIN)
        found.update(record["SessionId"] for record in answer["Records"])
        if not answer["HasNextPage"]:
            break
        page += 1
    for name in load.kept:
        if not found[name]:
            yield f"{name} was acknowledged and is not there"
    for name in load.tried:
        if found[name] > 1:
            yield f"{name} is there {found[name]} times"
    _, answer, _ = ask(port, "GET", BASKET, {"Cookie": load.cookie})
    lines = answer["basket"]["basketitem_set"]
    quantity = sum(line["quantity"] for line in lines)
    if not load.added <= quantity <= load.adds:
        told = f"{load.added} adds were acknowledged, of {load.adds}"
        yield f"the basket of {load.name} has {quantity}, where {told}"
