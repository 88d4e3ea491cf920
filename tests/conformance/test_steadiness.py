"""The same verdict again: by the same seed, in another order, and on what an earlier run left."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy.specs.contract import NAMES, load

from ..process import Process
from ..stand import Stand
from .judging import found, judge, outcomes

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The stand-in as users have it: its clock runs."""
    folder: Path = tmp_path_factory.mktemp("served")
    with Process([sys.executable, "-m", "understudy"], folder) as process:
        yield process


@pytest.mark.parametrize("name", NAMES)
def test_every_law_holds_for_the_stand_in_and_says_something(name: str, server: Process) -> None:
    """On at least three distinct inputs each; again, and in another order, it says the same.

    Nothing is reset between the two runs.
    """
    contract = load(name)
    first = judge(contract, server.urls[name], uphold_rulings=True)
    assert found(first) == {}
    assert {r.law: r.fired for r in first if r.fired < 3} == {}
    again = judge(contract, server.urls[name], uphold_rulings=True, shuffled=7)
    assert outcomes(first) == outcomes(again)


def test_the_same_seed_is_the_same_run(nexudus: Stand) -> None:
    """After a reset each law says the same of as many inputs."""
    runs = []
    for _ in range(2):
        nexudus.reset()
        results = judge(nexudus.contract, nexudus.url, seed=5, uphold_rulings=True)
        runs.append([(r.law, r.outcome, r.fired, r.reason) for r in results])
    assert runs[0] == runs[1]
