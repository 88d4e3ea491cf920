"""What this project's own CI asks of the gate."""

import subprocess
from pathlib import Path

from understudy.conformance.gate.settings import STEPS, settings
from understudy.specs.contract import NAMES

from ..repository import Repository

ROOT = Path(__file__).parents[2]


def base(folder: Path) -> tuple[str, str]:
    """What `.ci/base` says there, and says beside it."""
    done = subprocess.run(
        [ROOT / ".ci" / "base"], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip(), done.stderr.strip()


def test_ci_ends_with_the_gate() -> None:
    """On all contracts that come with Understudy, with all its steps."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "make gate </dev/null"
    chosen = settings(ROOT, {})
    assert (chosen.contracts, chosen.steps) == (NAMES, STEPS)
    assert (chosen.url, chosen.start, chosen.subject) == ("", "", "")


def test_the_base_is_the_branch_below_or_the_commit_before(tmp_path: Path) -> None:
    """Where a clone has no history, nothing; which is told, and fails nothing."""
    (tmp_path / "origin").mkdir()
    origin = Repository(tmp_path / "origin")
    nothing = ("", "no earlier commit is here: the contracts are compared with nothing")
    assert base(tmp_path) == base(origin.folder) == nothing
    origin.write("a", "1")
    origin.commit()
    assert base(origin.folder) == nothing
    origin.write("a", "2")
    origin.commit()
    assert base(origin.folder) == ("HEAD~1", "")

    for depth, name in (("1", "shallow"), ("9", "clone")):
        clone = ("git", "clone", "--quiet", "--depth", depth, f"file://{origin.folder}", name)
        subprocess.run(clone, cwd=tmp_path, check=True)
    assert base(tmp_path / "shallow") == nothing
    work = Repository(tmp_path / "clone")
    assert base(work.folder) == ("HEAD~1", "")
    work.write("a", "3")
    work.commit()
    assert base(work.folder) == ("origin/main", "")
