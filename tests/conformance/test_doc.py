"""docs/verify.md: the files shown are read, and its options and exits are the command's."""

import re
import tomllib
from pathlib import Path

from understudy.cli_judge import verify
from understudy.conformance import baseline
from understudy.conformance.outcome import OUTCOMES
from understudy.conformance.subject import PROFILES
from understudy.conformance.subject_file import Overrides, read_subject
from understudy.conformance.subject_form import FORM
from understudy.specs.contract import load

TEXT = (Path(__file__).parents[2] / "docs" / "verify.md").read_text(encoding="utf-8")
SUBJECT, BASELINE = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_subject_shown_is_one(tmp_path: Path) -> None:
    """It shows every member there is, and is read without a complaint."""
    assert tomllib.loads(SUBJECT).keys() == FORM["properties"].keys()
    file = tmp_path / "subject.toml"
    file.write_text(SUBJECT, encoding="utf-8")
    names = ("NEXUDUS_TOKEN", "CLERK_PASSWORD", "ROBOT_PASSWORD")
    overrides = Overrides(environment=dict.fromkeys(names, "secret"))
    subject = read_subject(load("nexudus"), str(file), overrides)
    assert len(subject.personas) == 4


def test_the_baseline_shown_is_one(tmp_path: Path) -> None:
    """With the name of a law that there is."""
    file = tmp_path / "known.toml"
    file.write_text(BASELINE, encoding="utf-8")
    (accepted,) = baseline.read(str(file))
    assert accepted.law == "order.ties list_basket_sessions"


def test_every_option_is_described() -> None:
    """And every profile, outcome and exit code."""
    flags = {flag for parameter in verify.params for flag in parameter.opts if "-" in flag}
    for flag in flags - {"--header", "--help"}:
        assert f"`{flag}" in TEXT, flag
    for word in (*PROFILES, *OUTCOMES):
        assert word in TEXT
    for code in (0, 1, 2, 3, 130):
        assert f"\n| {code} | " in TEXT
