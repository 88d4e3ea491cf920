"""`Verdict`: what all results together come to, and the exit code that says so."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .outcome import OUTCOMES, Outcome, Result

Ending = Literal["complete", "time", "interrupted", "unreachable", "broken"]
"""Whether all was judged; why not, if not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results of one run of the judge.

    `unreached` operations never answered 2xx. `trouble` says why the judging ended early.
    """

    contract: str
    url: str
    seed: int
    ending: Ending
    results: Sequence[Result]
    unreached: Sequence[str] = ()
    accepted: Sequence[Result] = ()
    seconds: float = 0.0
    trouble: str = ""

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many results ended in each way."""
        counted = Counter(result.outcome for result in self.results)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    @property
    def exit_code(self) -> int:
        """0 conforms, 1 violates, 3 inconclusive, 2 could not be judged, 130 interrupted."""
        if self.ending == "interrupted":
            return 130
        if self.ending in ("unreachable", "broken") or not self._has_judged:
            return 2
        if self.counts["violates"]:
            return 1
        if self.counts["inconclusive"] or self.unreached or self.ending == "time":
            return 3
        return 0

    @property
    def _has_judged(self) -> bool:
        """Whether anything was tested; what nobody could judge proves nothing."""
        return any(r.outcome != "not-applicable" for r in (*self.results, *self.accepted))

    @property
    def word(self) -> str:
        """The exit code as a word."""
        return {0: "conforms", 1: "violates", 2: "not judged", 3: "inconclusive"}.get(
            self.exit_code, "interrupted"
        )
