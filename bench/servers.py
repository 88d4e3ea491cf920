"""The servers that are measured: the stand-in, bare Starlette, and Prism."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

from .asked import REQUESTS, Answers, exemplified
from .load import Request
from .process import Cores, Process, Tree, free_port

PEERS = Path(__file__).parent / ".peers"
"""Where `make bench-peers` puts them."""
_COMPILED = 8.0
"""Seconds after which a program that is compiled while it runs is as fast as it gets."""
_PRISM = PEERS / "node_modules" / "@stoplight" / "prism-cli"


@dataclass(frozen=True, slots=True)
class Server:
    """How a server is started, when it is ready, and what it can be asked.

    `command` is all but its port. Paths begin with the contract's name where `has_prefix`. Each
    request is warmed up for `warm_up` seconds of the processor. What it costs `beside` it is told.
    """

    name: str
    command: tuple[str, ...]
    after_port: tuple[str, ...]
    ready: str
    asked: Sequence[Request] = REQUESTS
    has_prefix: bool = True
    warm_up: float = 1.0
    cores: Cores = field(default_factory=Cores.apart)
    beside: Tree | None = None

    def start(self) -> Process:
        """One more of it, on a free port."""
        port = free_port()
        return Process([*self.command, str(port), *self.after_port], port, self.ready, self.cores)

    def path(self, request: Request) -> str:
        """Where it answers `request`."""
        return f"/{request.contract}{request.path}" if self.has_prefix else request.path


def stand_in(*options: str, ready: str = "/_understudy/health") -> Server:
    """The stand-in, as `serve` starts it by itself; `options` are contracts, first of all."""
    command = (sys.executable, "-m", "understudy", "serve", *options, "--port")
    return Server("Understudy", command, (), ready)


def bare(answers: Path) -> Server:
    """The floor: Starlette with the same answers."""
    command = (sys.executable, "-m", "bench.bare")
    return Server("Starlette", command, (str(answers),), "/ready")


def prisms(answers: Answers, folder: Path) -> list[Server]:
    """Prism, for each contract, and once more with its log silenced; none where it is not there."""
    if not _PRISM.is_dir():
        return []
    made = []
    for contract in dict.fromkeys(request.contract for request in REQUESTS):
        file = folder / f"{contract}.json"
        file.write_text(json.dumps(exemplified(contract, answers)), encoding="utf-8")
        asked = tuple(request for request in REQUESTS if request.contract == contract)
        program = str(_PRISM / "dist" / "index.js")
        for name, silence in (("Prism", ()), ("Prism, silent", ("-v", "error"))):
            command = ("node", program, "mock", "--errors", *silence, "-m", "false", "-p")
            made.append(
                Server(name, command, (str(file),), "/", asked, has_prefix=False, warm_up=_COMPILED)
            )
    return made


def versions() -> Mapping[str, str]:
    """Of what is beside the Python packages."""
    package = _PRISM / "package.json"
    if not package.is_file():
        return {}
    return {"Prism": json.loads(package.read_text(encoding="utf-8"))["version"]}


def answers_of(server: Server) -> Answers:
    """What `server` answers to each request."""
    answers = {}
    with server.start() as process:
        for request in server.asked:
            headers = {**request.headers, "Content-Type": "application/json"}
            url = process.url(server.path(request))
            answer = requests.request(
                request.method, url, headers=headers, data=request.body, timeout=10
            )
            answer.raise_for_status()
            answers[request.name] = answer.json()
    return answers
