"""Another implementation of each contract conforms, however its rows, ids and members differ.

The subjects share nothing with the stand-in. Where one disagreed with a law, the documents decided.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from understudy.conformance import catalogue
from understudy.specs.contract import NAMES, load

from ..command import run
from ..subjects.common import Variant
from .judging import SUBJECTS, found, judge

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]
LEFT_OPEN = {
    # No documented operation completes a checkout, deletes a session or lets a product run out.
    # Nor does one put two baskets into the same second, which is what they would tie by.
    "limio": {"transition.refuses", "offers.completed", "baskets.over", "order.ties"},
    "zenskar": {"create.deleted", "hidden.moments"},
    "akinon": {"stock.taken-out", "stock.until-written"},
}
"""Laws that need something which a subject that begins with nothing does not have."""
TIMELY = (
    *("timers", "records.stamps", "moves.stamps", "basket.modified", "basket.looking", "cookie"),
    *("order", "resource.created", "baskets.again"),
)
"""How the laws begin that a subject which takes its time might mislead; all would take minutes."""


@contextmanager
def _served(name: str, variant: Variant) -> Iterator[str]:
    """The URL of the subject, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.subjects", name, "--variant", variant.option],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


@pytest.mark.parametrize("name", NAMES)
def test_a_second_implementation_conforms(name: str, tmp_path: Path) -> None:
    """With both layers, and the rulings upheld."""
    with _served(name, Variant.PLAIN) as url:
        done = run(
            "verify", name, "--url", url, "--subject", str(SUBJECTS / f"{name}.toml"),
            "--uphold", "rulings", cwd=tmp_path,
        )  # fmt: skip
    assert (done.code, done.err) == (0, ""), done.out
    assert f"{url} conforms as to {name}: " in done.last


@pytest.mark.parametrize("name", NAMES)
def test_what_no_contract_forbids_is_not_reported(name: str) -> None:
    """Rows in another order, ids of another form, members that no contract declares: all at once.

    A report of this test may be of any of the three; each is a variant that can be served alone.
    """
    with _served(name, Variant.STRANGE) as url:
        results = judge(load(name), url, file=str(SUBJECTS / f"{name}.toml"), uphold_rulings=True)
    assert found(results) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_that_begins_with_nothing_is_judged(name: str, tmp_path: Path) -> None:
    """It is given something to be judged by; what only its owner could give is inconclusive."""
    text = (SUBJECTS / f"{name}.toml").read_text(encoding="utf-8")
    file = tmp_path / "subject.toml"
    for absent in ("limio_state", "completed-order", "unavailable-session"):
        text = text.replace(f"\n{absent} =", f"\nnot-{absent} =")
    file.write_text(text, encoding="utf-8")
    with _served(name, Variant.EMPTY) as url:
        results = judge(load(name), url, file=str(file), uphold_rulings=True)
    wrong = found(results)
    assert {law.split(" ")[0] for law in wrong} <= LEFT_OPEN.get(name, set()), wrong
    assert all(told.startswith("inconclusive: ") for told in wrong.values()), wrong


@pytest.mark.parametrize("name", NAMES)
def test_a_slow_subject_is_judged_as_any_other(name: str) -> None:
    """With 50 ms for each answer; the laws that look at time, and some of lists and lives."""
    chosen = [law.name for law in catalogue.laws(load(name)) if law.id.startswith(TIMELY)]
    with _served(name, Variant.SLOW) as url:
        file = str(SUBJECTS / f"{name}.toml")
        results = judge(load(name), url, file=file, wanted=chosen, uphold_rulings=True)
    assert found(results) == {}
    assert results
