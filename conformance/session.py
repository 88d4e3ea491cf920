"""`Session`: one process's judging of one subject: what laws share, and when to stop."""

import time
from collections.abc import Sequence

from ..specs.contract import Contract
from .client import Client
from .judge import judge, undecided
from .law import Law, Unreachable
from .memory import Memory
from .outcome import Result
from .shape import judge_shape
from .shapes import Shapes
from .subject import Subject
from .terms import Terms


class Session:
    """Judges laws one after the other until the time is up or the subject is gone."""

    def __init__(self, contract: Contract, subject: Subject, terms: Terms) -> None:
        self.contract = contract
        self.subject = subject
        self.terms = terms
        self.client = Client(contract, subject)
        self._shapes = Shapes(contract)
        self._memory = Memory()
        self.lost = ""

    def judge(self, law: Law) -> Result:
        """How the law ends."""
        hindrance = self._hindrance()
        if hindrance:
            return undecided(self.contract, law, hindrance)
        try:
            return judge(
                law,
                self.client,
                self._shapes,
                self._memory,
                self.terms.seed,
                uphold_rulings=self.terms.uphold_rulings,
            )
        except Unreachable as error:
            self.lost = str(error)
            return undecided(self.contract, law, f"the subject stopped answering: {error}")

    def judge_shape(self) -> Sequence[Result]:
        """What the shape layer finds at each operation."""
        hindrance = self._hindrance()
        return () if hindrance else judge_shape(self.client, self.terms)

    def _hindrance(self) -> str:
        if self.lost:
            return f"not judged, since the subject stopped answering: {self.lost}"
        if self.terms.deadline is not None and time.time() > self.terms.deadline:
            return "not judged: the time was up"
        return ""
