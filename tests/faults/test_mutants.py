"""Mutants of contracts: each says something else than the original, and can be served."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy.fixtures import fixture
from understudy.specs import pointer
from understudy.specs.contract import NAMES, Contract, examine, load
from understudy.specs.document import Document
from understudy.specs.mutate import mutants
from understudy.specs.mutation import DROP, Mutant, edited

LIBRARY = str(Path(__file__).parents[1] / "contracts" / "library.yaml")
SHOP = str(Path(__file__).parents[1] / "contracts" / "shop.yaml")
SHAPING = ("/components/schemas", "/x-understudy/collections")
"""Where a change may tell what is stored from what may be."""


@pytest.fixture(params=[*NAMES, LIBRARY, SHOP], ids=lambda name: Path(name).stem)
def contract(request: pytest.FixtureRequest) -> Contract:
    return load(request.param)


@pytest.fixture(scope="module")
def changed() -> set[str]:
    """The members at and above the places that mutants change."""
    contracts = [load(name) for name in (*NAMES, LIBRARY, SHOP)]
    places = (mutant.pointer for contract in contracts for mutant in mutants(contract))
    return {member for place in places for member in pointer.split(place)}


def read(contract: Contract, mutant: Mutant) -> Contract:
    """The mutant as a server reads it, whatever its clauses promise."""
    source = Document("mutant.json", mutant.document, json.dumps(mutant.document))
    return examine(contract.name, source)[0]


def some_of_each_kind(contract: Contract) -> Iterator[Mutant]:
    """The first, the last and one between of the changes whose names begin alike."""
    groups: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants(contract):
        groups[mutant.name.partition(" ")[0]].append(mutant)
    for group in groups.values():
        yield from (group[place] for place in sorted({0, len(group) // 2, len(group) - 1}))


def test_each_mutant_differs_from_the_original_and_from_all_others(contract: Contract) -> None:
    """One document for each name."""
    found = list(mutants(contract))
    texts = {json.dumps(mutant.document) for mutant in found}
    assert len({mutant.name for mutant in found}) == len(found) == len(texts)
    assert json.dumps(contract.document) not in texts


@pytest.mark.whole
def test_a_mutant_can_be_read(contract: Contract) -> None:
    """No part of the document is lost on the way, and the fixture that the judge knows fits it.

    Three changes of each kind: the measurement serves every one.
    """
    for mutant in some_of_each_kind(contract):
        changed = read(contract, mutant)
        assert changed.operations.keys() == contract.operations.keys(), mutant.name
        assert changed.collections.keys() == contract.collections.keys(), mutant.name
        if contract.name in NAMES and mutant.pointer.startswith(SHAPING):
            assert fixture.read(changed, "default").collections, mutant.name


def test_a_mutant_names_the_place_that_it_changed(contract: Contract) -> None:
    """All else is as it was: the document differs at or below the pointer's parent alone."""
    for mutant in mutants(contract):
        parent = pointer.split(mutant.pointer)[:-1]
        assert pointer.get(mutant.document, parent) != pointer.get(contract.document, parent), (
            mutant.name
        )
        restored = edited(mutant.document, {parent: pointer.get(contract.document, parent)})
        assert restored == contract.document, mutant.name


def test_mutants_are_the_same_each_time(contract: Contract) -> None:
    """Survivors are known by name."""
    assert list(mutants(contract)) == list(mutants(contract))


def test_the_operations_of_a_mutant_are_those_of_the_contract(contract: Contract) -> None:
    """And there is one at least, whose behaviour the change is about."""
    for mutant in mutants(contract):
        assert mutant.operations, mutant.name
        assert mutant.operations <= contract.operations.keys(), mutant.name


@pytest.mark.parametrize(
    "member",
    [
        *("scope", "soft-delete", "live-until", "timers", "once", "where", "when", "set", "cases"),
        *("stamp", "filter", "op", "nulls", "direction", "ties", "bound", "past-end", "report"),
        *("required", "enum", "minimum", "pattern", "security", "action", "refuse", "default"),
    ],
)
def test_every_member_of_the_vocabulary_has_mutants(member: str, changed: set[str]) -> None:
    """What a clause can say, some mutant of some contract says otherwise."""
    assert member in changed


def test_an_edit_leaves_the_document_that_it_was_given() -> None:
    """What is shared is never changed in place."""
    document = {"a": [1, {"b": 2}], "c": 3}
    assert edited(document, {("a", "1", "b"): 4}) == {"a": [1, {"b": 4}], "c": 3}
    assert edited(document, {("a", "0"): DROP, ("c",): DROP}) == {"a": [{"b": 2}]}
    assert edited(document, {("d", "e"): 5}) == {"a": [1, {"b": 2}], "c": 3, "d": {"e": 5}}
    assert document == {"a": [1, {"b": 2}], "c": 3}
