"""What a profile allows: read-only asks with GET alone, and still judges every list."""

import re
import signal
import sys
from pathlib import Path

import pytest

from understudy.conformance import catalogue
from understudy.conformance.judge import obstacle
from understudy.conformance.subject import PROFILES, Profile, Subject
from understudy.specs.contract import NAMES, load

from ..command import run
from ..process import Process
from ..stand import Stand
from .between import through
from .judging import judge
from .scripted import Asked, Said, Scripted

LISTS = ("paging", "filter", "order", "report")


def test_a_read_only_run_sends_get_alone(tmp_path: Path) -> None:
    """The stand-in's access log shows it; every law of every list was judged, and holds."""
    with Process([sys.executable, "-m", "understudy"], tmp_path) as server:
        for name in NAMES:
            done = run(
                "verify", name, "--url", server.urls[name], "--subject", "stand-in",
                "--profile", "read-only", "--json", f"{name}.json", cwd=tmp_path,
            )  # fmt: skip
            assert "violates" not in done.last, done.out
        _, logged = server.stop(signal.SIGTERM, within=20)
    methods = re.findall(r"\b(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE|TRACE|QUERY) /", logged)
    assert len(methods) > 500
    assert set(methods) == {"GET"}
    for name in NAMES:
        report = (tmp_path / f"{name}.json").read_text(encoding="utf-8")
        judged = set(re.findall(r'"law": "([^"]+)"[^}]*?"outcome": "holds"', report, re.DOTALL))
        expected = {law.name for law in catalogue.laws(load(name)) if law.id.startswith(LISTS)}
        assert expected <= judged


@pytest.mark.parametrize("name", NAMES)
def test_a_law_is_judged_only_where_it_may_be(name: str) -> None:
    """Each profile allows all that a smaller one does; what is not allowed is told."""
    allowed: dict[Profile, set[str]] = {}
    every = {"reset", "clock", "seed"}
    for profile in PROFILES:
        subject = Subject("http://localhost", profile=profile, capabilities=frozenset(every))  # type: ignore[arg-type]
        laws = catalogue.laws(load(name))
        allowed[profile] = {law.name for law in laws if not obstacle(law, subject)}
        refused = [law for law in laws if law.name not in allowed[profile]]
        assert all(profile in obstacle(law, subject) for law in refused)
        if profile == "read-only":
            assert all(law.effect != "reads" for law in refused)
    assert allowed["read-only"] < allowed["non-destructive"] <= allowed["full"]
    assert allowed["full"] == {law.name for law in catalogue.laws(load(name))}


def test_a_clock_that_does_not_move_leaves_a_law_undecided(nexudus: Stand) -> None:
    """And the reason says what the subject answered; one without a clock is not asked."""

    def stands_still(asked: Asked, _: int) -> Said | None:
        return Said(404, "") if asked.path == "/clock" else None

    wanted = ["records.day"]
    with Scripted(through(nexudus, stands_still)) as subject:
        (stands,) = judge(nexudus.contract, subject.url, clock="/clock", wanted=wanted)
        (has_none,) = judge(nexudus.contract, subject.url, wanted=wanted)
    assert stands.outcome == "inconclusive"
    assert stands.reason == f"the subject's clock was not moved: {subject.url}/clock answered 404"
    assert (has_none.outcome, has_none.reason) == ("not-applicable", "the subject has no clock")


def test_a_read_law_sends_get(tmp_path: Path) -> None:
    """A law that says it reads is one of an operation that is read."""
    for name in NAMES:
        contract = load(name)
        for law in catalogue.laws(contract):
            if law.effect == "reads":
                assert contract.operations[law.operation].method == "get", law.name
