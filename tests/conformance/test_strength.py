"""What `docs/strength.md` says of the judge: of every law, and of what nothing can find."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from bench.equivalents import read
from bench.strength import EQUIVALENTS, PAGE, REASONS
from bench.wrong import wrongs
from understudy.conformance import catalogue
from understudy.specs.contract import NAMES, load

ROW = re.compile(r"\| `([a-z.-]+)` \| (\d+) \| (\d+) \| (.*) \|")


def _laws() -> Mapping[str, tuple[int, str]]:
    """What the page says of each law: how much it finds alone, and what, or why it stays."""
    rows = map(ROW.fullmatch, Path(PAGE).read_text(encoding="utf-8").splitlines())
    return {row[1]: (int(row[2]), row[4]) for row in rows if row is not None}


def test_the_page_tells_of_every_law() -> None:
    """One that came or went since the measurement shows that it is to be repeated."""
    ids = {law.id for name in NAMES for law in catalogue.laws(load(name))}
    assert _laws().keys() == ids


def test_a_law_that_finds_nothing_alone_has_a_reason_to_stay() -> None:
    """Written down, and shown; one that finds something alone needs none."""
    reasons = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    needless = {law for law, (alone, _) in _laws().items() if not alone}
    assert set(reasons) == needless
    assert all(_laws()[law][1] for law in needless)


def test_a_proof_is_about_something() -> None:
    """Each name that a proof is of is that of a mutant or a fault; none is only thought to be."""
    every = [wrong for name in NAMES for wrong in wrongs(load(name))]
    for entry in read(EQUIVALENTS):
        for name in entry.names:
            own = [wrong for wrong in every if wrong.contract == entry.contract]
            assert any(fnmatchcase(wrong.name, name) for wrong in own), name


def test_nothing_that_can_be_found_is_left() -> None:
    """The page names no survivor without a proof, and no proof that was wrong."""
    text = Path(PAGE).read_text(encoding="utf-8")
    assert "## Not found\n\nNothing that can be.\n" in text
    assert "the proof is wrong" not in text
