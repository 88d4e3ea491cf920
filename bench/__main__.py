"""`python -m bench`: what a request costs, beside bare Starlette with the same answers.

Compare the processor time per request, and its ratio: they hold on a busy machine as well.
"""

import json
import socket
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from rich.console import Console
from rich.table import Table

from .bare import PATH
from .load import Request, load, request
from .process import Process

ROUNDS = 3
COUNT = 8_000
SECONDS = 4.0
WARM_UP = 500

BEARER = {"Authorization": "Bearer nexudus-admin"}
QUERY = "?page=1&size=25&orderBy=Id&dir=1"
BODY = {"BusinessId": 7, "SessionId": "bench", "JsonContents": '{"Items": []}'}
REQUESTS = (
    request("list", "GET", PATH + QUERY, BEARER),
    request("create", "POST", PATH, BEARER, json.dumps(BODY)),
)


@dataclass(frozen=True, slots=True)
class Server:
    """How a server is started and when it is ready; `command` is all but its port."""

    name: str
    command: tuple[str, ...]
    after_port: tuple[str, ...]
    ready: str

    def start(self) -> Process:
        """One more of it, on a free port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return Process([*self.command, str(port), *self.after_port], port, self.ready)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of one request took: microseconds of processor, milliseconds of waiting."""

    cpu: float
    p50: float
    p99: float
    rate: float
    answers: int


@dataclass(frozen=True, slots=True)
class Round:
    """One life of one server."""

    started_in: float
    memory: tuple[float, float]
    costs: Mapping[str, Cost]


Rounds = Mapping[str, Sequence[Round]]


def servers(answers: Path) -> tuple[Server, Server]:
    """The stand-in as `serve` starts it, but strict; and the floor."""
    python = (sys.executable, "-m")
    serve = (*python, "understudy", "serve", "--validate-responses", "fail", "--port")
    return (
        Server("understudy", serve, (), "/_understudy/health"),
        Server("Starlette", (*python, "bench.bare"), (str(answers),), PATH),
    )


def save_answers(server: Server, file: Path) -> None:
    """The answers of the stand-in, for the other to give."""
    with server.start() as process:
        url = f"http://127.0.0.1:{process.port}{PATH}"
        answers = {
            "list": requests.get(url + QUERY, headers=BEARER, timeout=10).json(),
            "create": requests.post(url, headers=BEARER, json=BODY, timeout=10).json(),
        }
    file.write_text(json.dumps(answers))


def measure(server: Server) -> Round:
    """Start it, send each request many times, end it."""
    with server.start() as process:
        begun_with = process.memory()
        costs = {each.name: cost(process, each) for each in REQUESTS}
        return Round(process.started_in, (begun_with, process.memory()), costs)


def cost(process: Process, sent: Request) -> Cost:
    """What one request costs, warmed up."""
    load(process.port, sent, WARM_UP, SECONDS)
    before = process.cpu()
    latencies = load(process.port, sent, COUNT, SECONDS)
    answered = len(latencies.sorted)
    return Cost(
        cpu=1e6 * (process.cpu() - before) / answered,
        p50=latencies.percentile(0.5),
        p99=latencies.percentile(0.99),
        rate=answered / latencies.seconds,
        answers=answered,
    )


def tables(rounds: Rounds) -> tuple[Table, Table]:
    """Medians over the rounds: requests, and what each server needs to live."""
    ours, floor = rounds
    costs = Table(title=f"one process, 16 connections, medians of {ROUNDS} rounds")
    for column in ("request", "server"):
        costs.add_column(column, no_wrap=True)
    for column in ("CPU µs", "x bare", "p50 ms", "p99 ms", "req/s", "answers"):
        costs.add_column(column, justify="right")
    for sent in REQUESTS:
        for name in rounds:
            ratio = median(name, rounds, sent, "cpu") / median(floor, rounds, sent, "cpu")
            costs.add_row(
                sent.name,
                name,
                f"{median(name, rounds, sent, 'cpu'):.0f}",
                f"{ratio:.2f}" if name == ours else "",
                f"{median(name, rounds, sent, 'p50'):.2f}",
                f"{median(name, rounds, sent, 'p99'):.2f}",
                f"{median(name, rounds, sent, 'rate'):.0f}",
                f"{median(name, rounds, sent, 'answers'):.0f}",
            )
    lives = Table(title="start-up and memory")
    for column in ("server", "start-up s", "MB at first", "MB after"):
        lives.add_column(column, justify="left" if column == "server" else "right")
    for name, lived in rounds.items():
        lives.add_row(
            name,
            f"{statistics.median(each.started_in for each in lived):.2f}",
            f"{statistics.median(each.memory[0] for each in lived):.0f}",
            f"{statistics.median(each.memory[1] for each in lived):.0f}",
        )
    return costs, lives


def median(server: str, rounds: Rounds, sent: Request, figure: str) -> float:
    """The median of one figure over the rounds of one server."""
    figures: list[float] = [getattr(each.costs[sent.name], figure) for each in rounds[server]]
    return statistics.median(figures)


def main() -> None:
    """Measure in turns, A B A B, so that a machine that slows down slows both."""
    console = Console()
    with TemporaryDirectory() as folder:
        both = servers(Path(folder) / "answers.json")
        save_answers(both[0], Path(folder) / "answers.json")
        rounds: dict[str, list[Round]] = {server.name: [] for server in both}
        for number in range(ROUNDS):
            for server in both:
                console.print(f"round {number + 1} of {ROUNDS}: {server.name}", style="dim")
                rounds[server.name].append(measure(server))
    for table in tables(rounds):
        console.print(table)


if __name__ == "__main__":
    main()
