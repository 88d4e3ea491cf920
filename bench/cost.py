"""`Cost`: what a request costs a server, as measured in rounds and in slices of a second.

Whatever else a machine does makes all dearer and nothing cheaper, and often for seconds: what a
request costs is therefore the least of many slices, and servers that are compared take turns.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from .load import Load, Request, load
from .process import Process, Tree
from .servers import Server

Choice = Callable[[Sequence[float]], float]
"""Which of many figures is told."""
SLICE = 1.0
"""Seconds."""
_MOMENT, _PATIENCE = 0.1, 5.0
"""Seconds in which who does not work uses none of the processor, and that are waited for it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One run of one request: microseconds of the processor for each, and what the client saw.

    `beside` are those of what the server needs beside it.
    """

    cpu: float
    seen: Load
    beside: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.seen.answers / self.seen.seconds


@dataclass(frozen=True, slots=True)
class Life:
    """One life of one server: seconds to begin, MB before and after its load, what it was asked.

    `costs` has for each request those of its slices.
    """

    server: Server
    started_in: float
    began_with: float
    memory: tuple[float, float]
    costs: Mapping[str, Sequence[Cost]]


def cost(
    process: Process, path: str, request: Request, seconds: float, beside: Tree | None = None
) -> Cost:
    """What `request` costs at `path` while it is sent for so long."""
    trees = [process.tree, *([beside] if beside else [])]
    before = [tree.cpu() for tree in trees]
    seen = load(process.url(path), request, seconds, process.cores.load)
    took = [1e6 * (tree.cpu() - was) for tree, was in zip(trees, before, strict=True)]
    # Where the disk stands still there may be no answer at all.
    cpu, other = (sum(each) / max(1, seen.answers) for each in (took[:1], took[1:]))
    return Cost(cpu, seen, other)


class _Living:
    """A server that has been started, and what it has been asked so far."""

    def __init__(self, server: Server, process: Process) -> None:
        self._server = server
        self._process = process
        self._begun_with = process.memory()
        self._costs: dict[str, list[Cost]] = {}

    def takes(self, request: Request) -> bool:
        """Whether it can be asked this."""
        return request in self._server.asked

    def begin(self, request: Request) -> None:
        """Send it until so much of the processor was used: on a busy machine that takes longer."""
        process, self._costs[request.name] = self._process, []
        until = process.cpu() + self._server.warm_up
        while process.cpu() < until:
            load(process.url(self._server.path(request)), request, 1, process.cores.load)

    def ask(self, request: Request, seconds: float) -> None:
        """Send it for a slice."""
        path, beside = self._server.path(request), self._server.beside
        self._costs[request.name].append(cost(self._process, path, request, seconds, beside))

    def cpu(self) -> float:
        """Seconds of the processor so far, with those of what it needs beside it."""
        beside = self._server.beside
        return self._process.cpu() + (beside.cpu() if beside else 0.0)

    def life(self) -> Life:
        """What came of it."""
        process, memory = self._process, (self._begun_with, self._process.memory())
        return Life(self._server, process.started_in, process.began_with, memory, self._costs)


def lived(servers: Sequence[Server], slices: int, seconds: float = SLICE) -> Sequence[Life]:
    """Start them, send each request for so many slices, to one after the other; end them."""
    with ExitStack() as stack:
        living = [_Living(each, stack.enter_context(each.start())) for each in servers]
        requests = {request.name: request for each in servers for request in each.asked}
        for request in requests.values():
            asked = [one for one in living if one.takes(request)]
            for one in asked:
                one.begin(request)
            for _ in range(slices):
                for one in asked:
                    _settle(living)
                    one.ask(request, seconds)
        return [one.life() for one in living]


def _settle(living: Sequence[_Living]) -> None:
    """Wait until none works any more: Prism does so for a while after its last answer."""
    until = time.monotonic() + _PATIENCE
    before = -1.0
    while (now := sum(one.cpu() for one in living)) > before and time.monotonic() < until:
        before = now
        time.sleep(_MOMENT)  # no event tells that a process has nothing more to do


class Lives:
    """All that was lived, by the server's name."""

    def __init__(self, lives: Iterable[Life]) -> None:
        self._lives = list(lives)
        self.names: Sequence[str] = list(dict.fromkeys(each.server.name for each in self._lives))

    def cost(
        self, name: str, request: str, figure: Callable[[Cost], float], of: Choice = median
    ) -> float | None:
        """One figure `of` all slices, by default the median; None where it was not asked."""
        found = [
            figure(cost)
            for each in self._lives
            if each.server.name == name
            for cost in each.costs.get(request, ())
        ]
        return of(found) if found else None

    def life(self, name: str, figure: Callable[[Life], float], of: Choice = median) -> float:
        """One figure `of` the lives of a server."""
        return of([figure(each) for each in self._lives if each.server.name == name])

    def cpu(self, name: str, request: str) -> float | None:
        """The least microseconds that it took."""
        return self.cost(name, request, lambda cost: cost.cpu, min)

    def ratio(self, name: str, to: str, request: str) -> float | None:
        """How many requests `name` answers in the time of the processor that `to` takes for one."""
        ours, theirs = (self.cpu(each, request) for each in (name, to))
        return None if ours is None or theirs is None else theirs / ours
