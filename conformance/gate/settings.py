"""`Settings`: what the gate looks at, from flags and from the project's own file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ...specs import pointer
from ...specs.contract import NAMES
from ...specs.errors import ContractError, UsageError
from .. import toml_file
from ..diff.difference import FAIL_ON, FailOn
from ..report import written
from ..subject import PROFILES, Profile
from ..subject_form import URL
from ..toml_file import TomlFile

StepName = Literal["lint", "diff", "verify"]
STEPS: tuple[StepName, ...] = ("lint", "diff", "verify")
REPORTS = ("junit", "json", "html", "sarif")
CONTRACT, PORT = "{contract}", "{port}"
"""What stands in a URL, and in the name of a file, for the contract's name; for a free port."""
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": _TEXT}
FORM: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "contracts": {**_TEXTS, "minItems": 1},
        "base": _TEXT,
        "steps": {"type": "array", "items": {"enum": list(STEPS)}, "minItems": 1},
        "fail-on": {"enum": list(FAIL_ON)},
        "allow": _TEXT,
        "url": {"type": "string", "allOf": [URL]},
        "start": _TEXT,
        "wait": {"type": "number", "minimum": 0},
        "health": {"type": "string", "pattern": "^/", "description": "must begin with /"},
        "log": _TEXT,
        "subject": _TEXT,
        "profile": {"enum": list(PROFILES)},
        "uphold": {"enum": ["rulings"]},
        "seed": {"type": "integer"},
        "select": _TEXTS,
        "max-time": {"type": "number", "minimum": 1},
        "workers": {"type": "integer", "minimum": 0, "maximum": 64},
        "baseline": _TEXT,
        **dict.fromkeys(REPORTS, _TEXT),
    },
}
_PROJECT, _OWN = "pyproject.toml", "understudy.toml"
_PLACES: Mapping[str, tuple[str, ...]] = {_OWN: (), _PROJECT: ("tool", "understudy")}
_TABLE = re.compile(r"^\s*\[\s*tool\s*\.\s*understudy\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be said to the gate; empty where it is not said.

    `wait` and `max_time` are seconds. `subject`, `url` and `reports` may hold `{contract}`.
    """

    contracts: tuple[str, ...]
    base: str = ""
    steps: tuple[StepName, ...] = STEPS
    fail_on: FailOn = "breaking"
    allow: str = ""
    url: str = ""
    start: str = ""
    wait: float | None = None
    health: str = ""
    log: str = ""
    subject: str = ""
    headers: tuple[str, ...] = ()
    profile: Profile | None = None
    uphold: str = ""
    seed: int = 1
    select: tuple[str, ...] = ()
    max_time: float | None = None
    workers: int = 0
    baseline: str = ""
    reports: Mapping[str, str] = field(default_factory=dict)


def settings(folder: Path, flags: Mapping[str, Any]) -> Settings:
    """What the files of `folder` say, and what flags say over it.

    UsageError or ContractError where something is wrong, missing, or said twice.
    """
    plain = {name: list(v) if isinstance(v, tuple) else v for name, v in flags.items()}
    plain.pop("headers", None)
    for finding in TomlFile("flags", plain).findings(FORM):
        raise UsageError(f"--{finding.pointer[1:]}: {finding.message}")
    said = dict(_file(folder))
    if "url" in flags and "start" not in flags:
        # Who names a server means that one, and not the one that would be started.
        said.pop("start", None)
    said.update(flags)
    given = {name.replace("-", "_"): _frozen(value) for name, value in said.items()}
    reports = {name: given.pop(name) for name in REPORTS if name in given}
    found = Settings(**{"contracts": (), **given}, reports=reports)
    _check(found, steps_are_said="steps" in given)
    return replace(found, steps=tuple(step for step in STEPS if step in found.steps))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(found: Settings, *, steps_are_said: bool) -> None:
    if not found.contracts:
        raise UsageError(
            f"no contract is named: give --contract, or `contracts` in {_OWN} "
            f"or in [tool.understudy] of {_PROJECT}"
        )
    names = [name_of(contract) for contract in found.contracts]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f'two contracts are called "{name}": rename a file')
    if steps_are_said and "diff" in found.steps and not found.base:
        raise UsageError("the step diff needs a base to compare with: give --base")
    if PORT in found.url and not found.start:
        raise UsageError(f"{PORT} in the URL is the port that --start is given, and there is none")
    for name, file in found.reports.items():
        if len(names) > 1 and CONTRACT not in file:
            raise UsageError(f"--{name}: {file} would be written twice; put {CONTRACT} in its name")
    written.check((*found.reports.values(), found.log))


def name_of(contract: str) -> str:
    """The name of a contract that is named or in a file."""
    return contract if contract in NAMES else Path(contract).stem


def _file(folder: Path) -> Mapping[str, Any]:
    """The settings in the project's files, of which at most one has any."""
    found = [each for name in _PLACES for each in _said(folder, name)]
    if len(found) > 1:
        raise UsageError(f"{_OWN} and [tool.understudy] in {_PROJECT}: keep one of the two")
    for said, at in found:
        form = FORM
        for name in reversed(at):
            form = {"type": "object", "properties": {name: form}}
        if findings := said.findings(form):
            raise ContractError(findings)
        data: Mapping[str, Any] = pointer.value(said.data, at)
        return data
    return {}


def _said(folder: Path, name: str) -> Iterator[tuple[TomlFile, pointer.Path]]:
    """The file of that name, with nothing in it but the settings, and where they stand in it."""
    if not (folder / name).exists():
        return
    said, at = toml_file.read(folder / name, name), _PLACES[name]
    data = pointer.get(said.data, at)
    if data is pointer.MISSING:
        return
    header = _TABLE.search(said.text) if at else None
    above = said.text[: header.start()].count("\n") if header else 0
    lines = said.text.split("\n")[above:]
    only = pointer.put({}, at, data) if at else data
    yield TomlFile(name, only, "\n" * above + "\n".join(lines)), at
