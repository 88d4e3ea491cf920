"""Results cross from the process that judges to the one that reports, and arrive as they were."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from understudy.conformance.collector import Collector
from understudy.conformance.outcome import Result
from understudy.conformance.plugin import LOST, PROPERTY, REACHED
from understudy.conformance.record import from_data, to_data

from .results import NASTY, exchange, one_of_each, result

RESULTS = [
    *one_of_each(NASTY),
    result("violates", trail=(exchange(set_cookies=("a=b", "c=d"), sent_body=None),) * 2),
    result("violates", trail=(exchange(text="no JSON", data=None),)),
]


@pytest.mark.parametrize("before", RESULTS, ids=lambda r: r.outcome)
def test_a_result_survives_being_written_down(before: Result) -> None:
    """As JSON, which is what crosses between processes."""
    after = from_data(json.loads(json.dumps(to_data(before))))
    assert after == before
    assert [e.data for e in after.trail] == [
        e.data for e in before.trail
    ] or before.message == NASTY


def _report(*properties: tuple[str, Any], **members: Any) -> pytest.TestReport:
    plain = {"when": "call", "failed": False, "nodeid": "a[b c]", "longrepr": "", **members}
    return cast("pytest.TestReport", SimpleNamespace(user_properties=properties, **plain))


def test_a_collector_takes_what_tests_recorded() -> None:
    """Results, the statuses that were reached, and what became of the subject."""
    told: list[tuple[int, int, str]] = []
    collector = Collector(lambda *step: told.append(step))
    collector.pytest_xdist_node_collection_finished(["a", "b"])
    properties = [(PROPERTY, to_data(each)) for each in RESULTS]
    collector.pytest_runtest_logreport(_report(*properties, (REACHED, ["op", 200])))
    collector.pytest_runtest_logreport(_report((REACHED, ["op", 404]), (LOST, "gone")))
    assert collector.results == RESULTS
    assert (collector.reached, collector.lost, collector.errors) == ({"op": {200, 404}}, "gone", [])
    assert told == [(1, 2, "b c"), (2, 2, "b c")]


def test_a_failure_without_a_result_is_an_error_of_the_run() -> None:
    """A law that broke is not one that holds; a law that was broken is no error."""
    collector = Collector(None)
    broken = {"failed": True, "longrepr": "Traceback\nValueError: it broke\n"}
    collector.pytest_runtest_logreport(_report(**broken))
    collector.pytest_runtest_logreport(_report(when="setup", **broken))
    collector.pytest_runtest_logreport(_report((PROPERTY, to_data(RESULTS[0])), **broken))
    assert collector.errors == ["ValueError: it broke"] * 2
