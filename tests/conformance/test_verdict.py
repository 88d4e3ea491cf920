"""What results come to: the word, the exit code, and what a baseline takes out."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from understudy.conformance import baseline
from understudy.conformance.outcome import Outcome
from understudy.specs.errors import UsageError

from .results import result, verdict

TODAY = date(2026, 6, 1)
KNOWN = """\
[[accepted]]
law = "resource.violates initiate_checkout"
reason = "mended in the next release"
expires = 2026-06-01
"""


@pytest.mark.parametrize(
    ("outcomes", "members", "word", "code"),
    [
        (["holds"], {}, "conforms", 0),
        (["holds", "departs"], {}, "conforms", 0),
        (["departs"], {}, "conforms", 0),
        (["holds", "not-applicable"], {}, "conforms", 0),
        (["holds", "violates"], {}, "violates", 1),
        (["inconclusive", "violates", "departs"], {}, "violates", 1),
        (["violates"], {"unreached": ["x"]}, "violates", 1),
        (["violates"], {"ending": "time"}, "violates", 1),
        (["holds", "inconclusive"], {}, "inconclusive", 3),
        (["holds"], {"unreached": ["x"]}, "inconclusive", 3),
        (["holds"], {"ending": "time"}, "inconclusive", 3),
        ([], {}, "not judged", 2),
        (["not-applicable"], {}, "not judged", 2),
        (["holds", "violates"], {"ending": "unreachable"}, "not judged", 2),
        (["holds"], {"ending": "broken"}, "not judged", 2),
        (["violates"], {"ending": "interrupted"}, "interrupted", 130),
        ([], {"ending": "interrupted"}, "interrupted", 130),
        ([], {"accepted": [result("violates")]}, "conforms", 0),
    ],
)
def test_a_verdict_has_a_word_and_an_exit_code(
    outcomes: list[Outcome], members: Any, word: str, code: int
) -> None:
    """0 conforms, 1 violates, 3 inconclusive, 2 not judged, 130 interrupted."""
    found = verdict([result(outcome) for outcome in outcomes], **members)
    assert (found.word, found.exit_code) == (word, code)
    assert sum(found.counts.values()) == len(outcomes)


def _read(folder: Path, text: str) -> Any:
    path = folder / "known.toml"
    path.write_text(text, encoding="utf-8")
    return baseline.read(str(path))


@pytest.mark.parametrize(
    ("today", "is_known"), [(date(2026, 5, 31), True), (TODAY, True), (date(2026, 6, 2), False)]
)
def test_an_accepted_finding_counts_again_when_its_date_has_passed(
    tmp_path: Path, today: date, is_known: bool
) -> None:
    """The date itself is the last day."""
    found = [result("violates"), result("holds")]
    counting, known = baseline.split(found, _read(tmp_path, KNOWN), today)
    assert (len(counting), len(known)) == ((1, 1) if is_known else (2, 0))


def test_only_the_finding_that_is_named_is_accepted(tmp_path: Path) -> None:
    """By the law's full name and, where it is given, the operation; what holds still counts."""
    accepted = _read(tmp_path, KNOWN + 'operation = "initiate_checkout"\n')
    found = [
        result("violates"),
        result("violates", operation="issue_token"),
        result("violates", law="resource.other initiate_checkout"),
        result("holds", law="resource.violates initiate_checkout"),
        result("departs", law="resource.violates initiate_checkout"),
    ]
    counting, known = baseline.split(found, accepted, TODAY)
    assert (counting, known) == ([found[1], found[2], found[3]], [found[0], found[4]])


def test_an_empty_baseline_accepts_nothing(tmp_path: Path) -> None:
    """It is a baseline all the same."""
    assert list(_read(tmp_path, "")) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[accepted]", "is no baseline"),
        ("accepted = 3", "nothing else"),
        (KNOWN + "[other]\n", "nothing else"),
        (KNOWN.replace("law =", "laws ="), "accepted finding 1: needs `law`"),
        (KNOWN.replace("mended in the next release", " "), "accepted finding 1: needs a `reason`"),
        (KNOWN.replace("2026-06-01", '"2026-06-01"'), "accepted finding 1: needs `expires`"),
        (KNOWN.replace("2026-06-01", "2026-06-01T00:00:00Z"), "needs `expires`, a date"),
        (KNOWN + KNOWN.replace("expires = 2026-06-01", ""), "accepted finding 2: needs `expires`"),
        (KNOWN + "until = 3\n", '"until" has no meaning here'),
        ("accepted = [3]", "accepted finding 1: must be a table"),
    ],
)
def test_a_malformed_baseline_is_told(tmp_path: Path, text: str, told: str) -> None:
    """Which finding, and what it needs: nothing is accepted by mistake."""
    with pytest.raises(UsageError, match=told):
        _read(tmp_path, text)


def test_a_missing_baseline_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(UsageError, match=r"nowhere\.toml: is no baseline"):
        baseline.read(str(tmp_path / "nowhere.toml"))
