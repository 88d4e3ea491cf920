"""What the gate compares contracts with: where the work left the base, in whatever clone."""

import subprocess
from pathlib import Path

import pytest

from ..conftest import LIBRARY
from .conftest import NOTES, Gated

BROKEN = "main:notes.yaml -> notes.yaml: 1 breaking"


def test_a_forbidden_change_fails(gated: Gated) -> None:
    """Committed or not."""
    gated.edit("maximum: 20", "maximum: 10")

    done = gated.here("--contract", "notes.yaml", "--step", "diff", "--base", "main")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("breaking  The query parameter size of GET /notes")
    assert gated.diff("--base", "main") == BROKEN


def test_what_is_forbidden_can_be_said(gated: Gated) -> None:
    """And what is allowed."""
    gated.edit("maximum: 20", "maximum: 10")
    entry = '[[allowed]]\nid = "maximum.narrowed GET /notes query size"\nreason = "agreed"\n'
    gated.write("allow.toml", f"{entry}expires = 2999-01-31\n")
    diff = ("--contract", "notes.yaml", "--step", "diff", "--base", "main")

    assert gated.here(*diff, "--fail-on", "none").code == 0
    assert gated.here(*diff, "--allow", "allow.toml").code == 0
    assert gated.here(*diff, "--allow", "nowhere.toml").code == 2


def test_a_contract_that_the_base_does_not_have_is_new(gated: Gated) -> None:
    """And no error."""
    gated.write("new/notes.yaml", NOTES)

    assert gated.diff("--base", "main") == "main:notes.yaml -> notes.yaml: no change"
    done = gated.here("--contract", "new/notes.yaml", "--step", "diff", "--base", "main")
    assert (done.code, "new since main" in done.out) == (0, True)


def test_a_contract_of_ours_is_compared_where_it_is_kept(gated: Gated) -> None:
    """In `specs`; elsewhere it is new."""
    done = gated.here("--contract", "limio", "--step", "diff", "--base", "main")
    assert (done.code, "new since main" in done.out) == (0, True)
    gated.write("specs/limio.yaml", Path(LIBRARY).read_text(encoding="utf-8"))
    gated.commit()
    assert gated.here("--contract", "limio", "--step", "diff", "--base", "main").code == 1


def test_what_others_changed_since_does_not_count(gated: Gated) -> None:
    """A branch answers for its own changes: it is compared with where it left the base."""
    gated.git("switch", "--quiet", "--create", "work")
    gated.edit('version: "1"', 'version: "2"')
    gated.commit()
    gated.git("switch", "--quiet", "main")
    fork = gated.git("rev-parse", "HEAD")[:12]
    gated.edit("maximum: 20", "maximum: 50")
    gated.commit()
    gated.git("switch", "--quiet", "work")

    assert gated.diff("--base", "main") == f"{fork}:notes.yaml -> notes.yaml: no change"


def test_a_shallow_clone_is_compared_with_what_it_has(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no history joins the two, the base itself; what was not fetched is told."""
    gated.edit("maximum: 20", "maximum: 10")
    gated.git("switch", "--quiet", "--create", "work")
    gated.commit()
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", f"file://{gated.folder}", "shallow"], check=True
    )
    monkeypatch.chdir("shallow")

    done = gated.here("--contract", "notes.yaml", "--base", "origin/main")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'understudy: the base "origin/main" is no revision here; '
        "a shallow clone must fetch it first\n"
    )
    subprocess.run(["git", "fetch", "--quiet", "--depth", "1", "origin", "main"], check=True)
    assert gated.diff("--base", "FETCH_HEAD") == BROKEN.replace("main", "FETCH_HEAD")


def test_the_gate_stands_anywhere_in_the_repository(
    gated: Gated, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And knows what is not in it."""
    (gated.folder / "deep").mkdir()
    monkeypatch.chdir("deep")
    diff = ("--step", "diff", "--base", "main")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "notes.yaml"
    elsewhere.write_text(NOTES, encoding="utf-8")

    for path in ("../notes.yaml", str(gated.folder / "notes.yaml")):
        done = gated.here("--contract", path, *diff)
        assert (done.code, f"main:notes.yaml -> {path}" in done.out) == (0, True)
    done = gated.here("--contract", str(elsewhere), *diff)
    assert (done.code, "lies outside of the repository" in done.out) == (2, True)
    monkeypatch.chdir(elsewhere.parent)
    done = gated.here("--contract", "notes.yaml", *diff)
    assert (done.code, "not a git repository" in done.err) == (2, True)


@pytest.mark.parametrize("base", ["--output=x", "nowhere", "main:notes.yaml"])
def test_a_base_is_a_revision(gated: Gated, base: str) -> None:
    """No option of git's, and no file."""
    done = gated.here("--contract", "notes.yaml", f"--base={base}")

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert base in done.err
    assert not Path("x").exists()


def test_without_a_base_nothing_is_compared_and_that_is_told(gated: Gated) -> None:
    """Unless it was asked for."""
    done = gated.here("--contract", "notes.yaml", "--step", "diff")
    assert done.err == "understudy: the step diff needs a base to compare with: give --base\n"


def test_a_contract_that_cannot_be_read_is_not_compared(gated: Gated) -> None:
    """On either side; which is never a pass."""
    gated.write("notes.yaml", "openapi: 3.0.3\n\tinfo: {}\n")
    gated.commit()
    diff = ("--contract", "notes.yaml", "--step", "diff")

    assert gated.diff("--base", "main").startswith("main:notes.yaml:2: /: is not YAML")
    gated.write("notes.yaml", NOTES)
    assert gated.here(*diff, "--base", "main").code == 2
    assert gated.here(*diff, "--base", "main~1").code == 0
