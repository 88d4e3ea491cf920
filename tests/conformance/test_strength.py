"""What `docs/strength.md` says of the judge: of every law, and of what nothing can find."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from bench import equivalents, reasons
from bench.strength import EQUIVALENTS, PAGE, REASONS
from bench.wrong import wrongs
from understudy.conformance import catalogue
from understudy.specs.contract import NAMES, load

ROW = re.compile(r"\| `([a-z.-]+)` \| (\d+) \| \d+ \| .* \|")


def _laws() -> Mapping[str, int]:
    """What the page says of each law: how much it finds alone."""
    rows = map(ROW.fullmatch, Path(PAGE).read_text(encoding="utf-8").splitlines())
    return {row[1]: int(row[2]) for row in rows if row is not None}


def test_the_page_tells_of_every_law() -> None:
    """One that came or went since the measurement shows that it is to be repeated."""
    ids = {law.id for name in NAMES for law in catalogue.laws(load(name))}
    assert _laws().keys() == ids


def test_a_law_that_finds_nothing_alone_has_a_reason_to_stay() -> None:
    """One reason, written down and shown; a law that finds something alone needs none."""
    groups = reasons.read(REASONS)
    assert sorted(law for group in groups for law in group.laws) == sorted(
        law for law, alone in _laws().items() if not alone
    )
    text = Path(PAGE).read_text(encoding="utf-8")
    assert all(" ".join(group.reason.split()) in text for group in groups)


def test_a_proof_is_about_something() -> None:
    """Each name that a proof is of is that of a mutant or a fault; none is only thought to be."""
    every = [wrong for name in NAMES for wrong in wrongs(load(name))]
    for entry in equivalents.read(EQUIVALENTS):
        for name in entry.names:
            own = [wrong for wrong in every if wrong.contract == entry.contract]
            assert any(fnmatchcase(wrong.name, name) for wrong in own), name


def test_nothing_that_can_be_found_is_left() -> None:
    """The page names no survivor without a proof, and no proof that was wrong."""
    text = Path(PAGE).read_text(encoding="utf-8")
    assert "## Not found\n\nNothing that can be.\n" in text
    assert "the proof is wrong" not in text
