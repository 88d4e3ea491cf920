"""`Fault`: one way to be wrong that clauses cannot say, as a decorator of what stands on stage."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .stage import Stage

Kind = Literal[
    "access",
    "arithmetic",
    "errors",
    "half-done",
    "idempotency",
    "lines",
    "lists",
    "moves",
    "offers",
    "records",
    "session",
    "split",
    "stock",
    "tokens",
    "vouchers",
]
"""What a fault is about: the class under which the measurement counts it."""

Apply = Callable[[Stage], Stage]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one contract's stand-in. `sentence` says what is wrong, as its user meets it.

    `apply` gives the stage with the fault on it. Each breaks what the contract or a ruling says,
    never what they leave free.
    """

    name: str
    contract: str
    kind: Kind
    sentence: str
    apply: Apply


def faults(contract: str, kind: Kind, *entries: tuple[str, str, Apply]) -> tuple[Fault, ...]:
    """The faults of one class, each given as name, sentence and decorator."""
    return tuple(
        Fault(f"{contract}.{name}", contract, kind, sentence, apply)
        for name, sentence, apply in entries
    )
