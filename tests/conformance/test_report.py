"""Every report: of the form that its readers expect, whole, and unharmed by what a subject says."""

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import jsonschema_rs
import pytest
from xmlschema import XMLSchema

from understudy.conformance.mask import Mask
from understudy.conformance.report import console, github, html, json_, junit, sarif
from understudy.conformance.report.judged import Judged
from understudy.conformance.report.written import FORMATS

from ..sarif import check
from .results import NASTY, exchange, one_of_each, result, told

JUNIT = XMLSchema(str(Path(__file__).parent / "junit-10.xsd"))
"""As Jenkins publishes it for its xUnit plugin."""
REPORTS = [
    pytest.param(told(one_of_each()), id="one of each"),
    pytest.param(told(one_of_each(NASTY)), id="a subject that would harm"),
    pytest.param(told([]), id="nothing judged"),
    pytest.param(
        told([result("holds")], unreached=["issue_token"], accepted=[result("violates")]),
        id="accepted and unreached",
    ),
    pytest.param(told(one_of_each(), ending="interrupted", trouble="cut off"), id="interrupted"),
]


@pytest.mark.parametrize("judged", REPORTS)
def test_junit_is_what_its_readers_know(judged: Judged) -> None:
    """Of the published form, and its numbers are those of its cases."""
    JUNIT.validate(junit.told(judged))
    root = fromstring(junit.told(judged).encode())  # noqa: S314 - our own text
    (suite,) = root
    cases = suite.findall("testcase")
    assert len(cases) == int(suite.attrib["tests"]) == len(judged.verdict.results)
    for tag, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        found = [case for case in cases if case.find(tag) is not None]
        assert len(found) == int(suite.attrib[plural])
    assert all(float(case.attrib["time"]) >= 0 for case in cases)
    names = [(case.attrib["classname"], case.attrib["name"]) for case in cases]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("judged", REPORTS)
def test_json_is_what_its_schema_says(judged: Judged) -> None:
    """The schema that ships with the kit, closed: nothing is written that it does not name."""
    schema = json.loads(
        files("understudy.conformance.report").joinpath("report.schema.json").read_text()
    )
    data = json.loads(json_.told(judged))
    jsonschema_rs.Draft202012Validator(schema).validate(data)
    assert data.keys() == schema["properties"].keys()
    for entry in data["results"]:
        assert entry.keys() == schema["$defs"]["result"]["properties"].keys()
    assert data["version"] == schema["properties"]["version"]["const"] == json_.VERSION


@pytest.mark.parametrize("judged", REPORTS)
def test_sarif_is_what_the_standard_says(judged: Judged) -> None:
    """The whole published schema; each finding has its rule."""
    data = json.loads(sarif.told(judged))
    check(data)
    (run,) = data["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert [rules[found["ruleIndex"]] for found in run["results"]] == [
        found["ruleId"] for found in run["results"]
    ]
    levels = [found["level"] for found in run["results"]]
    outcomes = [r.outcome for r in judged.findings]
    by_outcome = {"violates": "error", "departs": "warning", "inconclusive": "note"}
    assert levels == [by_outcome[outcome] for outcome in outcomes]


class _Page(HTMLParser):
    """What a browser would see of a page: its elements, and whether they are closed."""

    VOID = ("meta", "br", "link", "img", "input")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, Mapping[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


@pytest.mark.parametrize("judged", REPORTS)
def test_html_is_one_page_that_needs_nothing(judged: Judged) -> None:
    """Every element is closed, nothing is loaded, and nothing that a subject said is an element."""
    page = _Page()
    page.feed(html.told(judged))
    page.close()
    assert page.open == []
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.seen}
    assert not any({"src", "href"} & attributes.keys() for _, attributes in page.seen)
    assert judged.verdict.word in page.text
    for found in judged.findings:
        assert found.law in page.text
        assert found.place in page.text


@pytest.mark.parametrize("judged", REPORTS)
def test_annotations_are_one_command_a_line(judged: Judged) -> None:
    """Nothing that a subject said begins another command, and each points at a line."""
    lines = github.annotations(judged).splitlines()
    assert len(lines) == len(judged.findings)
    pattern = r"::(error|warning|notice) file=specs/limio\.yaml,line=\d+,title=[^:,]+::[^\r\n]+"
    assert all(re.fullmatch(pattern, line) for line in lines)


@pytest.mark.parametrize("judged", REPORTS)
def test_the_summary_is_a_table(judged: Judged) -> None:
    """As many cells in each row as in its head; nothing that a subject said is markup."""
    text = github.markdown(judged)
    assert text.startswith(f"## `limio`: {judged.verdict.word}\n")
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(counts) == 1
    assert "<script" not in text


@pytest.mark.parametrize("judged", REPORTS)
def test_the_console_ends_with_one_line(judged: Judged) -> None:
    """The verdict, the counts, the time and the seed; the worst finding comes first."""
    text = console.told(judged)
    last = text.strip().splitlines()[-1]
    assert f"http://localhost:1 {judged.verdict.word} as to limio" in last
    assert "seed 1" in last
    findings = [found.outcome for found in judged.findings]
    shown = re.findall(r"^  (violates|departs|inconclusive)  ", text, re.MULTILINE)
    assert sorted(shown) == sorted(findings)
    assert "\x1b" not in text


def test_the_worst_comes_first() -> None:
    """In every report that lists."""
    judged = told([result("holds"), result("inconclusive"), result("departs"), result("violates")])
    assert [r.outcome for r in judged.verdict.results] == [
        "violates",
        "departs",
        "inconclusive",
        "holds",
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_is_written_whole_or_not_at_all(form: str, tmp_path: Path) -> None:
    """In the place of an older one; nothing else is left in the folder."""
    path = tmp_path / "report"
    path.write_text("an older one")
    FORMATS[form](told(one_of_each(NASTY)), path)
    assert "an older one" not in path.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path]


def _everything(judged: Judged) -> Mapping[str, str]:
    return {
        "junit": junit.told(judged),
        "json": json_.told(judged),
        "html": html.told(judged),
        "sarif": sarif.told(judged),
        "annotations": github.annotations(judged),
        "summary": github.markdown(judged),
        "console": console.told(judged),
    }


@pytest.mark.parametrize("form", _everything(told([])))
def test_a_masked_result_shows_no_canary(form: str) -> None:
    """Wherever it stood in what was sent and answered."""
    canary = "canary-4f1d"
    trail = exchange(
        url=f"http://localhost:1/?q={canary}",
        sent_headers={"Authorization": f"Bearer {canary}", "Cookie": f"a={canary}", "x-b": canary},
        sent_body=f'{{"a": "{canary}"}}',
        headers={"x-c": canary, "set-cookie": f"a={canary}"},
        text=f'{{"access_token": "issued-{canary}", "b": "{canary}"}}',
        set_cookies=(f"a={canary}; Path=/",),
    )
    shown = [
        result(outcome, message=f"got {canary}", reason=f"got {canary}", trail=(trail,))
        for outcome in ("violates", "departs", "inconclusive")
    ]
    mask = Mask([canary])
    text = _everything(told([mask.result(each) for each in shown]))[form]
    assert canary not in text
    assert "***" in text


def test_a_report_says_what_would_repeat_the_finding() -> None:
    """The curl line stands in each report that has room for it."""
    line = one_of_each()[-1].trail[0].curl()
    found: Any = _everything(told(one_of_each()))
    assert line in found["console"]
    assert line in found["junit"]
    assert json.loads(found["json"])["results"][0]["trail"][0]["curl"] == line
    assert line in json.loads(found["sarif"])["runs"][0]["results"][0]["message"]["text"]
