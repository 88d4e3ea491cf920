"""The gate's settings: where they stand, what flags say over them, how mistakes are told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.cli_gate import gate
from understudy.conformance.gate.settings import FORM, STEPS, Settings, settings
from understudy.specs.errors import ContractError, UsageError

MISTAKES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))
ABOVE = '[project]\nname = "shop"\n[tool.other]\n"tool.understudy" = {wait = 1}\nwait = 2\n'


def _told(folder: Path, flags: Mapping[str, Any] | None = None) -> str:
    with pytest.raises((ContractError, UsageError)) as caught:
        settings(folder, flags or {})
    return str(caught.value)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["told"])
def test_a_mistake_is_told_by_line(tmp_path: Path, mistake: Mapping[str, str]) -> None:
    """File, line, place and what was expected, or the nearest name."""
    (tmp_path / "understudy.toml").write_text(mistake["file"], encoding="utf-8")

    told = f"understudy.toml:{mistake['told']}"
    found = _told(tmp_path)
    assert found == told or (told.endswith("is not TOML: ") and found.startswith(told))


def test_a_mistake_in_the_projects_own_file_is_told_by_its_line(tmp_path: Path) -> None:
    """Whatever stands above the table, and below it."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f"{ABOVE}\n[tool.understudy]\nbase = 'main'\nwait = '2'\n", encoding="utf-8")
    assert _told(tmp_path) == "pyproject.toml:9: /tool/understudy/wait: must be of type number"
    file.write_text("tool.understudy = 3\n", encoding="utf-8")
    assert _told(tmp_path) == "pyproject.toml:1: /tool/understudy: must be of type object"


def test_settings_stand_in_one_file(tmp_path: Path) -> None:
    """Either is read the same; a project's file without the table says nothing."""
    (tmp_path / "pyproject.toml").write_text(ABOVE, encoding="utf-8")
    assert settings(tmp_path, {"contracts": ("limio",)}) == Settings(("limio",))
    said = "contracts = ['limio']\nsteps = ['verify', 'lint']\nwait = 3\nhtml = 'a.html'\n"
    expected = Settings(("limio",), steps=("lint", "verify"), wait=3, reports={"html": "a.html"})
    (tmp_path / "understudy.toml").write_text(said, encoding="utf-8")
    assert settings(tmp_path, {}) == expected
    (tmp_path / "pyproject.toml").write_text(f"[tool.understudy]\n{said}", encoding="utf-8")
    assert _told(tmp_path) == (
        "understudy.toml and [tool.understudy] in pyproject.toml: keep one of the two"
    )
    (tmp_path / "understudy.toml").unlink()
    assert settings(tmp_path, {}) == expected


def test_flags_say_more_than_the_file(tmp_path: Path) -> None:
    """And a URL means a server that is there, not the one that would be started."""
    (tmp_path / "understudy.toml").write_text(
        "contracts = ['limio']\nbase = 'main'\nstart = 'npm start'\nwait = 3\n", encoding="utf-8"
    )
    found = settings(tmp_path, {"wait": 5.0, "contracts": ("nexudus",)})
    assert (found.contracts, found.base, found.wait) == (("nexudus",), "main", 5.0)
    assert found.start == "npm start"
    assert found.steps == STEPS
    assert settings(tmp_path, {"url": "http://localhost:1"}).start == ""
    both = {"url": "http://localhost:{port}", "start": "node ."}
    assert settings(tmp_path, both).start == "node ."


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({}, "no contract is named: give --contract, or `contracts` in understudy.toml"),
        ({"contracts": ("a.yaml", "b/a.json")}, 'two contracts are called "a"'),
        ({"contracts": ("a.yaml",), "health": "health"}, "--health: must begin with /"),
        ({"contracts": ("a.yaml",), "url": "shop.example"}, "--url: must begin with http://"),
        ({"contracts": ("a.yaml",), "url": "http://localhost:{port}"}, "{port} in the URL is the"),
        ({"contracts": ("a.yaml", "b.yaml"), "html": "a.html"}, "put {contract} in its name"),
        ({"contracts": ("a.yaml",), "html": "no/a.html"}, "there is no such folder"),
        ({"contracts": ("a.yaml",), "log": "no/log"}, "there is no such folder"),
    ],
)
def test_flags_are_held_to_the_same(tmp_path: Path, flags: Mapping[str, Any], told: str) -> None:
    """Before anything is run."""
    assert told in _told(tmp_path, flags)


def test_each_flag_is_a_setting() -> None:
    """By the same name; headers, which may be secret, and the output's form are flags alone."""
    flags = {each.name.replace("_", "-") for each in gate.params if each.name}
    assert flags - {"headers", "form"} == set(FORM["properties"])
