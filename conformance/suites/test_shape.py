"""Whatever is sent, the subject answers as the contract documents."""

from ..plugin import Judge


def test_shape(understudy_judge: Judge) -> None:
    """Schemathesis finds nothing."""
    understudy_judge(lambda session: session.judge_shape())
