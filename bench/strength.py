"""`python -m bench.strength`: how much of what can be wrong the judge finds; `docs/strength.md`.

Every mutated contract and every catalogued fault is served by the stand-in and judged by the
original contract. Found is what shows a finding that the correct server does not show under any of
several seeds. Results are kept as they come, so that a run that was ended can be taken up again.
"""

import argparse
import json
import multiprocessing
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

from understudy.conformance.catalogue import laws
from understudy.specs.contract import NAMES, load

from . import equivalents, reasons
from .calm import runs
from .measure import ENOUGH, Measured, Task, measure
from .strength_report import Strength, page
from .wrong import correct, sampled, wrongs

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "strength.jsonl"
PAGE = ROOT / "docs" / "strength.md"
FOR_LAWS = 0.5
"""The part of the time that laws may take; the rest is for shape and stock."""
EQUIVALENTS = Path(__file__).with_name("equivalents.yaml")
REASONS = Path(__file__).with_name("reasons.yaml")


def main() -> int:
    """Measure and write the page; 1 when something that is not explained was not found."""
    options = _options()
    began = time.monotonic()
    every = [w for name in options.contracts for w in wrongs(load(name))]
    chosen = [
        w for w in sampled(every, options.sample) if not options.kind or w.kind in options.kind
    ]
    # So that a run which the time ends has seen some of everything.
    random.Random(1).shuffle(chosen)
    proofs = equivalents.read(EQUIVALENTS)
    kept = Kept(options.keep, is_resumed=options.resume or options.missed)
    if options.missed:
        kept.forget_missed()
    with ProcessPoolExecutor(
        options.workers, multiprocessing.get_context("spawn"), max_tasks_per_child=40
    ) as pool:
        run = Run(pool, kept, began + options.max_time * (FOR_LAWS if options.shape else 1))
        controls = [
            *run.all(_controls(options.contracts, options.seeds, of_shape=False)),
            *run.all(
                _controls(options.contracts, options.shape and options.shape_seeds, of_shape=True)
            ),
        ]
        known = _known(controls)
        run.all(Task(wrong, known=known[wrong.contract], enough=options.enough) for wrong in chosen)
        judged = [wrong for wrong in chosen if kept.get(wrong.key, 1)]
        missed = [
            w
            for w in judged
            if (m := kept.get(w.key, 1)) and not m.laws and not any(e.covers(w) for e in proofs)
        ]
        sample = sampled(judged, options.shape) if options.shape else []
        shaped = {w.key: w for w in [*sample, *missed]} if options.shape else {}
        Run(pool, kept, began + options.max_time).all(
            Task(wrong, with_laws=False, with_shape=True, known=known[wrong.contract])
            for wrong in shaped.values()
        )
    calm = runs(options.contracts, options.runs, options.again, options.keep.with_suffix(".runs"))
    strength = Strength(
        wrongs=every,
        measured={wrong.key: kept.both(wrong.key) for wrong in every},
        controls=controls,
        runs=calm,
        sample=frozenset(wrong.key for wrong in sample),
        equivalents=proofs,
        laws=frozenset(law.id for name in options.contracts for law in laws(load(name))),
        reasons=reasons.read(REASONS),
        seconds=time.monotonic() - began,
    )
    options.page.write_text(page(strength), encoding="utf-8")
    sys.stderr.write(f"{options.page}: {strength.summary}\n")
    return 1 if strength.unexplained or strength.unreasoned else 0


