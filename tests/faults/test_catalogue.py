"""The catalogue of faults: what it holds, and that each fault shows."""

import json
from collections import Counter
from pathlib import Path

import pytest

from understudy.server.faults.catalogue import catalogue, named
from understudy.specs.contract import NAMES, load
from understudy.specs.errors import UsageError

from ..command import here
from .stage import House, heard
from .ways import WAYS

STAGING = (
    *("serve.py", "sandbox.py", "visit.py", "variants.py", "routed.py"),
    *("control.py", "control_faults.py"),
)
"""Where faults are set, and put on; each of these names stands in `server/` once."""
SERVER = Path(__file__).parents[2] / "server"


def test_each_class_of_a_contract_has_five_faults_at_least() -> None:
    """So that a share of them says something."""
    counted = Counter((fault.contract, fault.kind) for fault in catalogue().values())
    assert {contract for contract, _ in counted} == set(NAMES)
    assert {place: count for place, count in counted.items() if count < 5} == {}


def test_each_fault_is_named_after_its_contract_and_says_what_is_wrong() -> None:
    """One sentence each, and no two alike within a contract."""
    found = catalogue()
    for name, fault in found.items():
        assert name.startswith(f"{fault.contract}.")
        assert fault.sentence[0].isupper()
        assert fault.sentence.endswith(".")
    assert len({(f.contract, f.sentence) for f in found.values()}) == len(found)


@pytest.mark.parametrize("name", NAMES)
def test_a_correct_stand_in_answers_alike_each_time(name: str) -> None:
    """Else a difference would say nothing."""
    with House(load(name)) as house:
        first = heard(house, WAYS[name])
        assert first == heard(house, WAYS[name])
    assert not isinstance(first[-1], str), first[-1]


@pytest.mark.parametrize("name", NAMES)
def test_each_fault_shows_on_the_way_and_breaks_nothing(name: str) -> None:
    """It changes what is answered, and the server itself does not fail."""
    with House(load(name)) as house:
        correct = heard(house, WAYS[name])
        answers = {
            fault.name: heard(house, WAYS[name], fault)
            for fault in catalogue().values()
            if fault.contract == name
        }
    silent = [fault for fault, found in answers.items() if found == correct]
    failing = [
        fault
        for fault, found in answers.items()
        if fault != "akinon.unreadable-500"
        and any(not isinstance(each, str) and each.status == 500 for each in found)
    ]
    assert (silent, failing) == ([], [])


def test_no_engine_and_no_api_knows_of_faults() -> None:
    """What is correct must not depend on what can be wrong."""
    for file in [*SERVER.glob("*.py"), *SERVER.glob("apis/*.py"), *SERVER.glob("store/*.py")]:
        if file.name not in STAGING:
            assert ".faults" not in file.read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "nexudus.row-twise",
            'there is no fault "nexudus.row-twise". Did you mean "nexudus.row-twice"?',
        ),
        (
            "limio.row-twice",
            'the fault "limio.row-twice" is one of limio, which is not served',
        ),
    ],
)
def test_a_fault_that_would_do_nothing_is_refused(name: str, hint: str) -> None:
    """A misspelt one is told the nearest; one of another contract, that this is not served."""
    with pytest.raises(UsageError) as refused:
        named([name], ["nexudus"])
    assert str(refused.value) == hint


def test_the_command_line_lists_faults() -> None:
    """As JSON with every member that a program wants."""
    found = json.loads(here("faults", "akinon", "--format", "json").out)
    assert {entry["contract"] for entry in found} == {"akinon", None}
    assert all(entry["name"] and entry["kind"] and entry["sentence"] for entry in found)


def test_the_command_line_lists_mutants_where_they_are_asked_for() -> None:
    """They are many; those of security are left out, since doors are made at the start."""
    lines = here("faults", "limio", "--mutants").out.splitlines()
    mutants = [line.split("\t") for line in lines if line.startswith("mutant limio ")]
    assert len(mutants) > 50
    assert "security" not in {kind for _, kind, _ in mutants}
