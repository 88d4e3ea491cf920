"""`python -m bench`: what a request costs beside bare Starlette and Prism; `docs/performance.md`.

With `--check` only what must hold on any machine is measured; exit 1 where it does not. With
`--shared` only what it costs to share is measured, and printed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from . import growth, store
from .cost import Life, Lives, lived
from .report import report, report_of_sharing
from .results import Results, floors
from .servers import Server, answers_of, bare, prisms, stand_in, versions
from .shared import shared

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
ROWS = (100, 1_000, 10_000, 100_000)


def main() -> int:
    """Measure the servers in turns, A B C A B C, so that a machine that slows down slows all."""
    options = _options()
    if options.shared:
        print(report_of_sharing(shared(options.rounds, options.slices)))
        return 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        lives = Lives(_lives(_servers(folder), options))
        if options.check:
            return _check(lives)
        results = Results(
            lives,
            starts=growth.starts(folder),
            paths=growth.over_paths(folder, options.slices),
            sandboxes=growth.over_sandboxes(options.slices),
            rows={rows: store.measured(rows) for rows in ROWS},
            begins=store.begins(),
            shared=shared(options.rounds, options.slices),
        )
    method = (
        f"{options.rounds} rounds, in each of which all are started, and take turns with each"
        f" request for {options.slices} slices of a second."
    )
    page = report(results, versions(), method)
    PAGE.write_text(page, encoding="utf-8")
    print(page)
    return 0


def _servers(folder: Path) -> Sequence[Server]:
    ours = stand_in()
    answers = answers_of(ours)
    file = folder / "answers.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    peers = prisms(answers, folder)
    if not peers:
        print("Prism is not there, and not measured: `make bench-peers` installs it", flush=True)
    return [ours, bare(file), *peers]


def _lives(servers: Sequence[Server], options: argparse.Namespace) -> Iterator[Life]:
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", flush=True)
        yield from lived(servers, options.slices)


def _check(lives: Lives) -> int:
    """Print the floors, and say whether all are held."""
    failed = False
    for claim in floors(lives):
        told = "not measured" if claim.measured is None else f"{claim.measured:.2f}"
        print(f"{claim.what}: {told}, at least {claim.bound:g}")
        failed = failed or claim.holds is not True
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slices", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
