"""`Entry`: a law written for one contract, and `made`, which makes laws of such entries."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...specs.clauses import Basis
from ...specs.contract import Contract
from ..law import Effect, Law
from ..subject import Capability
from ..trial import Trial

Check = Callable[[Trial], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A law before its contract is read.

    `at` is a pointer into the operation, or, when it begins with `/components`, into the document.
    `basis` names the sources of the one statement that is held, which may be fewer than those of
    the place where it stands.
    """

    id: str
    operation: str
    claim: str
    basis: Basis
    check: Check
    at: str = ""
    effect: Effect = "writes"
    needs: frozenset[Capability] = frozenset()


def made(contract: Contract, name: str, entries: Iterable[Entry]) -> Iterator[Law]:
    """The laws of the contract `name`, as far as `contract` is it and has their operations."""
    if contract.name != name:
        return
    for entry in entries:
        operation = contract.operations.get(entry.operation)
        if operation is not None:
            is_apart = entry.at.startswith("/components")
            yield Law(
                id=entry.id,
                claim=entry.claim,
                operation=entry.operation,
                pointer=entry.at if is_apart else operation.pointer + entry.at,
                basis=entry.basis,
                effect=entry.effect,
                check=entry.check,
                needs=entry.needs,
            )
