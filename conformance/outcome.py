"""How a law ends: five outcomes, and the result that reports are made of."""

from dataclasses import dataclass
from typing import Literal

from ..specs.clauses import Basis
from .exchange import Exchange

Outcome = Literal["violates", "departs", "inconclusive", "not-applicable", "holds"]
OUTCOMES: tuple[Outcome, ...] = ("violates", "departs", "inconclusive", "not-applicable", "holds")
"""From the worst to the best."""


@dataclass(frozen=True, slots=True)
class Result:
    """What judging one law (or one check of the shape layer) at one operation came to.

    `place` is file and line of the contract. `fired` counts the distinct inputs on which the law
    truly said something. `reason` says why nothing could be said. `trail` repeats a finding.
    """

    law: str
    claim: str
    operation: str
    outcome: Outcome
    basis: Basis
    pointer: str
    place: str
    fired: int = 0
    seconds: float = 0.0
    reason: str = ""
    message: str = ""
    trail: tuple[Exchange, ...] = ()

    @property
    def identity(self) -> str:
        """What a baseline knows this finding by: law, operation and place in the contract."""
        return f"{self.law} {self.operation} {self.pointer}"


def rests_on_rulings(basis: Basis) -> bool:
    """Whether breaking a statement of this basis is a departure: it is not the vendor's own."""
    return any(source not in ("seed", "public") for source in basis)
