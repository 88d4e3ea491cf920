"""`Passage`: what every step came to for every contract, and whether all may pass."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...specs.errors import Finding
from ..diff.difference import Difference
from ..report.judged import Judged
from .settings import StepName

WORDS: Mapping[int, str] = {
    130: "interrupted",
    2: "not run",
    1: "fails",
    3: "inconclusive",
    0: "passes",
}
"""Each exit code as a word, from the worst to the best."""
_WORST = tuple(WORDS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step for one contract; `told` is one line, `code` is what the step alone exits with."""

    name: StepName
    contract: str
    code: int
    told: str

    @property
    def word(self) -> str:
        """The code as a word."""
        return WORDS[self.code]


@dataclass(frozen=True, slots=True)
class Linted:
    """A contract and its defects."""

    step: Step
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A contract and what changed in it; no difference where it is new or there is no base."""

    step: Step
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """A contract and the verdict on who implements it; none where that could not be judged."""

    step: Step
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What every report of the gate is made from; `base` is empty where nothing was compared."""

    base: str
    linted: Sequence[Linted]
    compared: Sequence[Compared]
    verified: Sequence[Verified]

    @property
    def steps(self) -> Sequence[Step]:
        """All steps, the worst first."""
        taken: tuple[Linted | Compared | Verified, ...] = (
            *self.linted,
            *self.compared,
            *self.verified,
        )
        return sorted((each.step for each in taken), key=lambda step: _WORST.index(step.code))

    @property
    def exit_code(self) -> int:
        """0 passes, 1 fails, 3 inconclusive, 2 something could not be run, 130 interrupted."""
        return self.steps[0].code

    @property
    def summary(self) -> str:
        """One line: the verdict, and how many steps ended in which way."""
        counted = Counter(step.word for step in self.steps)
        counts = ", ".join(f"{counted[word]} {word}" for word in WORDS.values() if counted[word])
        return f"the gate: {WORDS[self.exit_code]} ({counts})"
