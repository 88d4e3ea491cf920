"""docs/diff.md: the allow file shown is one, and the options are the command's."""

import re
from pathlib import Path

from understudy.cli_gate import diff
from understudy.conformance.diff import allow
from understudy.conformance.diff.change import SEVERITIES

TEXT = (Path(__file__).parents[2] / "docs" / "diff.md").read_text(encoding="utf-8")


def test_the_allow_file_shown_is_one(tmp_path: Path) -> None:
    """With the id of a change that the command tells."""
    (shown,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "allow.toml"
    file.write_text(shown, encoding="utf-8")
    (entry,) = allow.read(str(file))
    assert entry.id == "maximum.narrowed GET /checkout query limit"


def test_every_option_and_severity_is_described() -> None:
    """And every exit code."""
    flags = {flag for parameter in diff.params for flag in parameter.opts if "--" in flag}
    for word in (*flags - {"--help"}, *SEVERITIES):
        assert word in TEXT
    for code in (0, 1, 2):
        assert f"\n| {code} | " in TEXT
