"""`Session`: one process's judging of one subject: what laws share, and when to stop."""

import time
from collections.abc import Sequence

from ..specs.contract import Contract
from .client import Client
from .interrupts import Interrupts
from .judge import dropped, judge, undecided
from .law import Law, Unreachable
from .memory import Memory
from .outcome import Result
from .preflight import harmless
from .shape import judge_shape
from .shapes import Shapes
from .stock import stock
from .subject import Subject
from .terms import Terms
from .trial import Trial


class Session:
    """Judges laws one after the other until the time is up or the subject is gone."""

    def __init__(self, contract: Contract, subject: Subject, terms: Terms) -> None:
        self.contract = contract
        self.subject = subject
        self.terms = terms
        self.interrupts = Interrupts()
        self.client = Client(contract, subject, heed=self.interrupts.heed)
        self.lost = ""
        self._shapes = Shapes(contract)
        self._memory = Memory()
        self._stocked: Trial | None = None

    def judge(self, law: Law) -> Result:
        """How the law ends."""
        hindrance = self._hindrance()
        if hindrance:
            return undecided(self.contract, law, hindrance)
        with self.interrupts.put_off():
            self._stock()
            return self._judge(law)

    def _judge(self, law: Law) -> Result:
        found: Unreachable | None = None
        for _ in range(2):
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
                found = error
                self._memory.forget()
                if not self._is_there():
                    self.lost = str(error)
                    return undecided(self.contract, law, f"the subject stopped answering: {error}")
        return dropped(self.contract, law, f"a request was not answered, twice: {found}")

    def judge_shape(self, operations: Sequence[str]) -> Sequence[Result]:
        """What the shape layer finds at each of these operations."""
        if self._hindrance():
            return ()
        self._memory.forget()
        try:
            results = judge_shape(self.client, self.terms, operations)
        except Unreachable as error:
            self.lost = str(error)
            return ()
        if not self._is_there():
            self.lost = "it was gone after generated requests"
        return results

    def close(self) -> None:
        """Remove what was made to judge by, and let go of the connection."""
        if self._stocked is not None:
            self._stocked.clean_up()
        self.client.close()

    def _stock(self) -> None:
        """Once, before the first law: see that there is something to judge by."""
        if self._stocked is None:
            trial = Trial(self.client, self._shapes, self._memory, self.terms.seed, "stock")
            self._stocked = trial
            if self.subject.profile != "read-only":
                stock(trial)

    def _is_there(self) -> bool:
        operation = harmless(self.contract)
        if operation is None:
            return False
        try:
            self.client.send(operation)
        except Unreachable:
            return False
        return True

    def _hindrance(self) -> str:
        if self.lost:
            return f"not judged, since the subject stopped answering: {self.lost}"
        if self.terms.deadline is not None and time.time() > self.terms.deadline:
            return "not judged: the time was up"
        return ""
