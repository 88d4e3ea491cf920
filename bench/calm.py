"""`Ran`: a whole run of the judge on a correct server: what it found, and how long it took."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

_CALM = ("holds", "not-applicable")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of `understudy verify` on its own stand-in; `number` tells those of one seed apart.

    `findings` are the laws that did not hold; equal `outcomes` are the same verdict on each law.
    """

    contract: str
    seed: int
    number: int
    code: int
    seconds: float
    findings: Sequence[str]
    outcomes: str


def runs(contracts: Sequence[str], seeds: int, again: int, file: Path) -> list[Ran]:
    """Runs with `seeds` seeds, and as many as `again` of the first; what `file` has is taken."""
    kept = {(r.contract, r.seed, r.number): r for r in _read(file)}
    wanted = [(name, seed, 0) for name in contracts for seed in range(1, seeds + 1)]
    wanted += [(name, 1, number) for name in contracts for number in range(1, again)]
    found: list[Ran] = []
    for place in wanted:
        if place not in kept:
            kept[place] = _run(*place)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(kept[place])) + "\n")
            sys.stderr.write(f"\r{len(found) + 1}/{len(wanted)} verify {place[0]:30}")
            sys.stderr.flush()
        found.append(kept[place])
    return found


def _read(file: Path) -> Iterator[Ran]:
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        yield Ran(**json.loads(line))


def _run(contract: str, seed: int, number: int) -> Ran:
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "understudy", "verify", contract, "--seed", str(seed)]
        began = time.perf_counter()
        done = subprocess.run(
            [*command, "--json", str(report)], cwd=folder, capture_output=True, check=False
        )
        seconds = time.perf_counter() - began
        results = json.loads(report.read_text(encoding="utf-8"))["results"]
    told = sorted(f"{r['law']} {r['operation']}: {r['outcome']}" for r in results)
    findings = [line for line in told if not line.endswith(_CALM)]
    digest = sha256("\n".join(told).encode()).hexdigest()
    return Ran(contract, seed, number, done.returncode, seconds, findings, digest)
