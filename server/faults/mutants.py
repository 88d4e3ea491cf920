"""Faults of behaviour that clauses can say: each serves a mutant of the contract."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...specs.contract import Contract, examine
from ...specs.mutate import mutants
from ...specs.mutation import Mutant
from .stage import Stage

PREFIX = "mutant "
_AT_THE_DOOR = "security"
"""The kind of mutants that cannot be met: who may come in is settled when the server begins."""


@dataclass(frozen=True, slots=True)
class MutantFault:
    """A contract with one statement changed, as a fault that can be set."""

    contract: str
    mutant: Mutant

    @property
    def name(self) -> str:
        """What it is called in the catalogue."""
        return f"{PREFIX}{self.contract} {self.mutant.name}"

    @property
    def kind(self) -> str:
        """The class of what is changed."""
        return self.mutant.kind

    @property
    def sentence(self) -> str:
        """What it changes."""
        return f"The contract is served with another {self.mutant.pointer}."

    def apply(self, stage: Stage) -> Stage:
        """The stage on which the mutant is played."""
        source = replace(stage.contract.source, data=self.mutant.document)
        changed, _ = examine(self.contract, source)
        return stage.serving(changed)


def mutant_faults(contract: Contract) -> Iterator[MutantFault]:
    """All of a contract's mutants but those of security."""
    for mutant in mutants(contract):
        if mutant.kind != _AT_THE_DOOR:
            yield MutantFault(contract.name, mutant)
