"""`Cost`: what a request costs a server, as measured in rounds and in slices of a second.

Whatever else a machine does makes all dearer and nothing cheaper, and often for seconds: what a
request costs is therefore the least of many slices.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .load import Load, Request, load
from .process import Process, Tree
from .servers import Server

Choice = Callable[[Sequence[float]], float]
"""Which of many figures is told."""
SLICE = 1.0
"""Seconds."""


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
    cpu, other = (sum(each) / seen.answers for each in (took[:1], took[1:]))
    return Cost(cpu, seen, other)


def lived(server: Server, slices: int) -> Life:
    """Start it, send each request for so many slices, end it."""
    with server.start() as process:
        begun_with = process.memory()
        costs = {}
        for request in server.asked:
            path = server.path(request)
            _warm_up(process, path, request, server.warm_up)
            costs[request.name] = [
                cost(process, path, request, SLICE, server.beside) for _ in range(slices)
            ]
        memory = (begun_with, process.memory())
        return Life(server, process.started_in, process.began_with, memory, costs)


def _warm_up(process: Process, path: str, request: Request, seconds: float) -> None:
    """Send it until so much of the processor was used: on a busy machine that takes longer."""
    until = process.cpu() + seconds
    while process.cpu() < until:
        load(process.url(path), request, 1, process.cores.load)


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
