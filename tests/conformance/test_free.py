"""What the design leaves free is never reported; what a ruling alone decides departs, no more."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ..command import run
from ..stand import Stand
from .between import through
from .scripted import Asked, Said, Scripted

pytestmark = pytest.mark.whole

WORDS = {
    "is not a valid value": "does not fit",
    "Authorization has been denied for this request.": "Nobody knows you.",
    "BasketSession not found.": "There is none.",
}
"""Texts that no seed quotes, in other words."""
FULL = ("--subject", "stand-in", "--profile", "full")


def _free(_: Asked, said: Said) -> Said:
    """Other words, another precision of times, members that nobody declared."""
    text = str(said.body)
    for words, others in WORDS.items():
        text = text.replace(words, others)
    text = re.sub(r'(\d\d:\d\d:\d\d)Z"', r'\1.000000+00:00"', text)
    if text.startswith("{"):
        text = '{"undeclared": {"since": 2}, ' + text[1:]
    return replace(said, body=text)


def _other_order(asked: Asked, _: int) -> Said | None:
    """415 before anything else, also without a content type; and HEAD is not answered."""
    if asked.method == "HEAD":
        return Said(501, "")
    kind = asked.headers.get("content-type", "").partition(";")[0]
    is_token = asked.path == "/api/token"
    if asked.body and kind != "application/json" and not is_token:
        return Said(415, {"Message": "no"})
    return None


def test_what_is_free_is_never_reported(tmp_path: Path, nexudus: Stand) -> None:
    """Texts, undeclared members, precision of times, HEAD, a missing content type, the order."""
    with Scripted(through(nexudus, _other_order, _free)) as subject:
        done = run(
            "verify", "nexudus", "--url", subject.url, *FULL, "--uphold", "rulings",
            "--json", "report.json", cwd=tmp_path,
        )  # fmt: skip
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    findings = {r["law"]: r["message"] for r in data["results"] if r["message"]}
    assert findings == {}
    assert done.err == ""


def _lenient(asked: Asked, _: int) -> Said | None:
    """Decides otherwise where only a ruling (N18) says so: clamps what it should refuse."""
    if asked.path == "/api/billing/basketsessions" and asked.method == "GET":
        bad = {"size": r"0|-.*|1001", "orderBy": r"understudy_unknown|-|Id;drop|", "page": r"0|-.*"}
        for name, pattern in bad.items():
            if re.fullmatch(pattern, asked.query.get(name, "not sent")):
                return Said(200, PAGE)
    return None


PAGE = {
    "Records": [],
    "CurrentPageSize": 0,
    "CurrentPage": 1,
    "CurrentOrderField": "Id",
    "CurrentSortDirection": 1,
    "FirstItem": 0,
    "HasNextPage": False,
    "HasPreviousPage": False,
    "LastItem": 0,
    "PageNumber": 1,
    "PageSize": 25,
    "TotalItems": 0,
    "TotalPages": 0,
}


@pytest.mark.parametrize(("upheld", "code"), [((), 0), (("--uphold", "rulings"), 1)])
def test_a_subject_that_breaks_rulings_alone_departs(
    upheld: tuple[str, ...], code: int, tmp_path: Path, nexudus: Stand
) -> None:
    """Which is reported, and fails only a run that upholds rulings."""
    with Scripted(through(nexudus, _lenient)) as subject:
        run_ = run(
            "verify", "nexudus", "--url", subject.url, *FULL, *upheld, "--select", "paging",
            "--select", "order", "--json", "report.json", cwd=tmp_path,
        )  # fmt: skip
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    broken = {r["law"]: r["outcome"] for r in data["results"] if r["outcome"] != "holds"}
    outcome = "violates" if upheld else "departs"
    assert run_.code == code
    assert broken == {
        "order.unknown list_basket_sessions": outcome,
        "paging.bounds list_basket_sessions": outcome,
        "paging.numbers list_basket_sessions": outcome,
    }
