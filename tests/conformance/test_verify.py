"""`understudy verify` and `explain`: whom they judge, what they say, and what they leave behind."""

import json
import re
import signal
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from understudy.conformance import catalogue
from understudy.conformance.report.written import FORMATS
from understudy.specs.contract import load

from ..command import end, here, run, start
from ..stand import Stand
from .between import through
from .scripted import Asked, Said, Scripted

BEARER = ("-H", "Authorization: Bearer nexudus-admin")
LIBRARY = str(Path(__file__).parents[1] / "contracts" / "library.yaml")


def _keys(stand: Stand) -> set[Any]:
    return {row["Id"] for row in stand.documents("basket_sessions")}


def test_without_a_url_the_stand_in_is_judged(tmp_path: Path) -> None:
    """It is started and stopped again; nothing is left in the folder."""
    chosen = ("--select", "paging", "--select", "order", "--select", "resource")
    done = run("verify", "nexudus", *chosen, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(
        r"stand-in conforms as to nexudus: \d+ holds in [\d.]+ s, seed 1", done.last
    )
    assert list(tmp_path.iterdir()) == []


def test_a_users_own_contract_is_judged_too(tmp_path: Path) -> None:
    """A file with clauses is all that it takes."""
    chosen = ("--select", "filter", "--select", "resource", "--select", "transition")
    done = run("verify", LIBRARY, *chosen, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "conforms as to library" in done.last


def test_a_subject_is_judged_by_its_url(tmp_path: Path, nexudus: Stand) -> None:
    """With credentials from a flag; laws that need others say so, and nothing is counted twice."""
    report = tmp_path / "report.json"
    done = run(
        "verify", "nexudus", "--url", nexudus.url, *BEARER, "--select", "list_basket_sessions",
        "--json", str(report), cwd=tmp_path,
    )  # fmt: skip
    data = json.loads(report.read_text())
    assert (done.code, data["exit_code"], data["url"]) == (3, 3, nexudus.url)
    undecided = {r["law"]: r["reason"] for r in data["results"] if r["outcome"] != "holds"}
    assert "no credentials are known" in undecided["access.impostors list_basket_sessions"]
    assert "the profile full" in undecided["shape"]
    assert all(undecided.values())
    expected = catalogue.selected(load("nexudus"), ("list_basket_sessions",))
    judged = Counter(r["law"] for r in data["results"])
    assert judged == Counter(["shape", *(law.name for law in expected)])


@pytest.mark.whole
def test_processes_share_the_work(tmp_path: Path) -> None:
    """With `-n 2` each has a stand-in of its own, and the results are those of one."""
    both = []
    for number in ("0", "2"):
        report = tmp_path / f"{number}.json"
        done = run(
            "verify", "nexudus", "--select", "order", "--select", "resource", "-n", number,
            "--json", str(report), cwd=tmp_path,
        )  # fmt: skip
        assert (done.code, done.err) == (0, "")
        results = json.loads(report.read_text())["results"]
        both.append([(r["law"], r["outcome"], r["fired"]) for r in results])
    assert both[0] == both[1]


@pytest.mark.whole
@pytest.mark.parametrize(("profile", "logins"), [("full", 2), ("read-only", 3)])
def test_laws_that_change_what_they_share_run_in_one_process(
    profile: str, logins: int, tmp_path: Path, nexudus: Stand
) -> None:
    """Whatever `-n` says; each process logs in by itself, after the look that comes first."""

    def meet(asked: Asked, _: int) -> Said | None:
        token = {"access_token": "nexudus-admin", "expires_in": 99, "token_type": "bearer"}
        return Said(200, token) if asked.path == "/api/token" else None

    file = tmp_path / "subject.toml"
    file.write_text('[personas.default.secrets]\noauth = {login = "/api/token", password = "x"}\n')
    with Scripted(through(nexudus, meet)) as subject:
        done = run(
            "verify", "nexudus", "--url", subject.url, "--subject", str(file), "-n", "2",
            "--profile", profile, "--select", "paging", cwd=tmp_path,
        )  # fmt: skip
    assert done.code in (0, 3), done.out
    assert [asked.path for asked in subject.asked].count("/api/token") == logins


def test_what_is_selected_must_exist(tmp_path: Path) -> None:
    """One line, with the nearest name."""
    done = here("verify", "nexudus", "--select", "pagin", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'understudy: there is no law or operation "pagin". Did you mean "paging"?\n'
    )


def test_when_the_time_is_up_the_rest_is_inconclusive(tmp_path: Path, nexudus: Stand) -> None:
    """What was not judged is listed with the reason."""
    report = tmp_path / "report.json"
    pace = tmp_path / "subject.toml"
    pace.write_text('pace = 5\n[personas.default.secrets]\noauth = "nexudus-admin"\n')
    done = run(
        "verify", "nexudus", "--url", nexudus.url, "--subject", str(pace), "--max-time", "2",
        "--select", "paging", "--json", str(report), cwd=tmp_path,
    )  # fmt: skip
    data = json.loads(report.read_text())
    assert (done.code, data["ending"]) == (3, "time")
    assert "not judged: the time was up" in {r["reason"] for r in data["results"]}


def test_laws_are_listed(tmp_path: Path) -> None:
    """Tab-separated: name, what it does to a subject, basis, claim."""
    done = here("verify", "zenskar", "--list", "--select", "once", cwd=tmp_path)
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert (done.code, {len(row) for row in rows}) == (0, {4})
    assert rows[0][0] == "once.after-refusal create_checkout_session"
    assert {row[1] for row in rows} == {"writes"}


def test_a_law_is_explained(tmp_path: Path) -> None:
    """What it claims, from which line, and what judging it does."""
    done = here("explain", "nexudus", "order.ties", cwd=tmp_path)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "order.ties list_basket_sessions"
    assert re.fullmatch(r"  from   specs/nexudus\.yaml:\d+  /paths/.*/order", lines[2])
    assert lines[4] == "  sends requests that change nothing"
    missing = here("explain", "nexudus", "order.tie", cwd=tmp_path)
    assert (missing.code, missing.out) == (2, "")
    assert "Did you mean" in missing.err


def test_github_gets_annotations_and_a_summary(tmp_path: Path, nexudus: Stand) -> None:
    """Commands on the output; the summary is added to what a step has written before."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")

    def meet(asked: Asked, _: int) -> Said | None:
        is_ordered = asked.query.get("orderBy") == "understudy_unknown"
        return Said(500, {"Message": "broken"}) if is_ordered else None

    with Scripted(through(nexudus, meet)) as subject:
        done = run(
            "verify", "nexudus", "--url", subject.url, *BEARER, "--select", "order.unknown",
            "--github", cwd=tmp_path, environment={"GITHUB_STEP_SUMMARY": str(summary)},
        )  # fmt: skip
    assert done.code == 1
    command = done.out.splitlines()[0]
    assert command.startswith("::error file=specs/nexudus.yaml,line=")
    assert "500 is not documented" in command
    written = summary.read_text()
    assert written.startswith("before\n## `nexudus`: violates\n")
    assert "| violates | `order.unknown list_basket_sessions` |" in written


@pytest.mark.whole
def test_nothing_of_the_users_pytest_reaches_the_judge(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither a hostile conftest.py, nor settings, nor the environment.

    No file is left but in the user's cache, for the next run.
    """
    cache = tmp_path_factory.mktemp("cache")
    hostile = "raise RuntimeError('this must not be read')\n"
    (tmp_path / "conftest.py").write_text(hostile)
    (tmp_path / "test_own.py").write_text(hostile)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only --nonsense\n")
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-x --boo"\n')
    (tmp_path / "schemathesis.toml").write_text('base-url = "http://192.0.2.1"\nnonsense = 1\n')
    before = set(tmp_path.rglob("*"))
    done = run(
        "verify", LIBRARY, cwd=tmp_path,
        environment={
            "PYTEST_ADDOPTS": "--nonsense", "PYTEST_PLUGINS": "no_such_plugin",
            "HYPOTHESIS_STORAGE_DIRECTORY": "", "XDG_CACHE_HOME": str(cache),
        },
    )  # fmt: skip
    assert done.err == ""
    assert "as to library" in done.last
    assert "not judged" not in done.last
    assert set(tmp_path.rglob("*")) == before
    assert (cache / "understudy" / "unicode_data").is_dir()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_run_cleans_up_and_reports(
    by: signal.Signals, tmp_path: Path, nexudus: Stand
) -> None:
    """Exit 130; what was found so far stands in whole files; what was made is removed."""
    before = _keys(nexudus)
    runs: list[Any] = []

    def meet(asked: Asked, number: int) -> Said | None:
        if (asked.method, number) == ("POST", 3):
            runs[0].send_signal(by)
        return None

    with Scripted(through(nexudus, meet)) as subject:
        flags = [part for form in FORMATS for part in (f"--{form}", f"report.{form}")]
        command = ["verify", "nexudus", "--url", subject.url, *BEARER]
        chosen = ["--select", "order.unknown", "--select", "resource"]
        runs.append(start(*command, *chosen, *flags, cwd=tmp_path))
        done = end(runs[0])
        made = [asked for asked in subject.asked if asked.method == "POST"]
    assert (done.code, done.err) == (130, "")
    assert len(made) >= 3
    assert "interrupted as to nexudus" in done.last
    data = json.loads((tmp_path / "report.json").read_text())
    assert (data["verdict"], data["ending"]) == ("interrupted", "interrupted")
    assert "order.unknown list_basket_sessions" in {r["law"] for r in data["results"]}
    assert json.loads((tmp_path / "report.sarif").read_text())["version"] == "2.1.0"
    assert parse(tmp_path / "report.junit").getroot().tag == "testsuites"  # noqa: S314 - our own
    assert (tmp_path / "report.html").read_text().rstrip().endswith("</html>")
    assert _keys(nexudus) == before
    assert len(list(tmp_path.iterdir())) == len(FORMATS)


def test_a_subject_that_goes_away_is_not_judged(tmp_path: Path, nexudus: Stand) -> None:
    """Exit 2, with what was found until then."""

    def meet(_: Asked, number: int) -> Said | None:
        return Said(is_dropped=True) if number > 40 else None

    with Scripted(through(nexudus, meet)) as subject:
        done = run(
            "verify", "nexudus", "--url", subject.url, *BEARER, "--select", "order",
            "--select", "paging", "--json", "report.json", cwd=tmp_path,
        )  # fmt: skip
    data = json.loads((tmp_path / "report.json").read_text())
    assert (done.code, data["ending"], data["verdict"]) == (2, "unreachable", "not judged")
    assert data["counts"]["violates"] == 0
    assert data["counts"]["holds"] >= 1
    assert "the connection failed" in data["trouble"]
    assert "not judged as to nexudus" in done.last


@pytest.mark.whole
def test_one_dropped_answer_is_the_subjects_fault(tmp_path: Path, nexudus: Stand) -> None:
    """It breaks down on one request, again and again, and answers every other."""

    def meet(asked: Asked, _: int) -> Said | None:
        return Said(is_dropped=True) if asked.query.get("orderBy") == "" else None

    with Scripted(through(nexudus, meet)) as subject:
        done = run(
            "verify", "nexudus", "--url", subject.url, *BEARER, "--select", "order", cwd=tmp_path
        )
    assert done.code == 1
    assert "a request was not answered, twice" in done.out


def test_an_unreachable_subject_is_one_line(tmp_path: Path) -> None:
    """Before anything runs."""
    with Scripted(lambda _: Said()) as server:
        url = server.url
    done = here("verify", "nexudus", "--url", url, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("understudy: the subject cannot be reached: GET ")
    assert done.err.count("\n") == 1


def test_a_report_needs_its_folder(tmp_path: Path) -> None:
    """Said before the subject is asked anything."""
    done = here("verify", "nexudus", "--json", "no/such/report.json", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "understudy: no/such/report.json: there is no such folder to write a report into\n"
    )


@pytest.mark.whole
def test_a_baseline_takes_known_findings_out(tmp_path: Path, nexudus: Stand) -> None:
    """They are counted apart, until their date."""
    known = '[[accepted]]\nlaw = "order.unknown list_basket_sessions"\nreason = "known"\n'
    for expires, code in (("2999-01-01", 0), ("2020-01-01", 1)):
        (tmp_path / "known.toml").write_text(f"{known}expires = {expires}\n")

        def meet(asked: Asked, _: int) -> Said | None:
            return Said(500, {}) if asked.query.get("orderBy") == "-" else None

        with Scripted(through(nexudus, meet)) as subject:
            done = run(
                "verify", "nexudus", "--url", subject.url, *BEARER, "--select", "order",
                "--baseline", "known.toml", cwd=tmp_path,
            )  # fmt: skip
        assert done.code == code
        assert ("1 accepted by the baseline" in done.last) == (code == 0)


def test_no_report_shows_a_secret(tmp_path: Path, nexudus: Stand) -> None:
    """A canary in a header of the user's, the token, a cookie and a body comes out nowhere."""
    canary, token = "canary-of-the-header", "canary-of-the-token"

    def meet(asked: Asked, _: int) -> Said | None:
        if asked.path == "/api/token":
            return Said(200, {"access_token": token, "expires_in": 99, "token_type": "bearer"})
        if asked.query.get("orderBy") is not None:
            cookie = (("Set-Cookie", "session=canary-of-the-cookie; Path=/"),)
            return Said(500, f"no {asked.headers} for canary-of-the-cookie", cookie)
        return Said(200, {"Records": [], "PageNumber": 1})

    file = tmp_path / "subject.toml"
    file.write_text(
        f'headers = {{x-tenant = "{canary}"}}\n[personas.default.secrets]\n'
        'oauth = {login = "/api/token", password = "${PASSWORD}"}\n'
    )
    flags = [part for form in FORMATS for part in (f"--{form}", f"report.{form}")]
    with Scripted(through(nexudus, meet)) as subject:
        done = run(
            "verify", "nexudus", "--url", subject.url, "--subject", str(file), "--select", "order",
            "--github", *flags, cwd=tmp_path,
            environment={
                "PASSWORD": "canary-of-the-password",
                "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            },
        )  # fmt: skip
    assert done.code == 1
    assert any(asked.headers.get("authorization") == f"Bearer {token}" for asked in subject.asked)
    file.unlink()
    told = [done.out, done.err, *(path.read_text() for path in tmp_path.iterdir())]
    assert len(told) == len(FORMATS) + 3
    for text in told:
        assert "canary" not in text
