"""docs/pytest.md tells the truth: its tests pass, and the client has what it names."""

import re
from pathlib import Path

from understudy.client import Client, Sandbox

from .test_plugin import _pytest

TEXT = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")


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
