"""The report as one HTML file that needs no network."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment

from ..outcome import OUTCOMES, Outcome
from .judged import Judged

_SIGNS: Mapping[Outcome, str] = {
    "violates": "✗",
    "departs": "≠",
    "inconclusive": "?",
    "not-applicable": "·",
    "holds": "✓",
}


def told(judged: Judged) -> str:
    """The report as text."""
    text = files(__package__).joinpath("report.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
    return template.render(
        verdict=judged.verdict,
        title=judged.contract.document["info"].get("title", judged.verdict.contract),
        findings=judged.findings,
        families=_families(judged),
        rows=_rows(judged),
        signs=_SIGNS,
    )


def _families(judged: Judged) -> list[str]:
    return sorted({_family(result.law) for result in judged.verdict.results})


def _family(law: str) -> str:
    return law.partition(" ")[0]


def _rows(judged: Judged) -> list[Mapping[str, Any]]:
    """The matrix: for each operation, the worst outcome of each kind of law, and how many."""
    rows: list[Mapping[str, Any]] = []
    for operation in judged.contract.operations.values():
        cells: dict[str, tuple[Outcome, int]] = {}
        for result in judged.of(operation.id):
            family = _family(result.law)
            worst, count = cells.get(family, ("holds", 0))
            if OUTCOMES.index(result.outcome) < OUTCOMES.index(worst):
                worst = result.outcome
            cells[family] = worst, count + 1
        rows.append({"operation": operation, "cells": cells})
    return rows
