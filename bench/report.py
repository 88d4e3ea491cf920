"""Writes `docs/performance.md`."""

import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from .asked import SHARED, WHAT, by_crowds
from .cost import Choice, Cost
from .load import CONNECTIONS
from .results import FLOOR, OURS, PEER, Claim, Results, claims, claims_of_sharing
from .shared import ROWS, Shared

_PACKAGES = ("uvicorn", "uvloop", "httptools", "starlette", "connexion", "orjson", "jsonschema-rs")

_METHOD = f"""\
Each server in turn has one core, the load another: wrk with {CONNECTIONS} connections.
{{method}}
The stand-in serves its four contracts as `serve` does by itself: requests and answers validated,
journal on. {PEER} runs with `--errors`, on the contract whose examples are the stand-in's own
answers, so that all answers are equally long; silent is its log. {FLOOR} is bare, with orjson and
uvicorn's fast loop, and gives the same answers without contract or state. Microseconds, and the
seconds of a start, are those of the processor, user and system, of all processes of a server. Of
them the least is told, and of answers a second the most: the machine is not alone, and what else it
does makes all dearer and nothing cheaper. Other figures are medians. {PEER} is warmed up by eight
seconds of the processor for each request, the others by one."""

_SHARING = """\
The same stand-in with its state in PostgreSQL 18, beside one in memory; whoever writes waits for
the disk. Here the stand-in, PostgreSQL and wrk share all cores, and slices take two seconds.
What waits in one worker is kept together; of the workers, one at a time writes to a contract in a
sandbox. What is promised of workers is promised of the most answers a second, with few clients or
many. Megabytes are those of the stand-in alone."""


def report(results: Results, peers: Mapping[str, str], method: str) -> str:
    """The whole page."""
    lines = ["# What it costs", ""]
    lines += ["Written by `make bench`; `make bench-check` fails where a floor is not held.", ""]
    lines += [*_method(peers, method), ""]
    lines += ["## What is promised", "", *_promises(claims(results)), ""]
    lines += ["## Requests", "", *_requests(results), ""]
    lines += ["## Start-up and memory", "", *_lives(results), ""]
    lines += ["## Growth", "", *_growth(results), ""]
    lines += ["## Shared", "", *_shared(results.shared)]
    return "\n".join(lines).rstrip() + "\n"


def report_of_sharing(shared: Shared) -> str:
    """The one section, and what is promised of it."""
    lines = [*_promises(claims_of_sharing(shared)), "", "## Shared", "", *_shared(shared)]
    return "\n".join(lines) + "\n"


