"""`Terms`: how a run judges, whatever it judges."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """How to judge. `deadline` is in `time.time()`'s seconds; `examples` are for each operation."""

    seed: int = 1
    uphold_rulings: bool = False
    deadline: float | None = None
    examples: int = 15
