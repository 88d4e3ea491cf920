"""`Wrong`: one server that is not as the contract says, a mutant's or one with a fault."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from understudy.server.faults.catalogue import catalogue
from understudy.specs.contract import Contract, load
from understudy.specs.mutate import mutants

from .forked import forked


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a server: `sort` is mutant or fault, `kind` the class to count it under.

    `place` is what a mutant changes, or the sentence of a fault. Without a name nothing is wrong.
    """

    contract: str
    sort: str
    kind: str
    name: str
    place: str
    operations: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What results are kept under."""
        return f"{self.contract} {self.sort} {self.name}"


def correct(contract: str) -> Wrong:
    """A server with which nothing is wrong."""
    return Wrong(contract, "none", "none", "", "")


def wrongs(contract: Contract) -> list[Wrong]:
    """Every mutant and every fault of a contract."""
    mutated = [
        Wrong(contract.name, "mutant", m.kind, m.name, m.pointer, tuple(sorted(m.operations)))
        for m in mutants(contract)
    ]
    faulty = [
        Wrong(contract.name, "fault", fault.kind, fault.name, fault.sentence)
        for fault in catalogue().values()
        if fault.contract == contract.name
    ]
    return [*mutated, *faulty]


def sampled(every: Sequence[Wrong], count: int, seed: int = 1) -> list[Wrong]:
    """About `count` of them, some of each class and contract, the same each time."""
    if not 0 < count < len(every):
        return list(every)

    def group(wrong: Wrong) -> tuple[str, str, str]:
        return wrong.contract, wrong.sort, wrong.kind

    chance, found = random.Random(seed), []
    for _, members in groupby(sorted(every, key=group), key=group):
        own = list(members)
        share = max(1, round(len(own) * count / len(every)))
        found += chance.sample(own, min(share, len(own)))
    return found


@cache
def _documents(contract: str) -> Mapping[str, Mapping[str, Any]]:
    """The documents of all mutants, by name."""
    return {mutant.name: mutant.document for mutant in mutants(load(contract))}


@contextmanager
def served(wrong: Wrong) -> Iterator[str]:
    """The URL of a stand-in that is wrong so, until the block is left."""
    options = ["--validate-responses", "off"]
    if wrong.sort != "mutant":
        faults = ["--fault", wrong.name] if wrong.name else []
        with forked(wrong.contract, [*options, *faults]) as url:
            yield url
        return
    document = _documents(wrong.contract)[wrong.name]
    with TemporaryDirectory() as folder:
        # The name of the file is the contract's, so that its fixtures and handlers are found.
        file = Path(folder) / f"{wrong.contract}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        with forked(str(file), [*options, "--allow-mutant"]) as url:
            yield url
