"""The locks pin what is asked for, and say no place that it came from."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXAMPLE = ROOT / "tests" / "browser" / "playwright"
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def plain(name: str) -> str:
    """A name of a distribution as all its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_a_name_and_a_version(line: str) -> None:
    """Exactly one version, and at most a condition beside it."""
    assert re.fullmatch(r"[\w.-]+==[\w.]+(; sys_platform != 'win32')?", line)


@pytest.mark.parametrize(
    "wanted",
    [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["postgres"],
        *PROJECT["dependency-groups"]["dev"],
    ],
)
def test_what_is_asked_for_is_pinned_within_its_bounds(wanted: str) -> None:
    """Every dependency, of the program, of its extra and of its development."""
    pinned = {
        plain(name): version for name, version in (re.split("==|;", line)[:2] for line in LINES)
    }
    requirement = Requirement(wanted)

    assert pinned[plain(requirement.name)] in requirement.specifier


def test_the_lock_of_the_playwright_example_names_no_place() -> None:
    """Each package by a hash; CONTRIBUTING.md tells how it is made."""
    text = (EXAMPLE / "package-lock.json").read_text(encoding="utf-8")
    own, *packages = json.loads(text)["packages"].values()
    asked = json.loads((EXAMPLE / "package.json").read_text(encoding="utf-8"))

    assert "://" not in text
    assert own["devDependencies"] == asked["devDependencies"]
    assert all("integrity" in each for each in packages)
