"""The laws written for one contract: each holds for the stand-in, and is broken by a wrong one."""

from collections.abc import Iterator
from functools import cache

import pytest

from understudy.conformance import catalogue
from understudy.conformance.law import Law
from understudy.conformance.laws import akinon, limio, nexudus, timers, zenskar
from understudy.conformance.outcome import Result
from understudy.conformance.session import Session
from understudy.conformance.stand_in import CLOCK
from understudy.conformance.subject_file import STAND_IN, Overrides, read_subject
from understudy.conformance.terms import Terms
from understudy.specs import pointer
from understudy.specs.contract import NAMES, Contract, load

from .breaks import BREAKS
from .wrong import Stand, wrong

MAKERS = (akinon.laws, limio.laws, nexudus.laws, timers.laws, zenskar.laws)


@cache
def contract_of(name: str) -> Contract:
    return load(name)


@cache
def laws_of(name: str) -> dict[str, Law]:
    return {law.name: law for make in MAKERS for law in make(contract_of(name))}


EACH = [(name, law) for name in NAMES for law in laws_of(name)]


def judged(name: str, law: str, url: str, seed: int = 1) -> Result:
    """How the law ends at `url`, by the stand-in's own subject file."""
    contract = contract_of(name)
    subject = read_subject(contract, STAND_IN, Overrides().at(url, CLOCK))
    session = Session(contract, subject, Terms(seed=seed, uphold_rulings=True))
    try:
        return session.judge(laws_of(name)[law])
    finally:
        session.client.close()


@pytest.fixture(scope="module")
def stands() -> Iterator[dict[str, Stand]]:
    """Each contract as served, to be right or wrong."""
    found = {name: Stand(name) for name in NAMES}
    yield found
    for stand in found.values():
        stand.stop()


@pytest.mark.parametrize(("name", "law"), EACH, ids=lambda part: str(part))
def test_a_law_is_kept_by_the_stand_in_and_broken_by_a_wrong_server(
    stands: dict[str, Stand], name: str, law: str
) -> None:
    """Kept on three inputs or more, so that it has said something; broken with what shows it."""
    right = judged(name, law, stands[name].be())

    assert (right.outcome, right.message or right.reason) == ("holds", "")
    assert right.fired >= 3

    made = BREAKS[name][law]
    broken = judged(name, law, stands[name].be(made.faults, made.hear, made.tell))

    assert broken.outcome == "violates"
    assert broken.message
    assert broken.trail


@pytest.mark.parametrize("name", NAMES)
def test_every_break_is_of_a_law(name: str) -> None:
    """A law that is renamed takes its break with it."""
    assert BREAKS[name].keys() == laws_of(name).keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_has_every_law(name: str) -> None:
    """So that a run judges them."""
    assert laws_of(name).keys() <= {law.name for law in catalogue.laws(contract_of(name))}


@pytest.mark.parametrize("name", NAMES)
def test_each_law_stands_at_a_place_of_the_contract(name: str) -> None:
    """With sources that the contract names: of its own statements, or of its rulings."""
    document = contract_of(name).document
    known = set(_bases(document))
    for law in laws_of(name).values():
        assert pointer.value(document, pointer.split(law.pointer)) is not None, law.name
        assert law.claim.endswith("."), law.name
        assert set(law.basis) <= known, law.name


def _bases(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        basis = node.get("x-understudy", {}).get("basis", ())
        yield from [basis] if isinstance(basis, str) else basis
        for name, part in node.items():
            if name == "basis" and isinstance(part, str | list):
                yield from [part] if isinstance(part, str) else part
            yield from _bases(part)
    elif isinstance(node, list):
        for part in node:
            yield from _bases(part)


@pytest.mark.parametrize("name", NAMES)
def test_another_contract_has_none_of_a_vendors_laws(name: str) -> None:
    """Though it has operations of the same names."""
    contract = contract_of(name)
    other = Contract(
        "shop", contract.source, contract.operations, contract.collections, contract.basis
    )

    for make in (akinon.laws, limio.laws, nexudus.laws, zenskar.laws):
        assert list(make(other)) == []


def test_the_same_seed_walks_the_same_way() -> None:
    """A shorter sequence of requests that fails is found again, to the letter."""
    law = "basket.model get_basket"
    found = []
    for _ in range(2):
        with wrong("akinon", ("akinon.put-adds",)) as url:
            result = judged("akinon", law, url, seed=7)
        found.append([(one.method, one.sent_body, one.status) for one in result.trail])

    assert found[0] == found[1]
    assert 1 < len(found[0]) < 8


def test_where_the_csrf_check_is_on_the_laws_bring_the_token() -> None:
    """And a write without it must be refused."""
    with wrong("akinon", fixtures="csrf") as url:
        for law in ("session.csrf add_product", "lines.add add_product"):
            assert judged("akinon", law, url).outcome == "holds"
