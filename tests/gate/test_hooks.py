""".pre-commit-hooks.yaml: what its hooks run, and on which files."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.cli import main

from .conftest import Gated

FILE = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
HOOKS: Mapping[str, Mapping[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load(FILE.read_text(encoding="utf-8"))
}


def hook(name: str, *arguments: str) -> int:
    """What a hook exits with."""
    command, *words = shlex.split(HOOKS[name]["entry"])
    assert command == "understudy"
    return main([*words, *arguments])


def test_the_form_is_that_of_hooks() -> None:
    """Every member is one that pre-commit knows."""
    assert HOOKS.keys() == {"understudy-lint", "understudy-diff"}
    for each in HOOKS.values():
        required = {"id", "name", "entry", "language"}
        assert required <= each.keys() <= required | {"description", "files", "pass_filenames"}
        assert each["language"] == "python"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("openapi.yaml", True),
        ("specs/openapi-v2.yml", True),
        ("swagger.json", True),
        ("specs/shop.yaml", False),
        ("my-openapi.yaml", False),
        ("openapi/readme.md", False),
    ],
)
def test_files_are_known_by_their_names(path: str, is_one: bool) -> None:
    """Unless the user says which."""
    assert {bool(re.search(each["files"], path)) for each in HOOKS.values()} == {is_one}


def test_lint_looks_at_each_file(gated: Gated) -> None:
    """And fails for one that is wrong."""
    gated.write("wrong.yaml", "openapi: 3.0.3\n")

    assert hook("understudy-lint", "notes.yaml") == 0
    assert hook("understudy-lint", "notes.yaml", "wrong.yaml") == 1


def test_diff_compares_with_the_last_commit(gated: Gated) -> None:
    """The contracts that the settings name, or the arguments of the hook."""
    gated.write("understudy.toml", 'contracts = ["notes.yaml"]\n')

    assert HOOKS["understudy-diff"]["pass_filenames"] is False
    assert hook("understudy-diff") == 0
    gated.edit("maximum: 20", "maximum: 10")
    assert hook("understudy-diff") == 1
    assert hook("understudy-diff", "--contract", "limio") == 0
    gated.commit()
    assert hook("understudy-diff") == 0
