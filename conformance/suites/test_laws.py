"""Each law of the contract is held against the subject."""

from ..law import Law
from ..plugin import Judge


def test_law(law: Law, understudy_judge: Judge) -> None:
    """The law holds, or only a ruling is broken."""
    understudy_judge(lambda session: [session.judge(law)])
