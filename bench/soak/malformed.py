"""Malformed names, bodies and durations for the control API: refused, and nothing else happens."""

import json
import random
from collections import Counter
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

_PARTS = ("..", "/", "\\", "%2e%2e", "\x00", "é", "a" * 70, " ", "'", '"', "{}", "$", "~", ".", "-")
_NUMBERS = (-1, 0, 1e308, 2**63, 2**200, 0.1, "7", None, True)
_SPANS = (
    "",
    "P",
    "PT",
    "1D",
    "-P1D",
    "P1Y",
    "P1M",
    "P0.5D",
    "P" + "9" * 40 + "D",
    "PT1H ",
    "∞",
    "P1DT",
)
_MEMBERS = (
    "name",
    "seed",
    "fixture",
    "fixtures",
    "state",
    "fork",
    "now",
    "at",
    "by",
    "share",
    "count",
)
_DEPTH = 400
_OPERATIONS = (
    *(("GET", ""), ("DELETE", ""), ("POST", "/reset"), ("GET", "/state"), ("PUT", "/state")),
    *(("PUT", "/snapshots/{}"), ("DELETE", "/snapshots/{}"), ("POST", "/snapshots/{}/restore")),
    *(("PUT", "/clock"), ("POST", "/clock/freeze"), ("POST", "/clock/advance")),
    *(("GET", "/journal?since={}"), ("POST", "/journal/verify"), ("POST", "/faults")),
    *(("DELETE", "/faults/{}"), ("PATCH", "/clock")),
)


@dataclass(frozen=True, slots=True)
class Malformed:
    """What came of it: how often each status was answered, and what was not as it should be."""

    statuses: Counter[int]
    wrong: tuple[str, ...]


def malformed(port: int, count: int, seed: int = 1) -> Malformed:
    """Ask so many times for what makes no sense."""
    chance = random.Random(seed)
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    for _ in range(count):
        method, path, body = _request(chance)
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = answer.read().decode(errors="replace")
        connection.close()
        statuses[answer.status] += 1
        if answer.status >= 500 or "Traceback" in told:
            wrong.append(f"{method} {path[:120]} {body[:120]!r}: {answer.status} {told[:200]}")
    return Malformed(statuses, tuple(wrong))


def _request(chance: random.Random) -> tuple[str, str, bytes]:
    name = quote(_text(chance), safe=chance.choice(("", "/.%")))
    method, below = chance.choice(_OPERATIONS)
    path = f"/_understudy/sandboxes/{chance.choice(('default', name))}{below.format(name)}"
    if chance.random() < 0.1:
        method, path = "POST", "/_understudy/sandboxes"
    # What cannot stand in a request line at all is no matter of the API's.
    return method, "".join(c if 32 < ord(c) < 127 else "_" for c in path), _body(chance)


def _body(chance: random.Random) -> bytes:
    kind = chance.randrange(6)
    if kind == 0:
        return b""
    if kind == 1:
        return bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
    if kind == 2:
        return b"[" * _DEPTH + b"]" * _DEPTH
    if kind == 3:
        return json.dumps({"by": chance.choice(_SPANS)}).encode()
    return json.dumps({chance.choice(_MEMBERS): _value(chance, 0) for _ in range(2)}).encode()


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(_NUMBERS)
    if kind == 1 or depth > 2:
        return chance.choice((_text(chance), chance.choice(_SPANS)))
    if kind == 2:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(3))]
    return {_text(chance): _value(chance, depth + 1) for _ in range(chance.randrange(3))}


def _text(chance: random.Random) -> str:
    return "".join(chance.choice((*_PARTS, "a", "Z", "9")) for _ in range(chance.randrange(1, 6)))
