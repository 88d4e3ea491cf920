"""Edits of the four contracts: what the diff calls them is what a consumer feels.

The judge is that consumer: it holds the old contract, and a stand-in serves the new one.
"""

from functools import cache

import pytest

from understudy.conformance.diff.change import SEVERITIES
from understudy.conformance.diff.compare import compare
from understudy.specs.contract import NAMES, Contract, examine, load
from understudy.specs.document import Document

from ..conformance.judging import judge, outcomes
from ..conformance.wrong import wrong
from . import edits_shops, edits_zenskar
from .edits import Edit, changed
from .test_documents import written

EDITS = edits_shops.EDITS + edits_zenskar.EDITS


@cache
def contract_of(name: str) -> Contract:
    return load(name)


def edited(edit: Edit) -> Document:
    """The new contract."""
    return written(changed(contract_of(edit.contract), edit))


each = pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.contract}: {edit.name}")


@each
def test_each_edit_is_called_what_it_is(edit: Edit) -> None:
    """By the worst of its changes."""
    found = compare(contract_of(edit.contract).source, edited(edit))
    worst = min((change.severity for change in found), key=SEVERITIES.index)

    assert worst == edit.severity, [change.id for change in found]


@each
def test_each_edit_is_felt_as_it_is_called(edit: Edit) -> None:
    """What is safe breaks none of the laws that concern it; what is not breaks one."""
    contract = contract_of(edit.contract)
    served, _ = examine(edit.contract, edited(edit))
    with wrong(edit.contract, contract=served) as url:
        results = judge(contract, url, wanted=edit.laws, uphold_rulings=True)

    felt = "holds" if edit.severity == "safe" else "violates"
    assert outcomes(results) == dict.fromkeys(edit.laws, felt)


def test_there_are_forty_of_every_contract_and_severity() -> None:
    """At least, and none is left out."""
    assert len(EDITS) >= 40
    assert {edit.contract for edit in EDITS} == set(NAMES)
    assert {edit.severity for edit in EDITS} == set(SEVERITIES)
