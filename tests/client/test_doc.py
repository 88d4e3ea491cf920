"""docs/pytest.md and docs/playwright.md tell the truth: what they show passes, or is run."""

import re
from pathlib import Path

from understudy.client import Client, Sandbox

from .test_plugin import _pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
PLAYWRIGHT = (ROOT / "docs" / "playwright.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "tests" / "browser" / "playwright"


def test_the_tests_shown_pass(tmp_path: Path) -> None:
    """With warnings as errors."""
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "test_example.py").write_text(example)
    done = _pytest(tmp_path)
    assert "3 passed" in done.stdout, done.stdout


def test_what_is_named_is_there() -> None:
    """In the last paragraph."""
    names = set(re.findall(r"`([a-z_]+)`", TEXT.rpartition("Without pytest")[2]))
    assert len(names) > 10
    assert all(hasattr(Client, name) or hasattr(Sandbox, name) for name in names)


def test_the_files_of_the_playwright_example_are_quoted_whole() -> None:
    """Those that `make test-browser` runs, each once, and nothing else."""
    quoted = re.findall(r"^```(?:ts|json)\n(.*?)^```", PLAYWRIGHT, re.MULTILINE | re.DOTALL)
    files = [*EXAMPLE.glob("*.ts"), EXAMPLE / "package.json"]
    assert sorted(quoted) == sorted(file.read_text(encoding="utf-8") for file in files)
