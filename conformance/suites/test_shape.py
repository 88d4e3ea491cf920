"""Whatever is sent, the subject answers as the contract documents."""

from collections.abc import Sequence

from ..plugin import Judge


def test_shape(shaped: Sequence[str], understudy_judge: Judge) -> None:
    """Schemathesis finds nothing at these operations."""
    understudy_judge(lambda session: session.judge_shape(shaped))
