"""Judges in this process: the laws of a contract, one after the other, without the shape layer."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from understudy.conformance import catalogue
from understudy.conformance.law import Law
from understudy.conformance.outcome import Result
from understudy.conformance.session import Session
from understudy.conformance.subject_file import STAND_IN, Overrides, read_subject
from understudy.conformance.terms import Terms
from understudy.specs.contract import Contract

SUBJECTS = Path(__file__).parents[1] / "subjects"


def judge(
    contract: Contract,
    url: str,
    *,
    file: str = STAND_IN,
    wanted: Sequence[str] = (),
    shuffled: int | None = None,
    clock: str | None = None,
    **terms: Any,
) -> list[Result]:
    """The results of the laws wanted, in their own order or shuffled."""
    laws: list[Law] = list(catalogue.selected(contract, tuple(wanted)))
    if shuffled is not None:
        random.Random(shuffled).shuffle(laws)
    subject = read_subject(contract, file, Overrides(url, clock=clock))
    session = Session(contract, subject, Terms(**terms))
    try:
        return [session.judge(law) for law in laws]
    finally:
        session.close()


def found(results: Sequence[Result]) -> Mapping[str, str]:
    """What is not as it should be: each law that does not hold, and why."""
    return {
        r.law: f"{r.outcome}: {r.message or r.reason} {[e.curl() for e in r.trail]}"
        for r in results
        if r.outcome not in ("holds", "not-applicable")
    }


def outcomes(results: Sequence[Result]) -> Mapping[str, str]:
    """How each law ended."""
    return {r.law: r.outcome for r in results}
