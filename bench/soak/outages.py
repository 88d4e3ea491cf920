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
from .machines import machines
from .server import Running

OFFICE, ADMIN = "/nexudus/api/billing/basketsessions", {"Authorization": "Bearer nexudus-admin"}
BASKET, PRODUCT = "/akinon/baskets/basket/", 2021
PATIENCE = 30
SOON = 5.0
"""Seconds after the database is back in which somebody must be served again."""
_KILLS = 3
"""So many workers are killed in each round before the database is."""
_BETWEEN = 60
"""So many requests end before each kill, and before the database is started again."""


class Tally:
    """How many requests have ended, and when a write was last acknowledged."""

    def __init__(self) -> None:
        self._ended = 0
        self._last = 0.0
        self._changed = threading.Condition()

    def add(self, *, is_kept: bool) -> None:
        """One more."""
        with self._changed:
            self._ended += 1
            if is_kept:
                self._last = time.monotonic()
            self._changed.notify_all()

    def wait(self, count: int) -> None:
        """Until so many more have ended; RuntimeError where they do not."""
        with self._changed:
            until = self._ended + count
            if not self._changed.wait_for(lambda: self._ended >= until, PATIENCE):
                raise RuntimeError(f"{count} requests did not end in {PATIENCE} s")

    def acknowledged(self, since: float) -> float:
        """When a write was acknowledged after `since`; the latest moment where none is."""
        with self._changed:
            is_found = self._changed.wait_for(lambda: self._last > since, PATIENCE)
            return self._last if is_found else since + PATIENCE


@dataclass(slots=True)
class Load:
    """A client that creates sessions, and adds to its own basket, one after the other.

    `kept` and `tried` are the names of sessions that were acknowledged, and of all; `added` and
    `adds` likewise are numbers.
    """

    ports: Sequence[int]
    name: str
    tally: Tally
    cookie: str = ""
    kept: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    added: int = 0
    adds: int = 0
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
            status = 0
        self.statuses[status] += 1
        self.tally.add(is_kept=status == 200)
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
        tally = Tally()
        loads = [_begun(servers, f"client {number}", tally) for number in range(clients)]
        with _under_load(loads):
            for _ in range(rounds):
                for _ in range(_KILLS):
                    tally.wait(_BETWEEN)
                    workers = chance.choice(servers).workers
                    os.kill(chance.choice(workers), signal.SIGKILL)
                tally.wait(_BETWEEN)
                postgres.kill()
                tally.wait(_BETWEEN)
                postgres.start()
                ready = time.monotonic()
                back.append(tally.acknowledged(ready) - ready)
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


def _begun(servers: Sequence[Running], name: str, tally: Tally) -> Load:
    ports = [machine.port for machine in servers]
    _, _, cookie = ask(ports[0], "GET", BASKET, {})
    return Load(ports, name, tally, cookie)


def _differences(servers: Sequence[Running], load: Load) -> Iterator[str]:
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
