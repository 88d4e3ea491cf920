"""Pairs of documents in `cases/`, each with what is to be told of it; a folder added is a test.

`expected.yaml` names the family that the pair stands for, and every change. Pairs of the family
`none` mean the same and differ in text.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.conformance.diff.change import SEVERITIES, Change
from understudy.conformance.diff.compare import compare
from understudy.specs.document import Document, read

CASES = sorted(Path(__file__).parent.glob("cases/*/expected.yaml"))
CELLS = [(way, severity) for way in ("request", "response") for severity in SEVERITIES]
_DECIDED = "two of them can always be compared"
_REQUESTS = "it is about what is answered"
_NO_ANSWER = "it is about who may ask, and where"
IMPOSSIBLE: Mapping[str, Mapping[tuple[str, str], str]] = {
    **{
        family: {("request", "risky"): _DECIDED, ("response", "risky"): _DECIDED}
        for family in ("bounds", "enum", "nullable", "type")
    },
    **{
        family: {("request", severity): _REQUESTS for severity in SEVERITIES}
        for family in ("collections", "filters", "resources", "links")
    },
    **{
        family: {("response", severity): _NO_ANSWER for severity in SEVERITIES}
        for family in ("security", "servers")
    },
    "defaults": {
        ("request", "safe"): "who leaves the value out gets another",
        **{("response", severity): "an answer leaves nothing out" for severity in SEVERITIES},
    },
    "statuses": {("request", "risky"): "a client's answer is taken or is not"},
    "style": {
        ("request", "safe"): "where the text stays the same, nothing changes",
        ("response", "safe"): "where the text stays the same, nothing changes",
    },
    "transitions": {
        ("request", "safe"): "who counts on a refusal is hurt by a move that is allowed",
        ("response", "breaking"): "what a move does is told as what may be asked for",
        ("response", "safe"): "what a move does is told as what may be asked for",
    },
}
"""The cells that no case can fill, and why; what clauses add to it stands below."""
IMPOSSIBLE_TOO: Mapping[str, Mapping[tuple[str, str], str]] = {
    "collections": {("response", "safe"): "whatever becomes of documents otherwise is felt"},
    "filters": {("response", "risky"): "a filter keeps the same documents or does not"},
    "links": {("response", "breaking"): "what a link leads to is documented all the same"},
}
TURNED = {
    "added": "removed",
    "removed": "added",
    "narrowed": "widened",
    "widened": "narrowed",
    "required": "optional",
    "optional": "required",
    "shown": "hidden",
    "hidden": "shown",
}


def documents(case: Path) -> tuple[Document, Document]:
    """The two of a case, read anew."""
    old, new = (read(case.parent / f"{name}.yaml", f"{name}.yaml") for name in ("old", "new"))
    return old, new


known = cache(documents)
"""The same, read once."""


@cache
def told(case: Path) -> Sequence[Change]:
    """What the diff says of a case."""
    return compare(*known(case))


@cache
def expected(case: Path) -> Mapping[str, Any]:
    """What is said of it."""
    said: Mapping[str, Any] = yaml.safe_load(case.read_text(encoding="utf-8"))
    return said


def turned(change: Change) -> str:
    """The id of the same change the other way round."""
    above, _, last = change.rule.rpartition(".")
    return f"{above}.{TURNED.get(last, last)} {change.place}"


each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)


@each
def test_each_case_is_told_as_expected(case: Path) -> None:
    """Every change and nothing else: at its lines, in a sentence, with a cure unless it is safe."""
    old, new = known(case)
    found = [
        {"id": each.id, "severity": each.severity, "direction": each.direction}
        for each in told(case)
    ]
    assert found == expected(case)["changes"]
    for change in told(case):
        assert (change.old.file, change.new.file) == ("old.yaml", "new.yaml")
        assert 1 <= change.old.line <= old.text.count("\n")
        assert 1 <= change.new.line <= new.text.count("\n")
        assert change.message[0] == change.message[0].upper()
        assert bool(change.cure) == (change.severity != "safe")


@each
def test_each_change_has_its_mirror(case: Path) -> None:
    """What comes one way goes the other way, at the same place."""
    old, new = known(case)
    forth, back = told(case), compare(new, old)

    assert sorted(map(turned, forth)) == sorted(change.id for change in back)


@each
def test_nothing_changes_from_a_document_to_itself(case: Path) -> None:
    """Of either side."""
    for one, two in zip(known(case), documents(case), strict=True):
        assert compare(one, two) == ()


def _filled() -> Mapping[tuple[str, str, str], Sequence[str]]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for case in CASES:
        said = expected(case)
        for change in said["changes"]:
            key = said["family"], change["direction"], change["severity"]
            found.setdefault(key, []).append(case.parent.name)
    return found


_FILLED = _filled()
FAMILIES = sorted({expected(case)["family"] for case in CASES} - {"none"})


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("way", "severity"), CELLS)
def test_the_matrix_is_full(family: str, way: str, severity: str) -> None:
    """Each cell has a case, or a reason why it cannot have one; never both."""
    cell = way, severity
    reasons = {**IMPOSSIBLE.get(family, {}), **IMPOSSIBLE_TOO.get(family, {})}

    assert ((family, *cell) in _FILLED) != (cell in reasons)


def test_the_families_are_those_that_were_asked_for() -> None:
    """None was lost."""
    assert set(FAMILIES) == {
        *("operations", "parameters", "body", "media types", "statuses", "headers", "links"),
        *("members", "closed objects", "composition", "type", "nullable", "enum", "bounds"),
        *("pattern", "format", "defaults", "style", "security", "servers", "callbacks"),
        *("filters", "orders", "paging", "transitions", "collections", "resources"),
    }


def test_some_pairs_mean_the_same() -> None:
    """And nothing is told of them."""
    assert sum(expected(case)["family"] == "none" for case in CASES) >= 20
    assert all(not expected(case)["changes"] for case in CASES if "same-" in case.parent.name)
