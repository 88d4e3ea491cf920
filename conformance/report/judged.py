"""`Judged`: a verdict ready to be told: masked, in order, with the contract beside it."""

from dataclasses import dataclass, replace

from ...specs.contract import Contract
from ..mask import Mask
from ..outcome import OUTCOMES, Result
from ..verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """What every report is made from; no secret is left in it."""

    contract: Contract
    verdict: Verdict

    @property
    def findings(self) -> list[Result]:
        """What a reader must look at, the worst first."""
        return [r for r in self.verdict.results if r.outcome not in ("holds", "not-applicable")]

    def of(self, operation: str) -> list[Result]:
        """The results at one operation."""
        return [result for result in self.verdict.results if result.operation == operation]


def judged(contract: Contract, verdict: Verdict, secrets: frozenset[str]) -> Judged:
    """`verdict` without `secrets`, the worst results first."""
    mask = Mask(secrets)
    results = [mask.result(result) for result in verdict.results]
    results.sort(key=lambda r: (OUTCOMES.index(r.outcome), r.operation, r.law))
    accepted = [mask.result(result) for result in verdict.accepted]
    clean = replace(verdict, results=results, accepted=accepted, url=mask.text(verdict.url))
    return Judged(contract, clean)
