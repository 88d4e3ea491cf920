"""The same verdict again: by the same seed, in another order, and on what an earlier run left."""

import pytest

from understudy.conformance.stand_in import CLOCK, stand_in
from understudy.specs.contract import NAMES, load

from ..stand import Stand
from .judging import found, judge, outcomes

pytestmark = pytest.mark.whole


@pytest.mark.parametrize("name", NAMES)
def test_every_law_holds_for_the_stand_in_and_says_something(name: str) -> None:
    """On at least three distinct inputs each; again, and in another order, it says the same.

    The clock of the stand-in runs, and nothing is reset between the two runs.
    """
    contract = load(name)
    with stand_in(name, ["--validate-responses", "fail"]) as url:
        first = judge(contract, url, clock=CLOCK, uphold_rulings=True)
        again = judge(contract, url, clock=CLOCK, uphold_rulings=True, shuffled=7)
    assert found(first) == {}
    assert {r.law: r.fired for r in first if r.fired < 3} == {}
    assert outcomes(first) == outcomes(again)


def test_the_same_seed_is_the_same_run(nexudus: Stand) -> None:
    """After a reset each law says the same of as many inputs."""
    runs = []
    for _ in range(2):
        nexudus.reset()
        results = judge(nexudus.contract, nexudus.url, seed=5, uphold_rulings=True)
        runs.append([(r.law, r.outcome, r.fired, r.reason) for r in results])
    assert runs[0] == runs[1]
