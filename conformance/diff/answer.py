"""`Answer`: whether every instance of one schema is one of another; yes, no or nobody can tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ...specs.pointer import MISSING


@dataclass(frozen=True, slots=True)
class Answer:
    """`witness` is an instance of the one that is none of the other, where one could be made."""

    word: Literal["yes", "no", "unknown"]
    witness: Any = MISSING

    @property
    def is_yes(self) -> bool:
        """Proved."""
        return self.word == "yes"

    @property
    def is_no(self) -> bool:
        """Refuted."""
        return self.word == "no"


YES = Answer("yes")
UNKNOWN = Answer("unknown")


def no(witness: Any = MISSING) -> Answer:
    """Refuted, by this instance."""
    return Answer("no", witness)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Yes when all are; the first refutation that has a witness counts for all."""
    found = list(answers)
    refuted = [answer for answer in found if answer.is_no]
    if refuted:
        return next((a for a in refuted if a.witness is not MISSING), refuted[0])
    return YES if all(answer.is_yes for answer in found) else UNKNOWN
