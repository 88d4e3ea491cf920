"""`python -m bench.soak`: what must hold under load and over time; exit 1 when something does not.

Everything is sent to loopback, is bounded, and stops by itself.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from understudy.specs.contract import NAMES

from ..postgres import Postgres
from .connections import Plan, borne
from .judged import judged
from .killed import soak
from .machines import machines
from .malformed import malformed
from .memory import GROWTH, grown, remembered
from .outages import outages
from .sandboxes import crowd
from .server import served

_ROOM = 100
"""MB that a thousand connections and bodies that are too long may take together."""
_WORLD = 20
"""MB that one sandbox may take: its journal at its longest, and its documents."""
Told = list[str]
"""What went wrong in one part; nothing when all is well."""


def main() -> int:
    """Run the parts that were asked for, all of them by default."""
    options = _options()
    failed = False
    for name in options.parts or PARTS:
        wrong = PARTS[name](options)
        failed = failed or bool(wrong)
        for line in wrong[:10]:
            print(f"  {line}")
        print(f"{name}: {f'{len(wrong)} wrong' if wrong else 'as it should be'}", flush=True)
    return 1 if failed else 0


def _sandboxes(options: argparse.Namespace) -> Told:
    with served() as server:
        before = server.memory()
        end = time.monotonic() + options.seconds
        came = crowd(server.port, options.clients, lambda _: time.monotonic() < end)
        after = server.memory()
    print(
        f"{came.clients} clients in as many sandboxes: {came.asked} requests in "
        f"{came.seconds:.0f} s; {before:.0f} MB before, {after:.0f} MB after"
    )
    if after > before + _WORLD * came.clients:
        return [*came.wrong, f"memory grew from {before:.0f} MB to {after:.0f} MB"]
    return list(came.wrong)


def _malformed(options: argparse.Namespace) -> Told:
    with TemporaryDirectory() as folder:
        store = Path(folder) / "inside" / "state.json"
        store.parent.mkdir()
        with served(["--store", str(store)]) as server:
            came = malformed(server.port, options.count)
        beside = [
            str(each) for each in Path(folder).rglob("*") if each not in (store, store.parent)
        ]
    told = ", ".join(f"{n} of {status}" for status, n in sorted(came.statuses.items()))
    print(f"{options.count} malformed requests: {told}")
    return [*came.wrong, *(f"{each} was written beside the store" for each in beside)]


def _killed(options: argparse.Namespace) -> Told:
    return soak(options.rounds, seed=1, clients=4)


def _memory(options: argparse.Namespace) -> Told:
    taken = remembered(options.flat)
    told = ", ".join(f"{each:.0f}" for each in taken)
    print(f"MB after each of {len(taken)} slices of the load: {told}")
    if (ratio := grown(taken)) > GROWTH:
        return [f"memory grows: the last third took {ratio:.2f} times as much as the one before"]
    return []


def _connections(options: argparse.Namespace) -> Told:
    with served() as server:
        before = server.memory()
        came = borne(server.port, Plan(many=options.connections))
        most = server.most_memory()
    for name, statuses in came.statuses.items():
        told = ", ".join(f"{n} of {status}" for status, n in sorted(statuses.items()))
        print(f"{name}: {told}")
    print(
        f"a bystander was answered {came.asked} times meanwhile, and waited for"
        f" {1000 * came.longest:.0f} ms at most; {before:.0f} MB before, {most:.0f} MB at most"
    )
    if most > before + _ROOM:
        came.wrong.append(f"memory grew from {before:.0f} MB to {most:.0f} MB")
    return came.wrong


def _shared(options: argparse.Namespace) -> Told:
    came = outages(options.outages)
    answers = ", ".join(f"{n} of {status or 'none'}" for status, n in sorted(came.statuses.items()))
    worst = max(came.back, default=0)
    print(
        f"{options.outages} outages of the database, and workers killed before each: {came.kept}"
        f" writes acknowledged; answers: {answers}; served again {worst:.2f} s after it at most"
    )
    return list(came.wrong)


def _judged(_: argparse.Namespace) -> Told:
    with Postgres() as postgres, machines(postgres.url) as servers:
        return [told for name in NAMES for told in judged([s.port for s in servers], name)]


PARTS: Mapping[str, Callable[[argparse.Namespace], Told]] = {
    "sandboxes": _sandboxes,
    "malformed": _malformed,
    "killed": _killed,
    "shared": _shared,
    "judged": _judged,
    "connections": _connections,
    "memory": _memory,
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60, help="of each part that has no end")
    parser.add_argument("--flat", type=float, default=600, help="seconds that memory must hold")
    parser.add_argument("--count", type=int, default=10_000, help="of malformed requests")
    parser.add_argument("--connections", type=int, default=1_000, help="at once")
    parser.add_argument("--outages", type=int, default=8, help="of a database that is shared")
    parser.add_argument("--rounds", type=int, default=200, help="of killing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
