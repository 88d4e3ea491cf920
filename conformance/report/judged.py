"""`Judged`: a verdict ready to be told: in order, with the contract beside it."""

from dataclasses import dataclass, replace

from ...specs.contract import Contract
from ..outcome import OUTCOMES, Result
from ..verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """What every report is made from; its results were masked when they were made."""

    contract: Contract
    verdict: Verdict

    @property
    def findings(self) -> list[Result]:
        """What a reader must look at, the worst first."""
        return [r for r in self.verdict.results if r.outcome not in ("holds", "not-applicable")]

    def of(self, operation: str) -> list[Result]:
        """The results at one operation."""
        return [result for result in self.verdict.results if result.operation == operation]


def judged(contract: Contract, verdict: Verdict) -> Judged:
    """`verdict` with the worst results first."""
    results = sorted(verdict.results, key=lambda r: (OUTCOMES.index(r.outcome), r.operation, r.law))
    return Judged(contract, replace(verdict, results=results))
