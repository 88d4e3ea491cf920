"""The laws of a contract: all that its clauses make, and those written for it alone."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from ..specs.contract import Contract
from ..specs.errors import UsageError, did_you_mean
from .law import Law
from .laws import (
    access,
    akinon,
    filters,
    forms,
    hidden,
    life,
    limio,
    nexudus,
    order,
    paging,
    parameters,
    resource,
    stamps,
    timers,
    zenskar,
)

SHAPE = "shape"
"""What the shape layer is called among the families of laws."""
Make = Callable[[Contract], Iterator[Law]]

MAKERS: tuple[Make, ...] = (
    paging.laws,
    filters.laws,
    forms.laws,
    hidden.laws,
    order.laws,
    parameters.laws,
    resource.laws,
    life.laws,
    access.laws,
    akinon.laws,
    limio.laws,
    nexudus.laws,
    stamps.laws,
    timers.laws,
    zenskar.laws,
)
"""What makes laws; each looks at the contract for what it knows how to judge."""


def laws(contract: Contract) -> tuple[Law, ...]:
    """All laws of `contract`, by name, in an order that does not change."""
    found = [law for make in MAKERS for law in make(contract)]
    names = [law.name for law in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"laws with one name: {sorted(twice)}")
    return tuple(sorted(found, key=lambda law: law.name))


def hint(name: str, known: set[str]) -> str:
    """The nearest name, or where to find them all: they are too many for a line."""
    return did_you_mean(name, get_close_matches(name, known, n=1)) or " `verify --list` shows all."


def shaped(contract: Contract, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The operations whose shape is judged: those named, or all of them."""
    if not wanted or SHAPE in wanted:
        return tuple(contract.operations)
    return tuple(name for name in contract.operations if name in wanted)


def selected(contract: Contract, wanted: tuple[str, ...]) -> tuple[Law, ...]:
    """The laws that any of `wanted` names: a law, its id, a family (`paging`) or an operation."""
    every = laws(contract)
    if not wanted:
        return every
    known = {
        name
        for law in every
        for name in (law.name, law.id, law.id.partition(".")[0], law.operation)
    } | {SHAPE, *contract.operations}
    for name in wanted:
        if name not in known:
            raise UsageError(f'there is no law or operation "{name}".' + hint(name, known))
    return tuple(
        law
        for law in every
        if {law.name, law.id, law.id.partition(".")[0], law.operation} & set(wanted)
    )
