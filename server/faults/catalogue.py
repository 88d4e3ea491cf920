"""The catalogue of faults: those of behaviour and of transport, by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from ...specs.contract import Contract
from ...specs.errors import UsageError, did_you_mean
from .fault import Behaviour, Fault
from .mutants import PREFIX, mutant_faults
from .transport import KINDS, MEMBERS, Transport

MODULES = (
    "nexudus",
    "nexudus_doors",
    "limio",
    "limio_doors",
    "limio_offers",
    "akinon",
    "akinon_money",
    "akinon_stock",
    "akinon_doors",
    "zenskar",
    "zenskar_doors",
    "zenskar_moves",
)
"""What has the faults of behaviour; imported when one is asked for, which few servers are."""


def catalogue() -> Mapping[str, Fault]:
    """Every fault by its name."""
    modules = [import_module(f".{name}", __package__) for name in MODULES]
    found: dict[str, Fault] = {each.name: each for module in modules for each in module.FAULTS}
    if len(found) != sum(len(module.FAULTS) for module in modules):
        raise ValueError("two faults have one name")
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue says of a fault; one of transport is of no contract.

    `members` are what else must or can be said of it, when it is set.
    """

    name: str
    contract: str | None
    kind: str
    sentence: str
    members: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """As JSON data."""
        return {**asdict(self), "members": list(self.members)}


def known(contracts: Mapping[str, Contract], *, with_mutants: bool) -> Iterator[Known]:
    """What can be set where these contracts are served."""
    for name, sentence in KINDS.items():
        yield Known(name, None, "transport", sentence, MEMBERS.get(name, ()))
    for fault in catalogue().values():
        if fault.contract in contracts:
            yield Known(fault.name, fault.contract, fault.kind, fault.sentence)
    for contract in contracts.values() if with_mutants else ():
        for mutant in mutant_faults(contract):
            yield Known(mutant.name, mutant.contract, mutant.kind, mutant.sentence)


def named(names: Sequence[str], served: Sequence[str]) -> tuple[Fault, ...]:
    """The faults of these names; UsageError for one that is not known or would touch nothing."""
    found = []
    every = catalogue() if names else {}
    for name in names:
        if name not in every:
            near = [each for each in every if every[each].contract in served] or list(every)
            raise UsageError(f'there is no fault "{name}".' + did_you_mean(name, near))
        if every[name].contract not in served:
            message = f'the fault "{name}" is one of {every[name].contract}, which is not served'
            raise UsageError(message)
        found.append(every[name])
    return tuple(found)


def find(name: str, contracts: Mapping[str, Contract]) -> Behaviour | Transport:
    """The fault of that name, for one of the contracts served; UsageError when there is none."""
    if name.startswith(PREFIX):
        return _mutant(name, contracts)
    if name in KINDS:
        return Transport(name)
    every = {**catalogue(), **KINDS}
    if name not in every:
        near = [each for each in every if each.partition(".")[0] in (*contracts, "transport")]
        raise UsageError(f'there is no fault "{name}".' + did_you_mean(name, near))
    return named([name], list(contracts))[0]


def _mutant(name: str, contracts: Mapping[str, Contract]) -> Behaviour:
    owner, _, mutant = name.removeprefix(PREFIX).partition(" ")
    if owner not in contracts:
        raise UsageError(f'"{owner}" is not served.' + did_you_mean(owner, contracts))
    every = {each.mutant.name: each for each in mutant_faults(contracts[owner])}
    if mutant not in every:
        near = get_close_matches(mutant, every, n=1)
        raise UsageError(f'{owner} has no mutant "{mutant}".' + did_you_mean(mutant, near))
    return every[mutant]
