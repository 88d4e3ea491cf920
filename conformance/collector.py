"""`Collector`: takes the results out of pytest's reports, also those of other processes."""

from collections.abc import Callable
from typing import Any

import pytest

from .outcome import Result
from .plugin import LOST, PROPERTY, REACHED
from .record import from_data

Progress = Callable[[int, int, str], None]
"""Told how many tests are done, of how many, and which was the last."""


class Collector:
    """A pytest plugin that lives in the process that reports."""

    def __init__(self, progress: Progress | None) -> None:
        self.results: list[Result] = []
        self.reached: dict[str, set[int]] = {}
        self.lost = ""
        self.errors: list[str] = []
        self._progress = progress
        self._total = 0
        self._done = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """How many there will be; with xdist the workers say so."""
        self._total = len(items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Likewise, from a worker."""
        self._total = len(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test recorded."""
        if report.when == "call":
            self._done += 1
            for name, value in report.user_properties:
                self._take(name, value)
            if self._progress:
                self._progress(self._done, self._total, report.nodeid.rpartition("[")[2][:-1])
        if (report.when == "setup" and report.failed) or (
            report.when == "call" and report.failed and not _has_result(report)
        ):
            self.errors.append(_last_line(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be collected is an error of the run."""
        if report.failed:
            self.errors.append(_last_line(report))

    def _take(self, name: str, value: Any) -> None:
        if name == PROPERTY:
            self.results.append(from_data(value))
        elif name == REACHED:
            operation, status = value
            self.reached.setdefault(operation, set()).add(status)
        elif name == LOST:
            self.lost = str(value)


def _has_result(report: pytest.TestReport) -> bool:
    return any(name == PROPERTY for name, _ in report.user_properties)


def _last_line(report: pytest.TestReport | pytest.CollectReport) -> str:
    lines = [line for line in str(report.longrepr).splitlines() if line.strip()]
    return lines[-1] if lines else report.nodeid
