"""action.yml: its form, and what its script does with what GitHub and a workflow give it."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import Gated

ROOT = Path(__file__).parents[2]
ACTION: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[Mapping[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["id"]: step for step in STEPS if "run" in step}
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


def test_the_form_is_that_of_a_composite_action() -> None:
    """Every member is one that GitHub knows, each step is a script or an action of some version."""
    assert set(ACTION) == {"name", "description", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"].keys() == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    for given in ACTION["inputs"].values():
        assert given.keys() == {"description", "default"}
        assert isinstance(given["default"], str)
    for step in STEPS:
        if "run" in step:
            assert step.keys() == {"id", "shell", "env", "run"}
            assert step["shell"] == "bash"
        else:
            assert step.keys() <= {"id", "if", "uses", "with"}
            assert re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", step["uses"])


def test_every_input_and_output_has_a_use() -> None:
    """And nothing is used that is not there."""
    used = " ".join(EXPRESSION.findall(yaml.safe_dump(dict(ACTION), width=1000)))

    assert set(re.findall(r"inputs\.([\w-]+)", used)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.(\w+)", used)) <= {step.get("id") for step in STEPS}
    told = set(re.findall(r'echo "([\w-]+)=', SCRIPTS["gate"]["run"]))
    read = set(re.findall(r"steps\.gate\.outputs\.([\w-]+)", used))
    assert told == read == set(ACTION["outputs"])


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_input_becomes_part_of_a_script(name: str) -> None:
    """It reaches the shell as the value of a variable."""
    assert not EXPRESSION.search(SCRIPTS[name]["run"])


def test_what_is_installed_is_there() -> None:
    """With the versions that the project was tested with."""
    assert "$ACTION/requirements.lock" in SCRIPTS["install"]["run"]
    assert (ROOT / "requirements.lock").exists()
    assert (ROOT / "pyproject.toml").exists()


@dataclass(frozen=True, slots=True)
class Step:
    """What the step with the gate left."""

    code: int
    out: str
    outputs: Mapping[str, str]
    summary: str


def step(folder: Path, runner: Path, **given: str) -> Step:
    """Run the step as the runner does; what is not given is empty."""
    (runner / "understudy" / "bin").mkdir(parents=True)
    script = Path(sys.executable).with_name("understudy")
    (runner / "understudy" / "bin" / "understudy").symlink_to(script)
    (runner / "gate.sh").write_text(SCRIPTS["gate"]["run"], encoding="utf-8")
    assert given.keys() <= SCRIPTS["gate"]["env"].keys()
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", runner / "gate.sh"],
        cwd=folder,
        env={
            **os.environ,
            **dict.fromkeys(SCRIPTS["gate"]["env"], ""),
            **given,
            "RUNNER_TEMP": str(runner),
            "GITHUB_OUTPUT": str(runner / "outputs"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
        },
        capture_output=True,
        text=True,
    )
    said = [line.split("=", 1) for line in (runner / "outputs").read_text().splitlines()]
    summary = runner / "summary"
    told = summary.read_text(encoding="utf-8") if summary.exists() else ""
    return Step(done.returncode, done.stdout + done.stderr, dict(said), told)


QUICK = "--step=lint\n--step=diff\n"


@pytest.mark.whole
def test_a_pull_request_is_compared_with_its_base(
    gated: Gated, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Which is fetched where the checkout is shallow; the verdict is that of the gate."""
    gated.git("switch", "--quiet", "--create", "work")
    gated.edit("maximum: 20", "maximum: 10")
    gated.commit()
    runner = tmp_path_factory.mktemp("runner")
    clone = ("git", "clone", "--quiet", "--depth", "1", f"file://{gated.folder}", "checkout")
    subprocess.run(clone, cwd=runner, check=True)
    done = step(
        *(runner / "checkout", runner),
        BASE="origin/main", CONTRACTS="notes.yaml\n", OPTIONS=QUICK,
    )  # fmt: skip

    assert done.code == 1
    assert "::error file=notes.yaml,line=12,title=breaking%3A maximum.narrowed::" in done.out
    assert done.summary.startswith("## The gate: fails (1 fails, 1 passes)")
    reports = runner / "understudy-reports"
    assert done.outputs == {"exit-code": "1", "reports": str(reports)}
    assert [path.name for path in reports.iterdir()] == ["notes.sarif"]


@pytest.mark.whole
def test_a_service_is_started_and_judged(
    gated: Gated, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On the first push of a branch there is no base; every report is there."""
    runner = tmp_path_factory.mktemp("runner")
    done = step(
        *(gated.folder, runner),
        BASE="0" * 40, CONTRACTS="notes.yaml", OPTIONS="--select=paging.ends",
        START=f"{sys.executable} -m understudy serve notes.yaml --port {{port}}",
        URL="http://localhost:{port}/{contract}",
    )  # fmt: skip

    assert done.code == 0
    assert "not compared: no base was given" in done.out
    assert "conforms as to notes" in done.summary
    names = {path.name for path in (runner / "understudy-reports").iterdir()}
    assert names == {"notes.html", "notes.xml", "notes.json", "notes.sarif"}


@pytest.mark.whole
def test_inputs_are_text_to_the_shell(
    gated: Gated, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever a name holds, it is not run; a wrong one is a wrong one, and leaves no report."""
    evil = "$(touch hacked) `touch hacked` '; touch hacked; ' --version.yaml"
    runner = tmp_path_factory.mktemp("runner")
    done = step(gated.folder, runner, CONTRACTS=evil, SUBJECT=evil, START=evil)

    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert f"understudy: {evil}: cannot be read" in done.out
    assert not list(Path().rglob("hacked"))


@pytest.mark.whole
def test_a_base_that_is_nowhere_is_no_pass(
    gated: Gated, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It is told, and nothing else is run."""
    runner = tmp_path_factory.mktemp("runner")
    done = step(gated.folder, runner, BASE="origin/gone", CONTRACTS="notes.yaml", OPTIONS=QUICK)

    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert 'the base "origin/gone" is no revision here' in done.out
