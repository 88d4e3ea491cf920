"""`Behaviour`: one way to be wrong, as a decorator of what stands on stage; `Fault`: in code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

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


class Behaviour(Protocol):
    """A fault of one contract's stand-in; `apply` gives the stage with the fault on it."""

    @property
    def name(self) -> str:
        """What it is called in the catalogue."""

    @property
    def contract(self) -> str:
        """Whose stand-in it is one of."""

    @property
    def kind(self) -> str:
        """The class under which it is counted."""

    @property
    def sentence(self) -> str:
        """What is wrong."""

    def apply(self, stage: Stage) -> Stage:
        """The stage with the fault on it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one contract's stand-in, written for it.

    `sentence` says what is wrong, as its user meets it.

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
