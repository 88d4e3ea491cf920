"""The small form of what `make soak` does to machines that share a database."""

from collections.abc import Sequence

import pytest

from bench.soak.judged import judged
from bench.soak.outages import outages

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(
    ("contract", "laws"),
    [
        ("nexudus", ("records.envelope", "paging.no-duplicates")),
        ("limio", ("subscription.locked", "paging.no-duplicates")),
        ("akinon", ("basket.model",)),
        ("zenskar", ("once.same", "paging.no-duplicates")),
    ],
)
def test_the_judge_finds_nothing_whichever_worker_answers(
    ports: Sequence[int], contract: str, laws: Sequence[str]
) -> None:
    """Each of its requests goes to any of eight."""
    options = [part for law in laws for part in ("--select", law)]
    assert judged(ports, contract, *options) == []


def test_no_acknowledged_write_is_lost_when_workers_and_the_database_are_killed() -> None:
    """Nor is any there twice; and somebody is served again at once."""
    came = outages(1)
    assert came.wrong == ()
    assert came.kept > 0
    assert came.statuses[503] > 0
