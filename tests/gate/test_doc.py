"""docs/ci.md: the settings, workflows and commands shown are ones, and every option is told."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from understudy.cli_gate import gate
from understudy.conformance.gate.passage import WORDS
from understudy.conformance.gate.settings import FORM, settings

from .test_action import ACTION
from .test_hooks import HOOKS

TEXT = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")


def shown(language: str) -> list[str]:
    """The blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_settings_shown_are_all_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And are read without a complaint."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    (text,) = shown("toml")
    (tmp_path / "understudy.toml").write_text(text, encoding="utf-8")

    assert tomllib.loads(text).keys() == FORM["properties"].keys()
    assert settings(tmp_path, {}).contracts == ("specs/shop.yaml",)


def test_the_workflow_shown_uses_the_action_as_it_is() -> None:
    """With inputs that it has, on a trigger that gives a fork nothing."""
    workflow, _ = map(yaml.safe_load, shown("yaml"))
    (job,) = workflow["jobs"].values()
    *_, step = job["steps"]

    # YAML 1.1 takes the key for the truth.
    assert set(workflow[True]) == {"pull_request", "push"}
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert step["uses"].partition("@")[0].endswith("/understudy")
    _parsed(["--contract", step["with"]["contracts"], *step["with"]["options"].split()])


def test_the_hooks_shown_are_there() -> None:
    """With arguments that they take."""
    _, hooks = map(yaml.safe_load, shown("yaml"))
    (repository,) = hooks["repos"]

    assert {hook["id"] for hook in repository["hooks"]} == HOOKS.keys()
    _parsed(repository["hooks"][1]["args"])


@pytest.mark.parametrize(
    "line", [line for line in "".join(shown("sh")).splitlines() if "understudy gate" in line]
)
def test_the_commands_shown_are_taken(line: str) -> None:
    """Each option exists and takes what it is given."""
    _parsed(shlex.split(line)[2:])


def _parsed(arguments: list[str]) -> None:
    gate.make_context("gate", list(arguments))


def test_every_option_and_exit_code_is_told() -> None:
    """And that start commands are code."""
    flags = {flag for each in gate.params for flag in each.opts if "--" in flag}
    for flag in flags - {"--header"}:
        assert flag in TEXT or flag.removeprefix("--") in FORM["properties"], flag
    for code in WORDS:
        assert f"\n| {code} | " in TEXT
    assert "never on `pull_request_target`" in TEXT
