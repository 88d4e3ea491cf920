"""`Results`: all that `make bench` measures, and what of it was promised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .asked import SHARED, by_crowds
from .cost import Cost, Lives
from .load import Request
from .shared import FOUR, ONE, ROWS, Shared
from .store import KNOWN

OURS, FLOOR, PEER, SILENT = "Understudy", "Starlette", "Prism", "Prism, silent"
MANY = ("list", "create")
"""What is asked most, and so is promised most."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise: at least or at most `bound` of something, and what was measured.

    A floor is what `make bench-check` fails for.
    """

    what: str
    bound: float
    measured: float | None
    unit: str
    is_least: bool = True
    is_floor: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether it is kept; None where it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.bound if self.is_least else self.measured <= self.bound


@dataclass(frozen=True, slots=True)
class Results:
    """Figures by what they grow with; rows as in `bench.store`, starts by the document's form."""

    lives: Lives
    starts: Mapping[str, float]
    paths: Mapping[int, float]
    sandboxes: float
    rows: Mapping[int, Mapping[str, float]]
    begins: Mapping[str, float]
    shared: Shared


def floors(lives: Lives) -> Sequence[Claim]:
    """What must hold on any machine."""
    return [
        Claim(f"{name} beside {peer}", bound, lives.ratio(OURS, peer, name), "x", is_floor=True)
        for peer, bound in ((PEER, 2), (FLOOR, 0.25))
        for name in MANY
    ]


def claims(results: Results) -> Iterator[Claim]:
    """All that was promised."""
    lives = results.lives
    for name in MANY:
        yield Claim(f"{name} beside {PEER}", 3, lives.ratio(OURS, PEER, name), "x")
        yield Claim(f"{name} beside {FLOOR}", 0.35, lives.ratio(OURS, FLOOR, name), "x")
        yield Claim(f"{name} beside {SILENT}", 1, lives.ratio(OURS, SILENT, name), "x")
        ours, bare = (lives.cost(each, name, _p99) or 0 for each in (OURS, FLOOR))
        yield Claim(
            f"99th percentile of {name} beside {FLOOR}", 4, ours / bare, "x", is_least=False
        )
    for name in ("add", "five filters"):
        yield Claim(f"{name} beside {PEER}", 2, lives.ratio(OURS, PEER, name), "x")
    yield from floors(lives)
    yield from _of_rows(results.rows)
    last = results.paths[max(results.paths)]
    yield Claim("the last of 1,000 paths to the first", 1.15, last, "x", is_least=False)
    message = "a request in sandbox 1,000 to one in the first"
    yield Claim(message, 1.1, results.sandboxes, "x", is_least=False)
    memory = lives.life(OURS, lambda life: life.memory[1])
    yield Claim("memory after the load", 120, memory, "MB", is_least=False)
    start = lives.life(OURS, lambda life: life.began_with, min)
    yield Claim("start with four contracts", 0.8, start, "s", is_least=False)
    for form, bound in (("json", 2.0), ("yaml", 10.0)):
        what = f"start with 1,000 paths, {form.upper()}"
        yield Claim(what, bound, results.starts[form], "s", is_least=False)
    yield from claims_of_sharing(results.shared)


def claims_of_sharing(shared: Shared) -> Iterator[Claim]:
    """What was promised of many that serve from one database, on two cores with it and the load."""
    for request in SHARED:
        four, one = (_throughput(shared.lives, each, request) for each in (FOUR, ONE))
        yield Claim(f"{request.name}, {FOUR} to {ONE}", 1.5, four / one, "x")
    for name, took in shared.pages.items():
        what = f"{name} of {ROWS:,}, in the database"
        yield Claim(what, 5, took, "ms", is_least=False)


def _throughput(lives: Lives, server: str, request: Request) -> float:
    """Answers a second with as many clients as suit the server."""
    names = (each.name for each in by_crowds(request))
    return max(lives.cost(server, name, lambda cost: cost.rate, max) or 0 for name in names)


def _of_rows(rows: Mapping[int, Mapping[str, float]]) -> Iterator[Claim]:
    few, many = rows[min(rows)], rows[max(rows)]
    for name in ("page by id", "page by date", f"filter that {KNOWN} meet"):
        what = f"{name}, {max(rows):,} rows to {min(rows):,}"
        yield Claim(what, 2, many[name] / few[name], "x", is_least=False)
    ratio = many["insert"] / few["insert"]
    yield Claim(f"insert, {max(rows):,} rows to {min(rows):,}", 3, ratio, "x", is_least=False)
    half = many["filter that half meet"] / 1000
    yield Claim(f"filter that half of {max(rows):,} rows meet", 30, half, "ms", is_least=False)
    weight = max(figures["bytes a document"] for figures in rows.values())
    yield Claim("a stored session", 4096, weight, "bytes", is_least=False)


def _p99(cost: Cost) -> float:
    return cost.seen.p99