def _method(peers: Mapping[str, str], method: str) -> Iterator[str]:
    used = {"Python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
    told = ", ".join(f"{name} {number}" for name, number in (used | dict(peers)).items())
    yield f"On {_machine()}. {told}."
    yield ""
    yield _METHOD.format(method=method)


def _promises(claims: Iterable[Claim]) -> Iterator[str]:
    rows = []
    for claim in claims:
        bound = f"{'≥' if claim.is_least else '≤'} {claim.bound:g} {claim.unit}"
        measured = "" if claim.measured is None else f"{claim.measured:.2f} {claim.unit}"
        held = {True: "yes", False: "**no**", None: "not measured"}[claim.holds]
        rows.append([claim.what, "floor" if claim.is_floor else "", bound, measured, held])
    yield from _table(("what", "", "promised", "measured", "holds"), rows)


def _requests(results: Results) -> Iterator[str]:
    lives = results.lives
    rows = []
    for name, what in WHAT.items():
        for server in lives.names:
            cpu = lives.cpu(server, name)
            if cpu is None:
                continue
            seen = [
                lives.cost(server, name, lambda cost: cost.seen.p50) or 0,
                lives.cost(server, name, lambda cost: cost.seen.p99) or 0,
                lives.cost(server, name, lambda cost: cost.rate, max) or 0,
            ]
            ratios = [lives.ratio(server, to, name) for to in (FLOOR, PEER)]
            told = ["" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
            p50, p99, rate = seen
            rows.append(
                [what, server, f"{cpu:.0f}", *told, f"{p50:.1f}", f"{p99:.1f}", f"{rate:.0f}"]
            )
            what = ""
    names = ("request", "server", "µs", f"x {FLOOR}", f"x {PEER}", "p50 ms", "p99 ms", "per s")
    yield from _table(names, rows)


def _lives(results: Results) -> Iterator[str]:
    lives = results.lives
    rows = [
        [
            name,
            f"{lives.life(name, lambda life: life.started_in, min):.2f}",
            f"{lives.life(name, lambda life: life.began_with, min):.2f}",
            f"{lives.life(name, lambda life: life.memory[0]):.0f}",
            f"{lives.life(name, lambda life: life.memory[1]):.0f}",
        ]
        for name in lives.names
    ]
    for form, seconds in results.starts.items():
        rows.append([f"{OURS}, 1,000 paths as {form.upper()}", "", f"{seconds:.2f}", "", ""])
    names = (
        "server",
        "s to the first answer",
        "s of the processor",
        "MB then",
        "MB after the load",
    )
    yield from _table(names, rows)


def _growth(results: Results) -> Iterator[str]:
    sizes = sorted(results.rows)
    yield from ("Over stored rows, microseconds of the store alone:", "")
    rows = [
        [name, *(f"{results.rows[size][name]:.1f}" for size in sizes)]
        for name in results.rows[sizes[0]]
    ]
    yield from _table(("work", *(f"{size:,} rows" for size in sizes)), rows)
    yield from ("", "Over paths, a request to the last of them beside one to the first:", "")
    counts = sorted(results.paths)
    ratios = [[f"{results.paths[count]:.2f}" for count in counts]]
    yield from _table([f"{count:,} paths" for count in counts], ratios)
    yield ""
    begins = ", ".join(f"{name} {figure:.0f}" for name, figure in results.begins.items())
    told = f"{results.sandboxes:.2f}. To begin in a new one takes, in microseconds: {begins}."
    yield f"Over sandboxes, a request in the last of 1,000 beside one in the first: {told}"


def _shared(shared: Shared) -> Iterator[str]:
    yield _SHARING
    yield ""
    lives = shared.lives
    figures: Sequence[tuple[str, str, Callable[[Cost], float], Choice]] = (
        ("per s", ".0f", lambda cost: cost.rate, max),
        ("µs", ".0f", lambda cost: cost.cpu, min),
        ("µs of PostgreSQL", ".0f", lambda cost: cost.beside, min),
        ("p50 ms", ".1f", lambda cost: cost.seen.p50, median),
        ("p99 ms", ".1f", lambda cost: cost.seen.p99, median),
    )
    rows = []
    for request in SHARED:
        what = WHAT[request.name]
        for asked in by_crowds(request):
            for server in lives.names:
                told = [
                    format(lives.cost(server, asked.name, figure, of) or 0, form)
                    for _, form, figure, of in figures
                ]
                rows.append([what, asked.clients, server, *told])
                what = ""
    yield from _table(("request", "clients", "kept", *(name for name, *_ in figures)), rows)
    yield ""
    rows = [
        [
            name,
            f"{lives.life(name, lambda life: life.memory[0]):.0f}",
            f"{lives.life(name, lambda life: life.memory[1]):.0f}",
        ]
        for name in lives.names
    ]
    yield from _table(("kept", "MB at the begin", "MB after the load"), rows)
    yield ""
    sessions = f"{ROWS:,} sessions stored, and the indexes made that such a page asks for"
    yield from (f"The database plans and executes, with {sessions}:", "")
    yield from _table(
        ("work", "ms"), [[name, f"{took:.2f}"] for name, took in shared.pages.items()]
    )


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def _machine() -> str:
    """What the processor calls itself, and how many there are."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if sys.platform == "linux" else ""
    models = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    model = models[0] if models else platform.machine()
    kernel = platform.release().partition("-")[0]
    return f"{len(models) or 1} cores of {model}, {platform.system()} {kernel}"