class Kept:
    """Results in a file of JSON lines, by what was wrong and how it was judged."""

    def __init__(self, file: Path, *, is_resumed: bool) -> None:
        self._file = file
        self._found: dict[tuple[str, int, bool], Measured] = {}
        file.parent.mkdir(parents=True, exist_ok=True)
        if not is_resumed:
            file.unlink(missing_ok=True)
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        for line in lines:
            data = json.loads(line)
            place = data.pop("seed"), data.pop("of_laws")
            measured = Measured(**data)
            self._found[measured.key, *place] = measured

    def get(self, key: str, seed: int, *, of_laws: bool = True) -> Measured | None:
        """What was measured."""
        return self._found.get((key, seed, of_laws))

    def both(self, key: str) -> Measured | None:
        """What laws found, and what shape did where it was asked."""
        laws, shape = self.get(key, 1), self.get(key, 1, of_laws=False)
        if laws is not None and shape is not None:
            laws.shape, laws.stock = shape.shape, shape.stock
        return laws

    def forget_missed(self) -> None:
        """Let what was not found, and the correct servers, be judged again."""
        again = {key for (key, _, of_laws), m in self._found.items() if of_laws and not m.laws}
        self._found = {place: m for place, m in self._found.items() if place[0] not in again}

    def put(self, task: Task, measured: Measured) -> None:
        """Keep, also on disk."""
        self._found[measured.key, task.seed, task.with_laws] = measured
        with self._file.open("a", encoding="utf-8") as file:
            place = {"seed": task.seed, "of_laws": task.with_laws}
            file.write(json.dumps({**measured.to_data(), **place}) + "\n")


class Run:
    """Measures in a pool until all is done or the time is up."""

    def __init__(self, pool: ProcessPoolExecutor, kept: Kept, deadline: float) -> None:
        self._pool = pool
        self._kept = kept
        self._deadline = deadline

    def all(self, tasks: Iterable[Task]) -> list[Measured]:
        """What the tasks measured, also earlier; those for which there was no time are left out."""
        every = list(tasks)
        open_ = [t for t in every if self._get(t) is None]
        queue, running = iter(open_), dict[Future[Measured], Task]()
        for done, task in enumerate(self._begun(queue, running, 3), 1):
            sys.stderr.write(f"\r{done}/{len(open_)} {task.wrong.key[:80]:80}")
            sys.stderr.flush()
        sys.stderr.write("\n" if open_ else "")
        return [measured for task in every if (measured := self._get(task)) is not None]

    def _get(self, task: Task) -> Measured | None:
        return self._kept.get(task.wrong.key, task.seed, of_laws=task.with_laws)

    def _begun(
        self, queue: Iterator[Task], running: dict[Future[Measured], Task], width: int
    ) -> Iterator[Task]:
        while True:
            while len(running) < width and time.monotonic() < self._deadline:
                task = next(queue, None)
                if task is None:
                    break
                running[self._pool.submit(measure, task)] = task
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                self._kept.put(task, future.result())
                yield task


def _controls(contracts: Sequence[str], seeds: int, *, of_shape: bool) -> list[Task]:
    """The correct servers, under several seeds."""
    return [
        Task(correct(name), seed, with_laws=not of_shape, with_shape=of_shape, every_law=True)
        for name in contracts
        for seed in range(1, seeds + 1)
    ]


def _known(controls: Iterable[Measured]) -> Mapping[str, frozenset[str]]:
    """What the correct servers show, by contract."""
    found: dict[str, set[str]] = {}
    for measured in controls:
        own = found.setdefault(measured.key.split()[0], set())
        own.update(measured.laws, measured.shape or (), measured.stock or ())
    return {name: frozenset(identities) for name, identities in found.items()}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.strength", description=__doc__)
    parser.add_argument("contracts", nargs="*", default=list(NAMES), metavar="CONTRACT")
    parser.add_argument("--sample", type=int, default=0, help="about so many; 0 is all")
    parser.add_argument(
        "--shape", type=int, default=150, help="so many for shape and stock; 0 is none"
    )
    parser.add_argument("--kind", action="append", help="only this class")
    parser.add_argument("--seeds", type=int, default=5, help="of the correct server")
    parser.add_argument("--shape-seeds", type=int, default=5, help="likewise, for the shape layer")
    parser.add_argument("--runs", type=int, default=20, help="whole runs, each with another seed")
    parser.add_argument("--again", type=int, default=10, help="whole runs with the same seed")
    parser.add_argument(
        "--enough",
        type=int,
        default=ENOUGH,
        help="kinds of laws that find it; with 1 nothing is known of laws alone",
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--max-time", type=float, default=2400, help="seconds")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where results are kept")
    parser.add_argument("--resume", action="store_true", help="go on where a run was ended")
    parser.add_argument("--missed", action="store_true", help="judge again what was not found")
    parser.add_argument("--page", type=Path, default=PAGE)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
