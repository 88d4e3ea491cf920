"""The catalogue of faults of behaviour: all of them by name."""

from collections.abc import Iterable, Mapping, Sequence

from ...specs.errors import UsageError, did_you_mean
from . import (
    akinon,
    akinon_doors,
    akinon_money,
    akinon_stock,
    limio,
    limio_doors,
    limio_offers,
    nexudus,
    nexudus_doors,
    zenskar,
    zenskar_doors,
    zenskar_moves,
)
from .fault import Fault

MODULES = (
    nexudus,
    nexudus_doors,
    limio,
    limio_doors,
    limio_offers,
    akinon,
    akinon_money,
    akinon_stock,
    akinon_doors,
    zenskar,
    zenskar_doors,
    zenskar_moves,
)


def catalogue() -> Mapping[str, Fault]:
    """Every fault by its name."""
    found = {fault.name: fault for module in MODULES for fault in module.FAULTS}
    if len(found) != sum(len(module.FAULTS) for module in MODULES):
        raise ValueError("two faults have one name")
    return found


def named(names: Iterable[str], served: Sequence[str]) -> tuple[Fault, ...]:
    """The faults of these names; UsageError for one that is not known or would touch nothing."""
    known = catalogue()
    found = []
    for name in names:
        if name not in known:
            near = [each for each in known if known[each].contract in served] or list(known)
            raise UsageError(f'there is no fault "{name}".' + did_you_mean(name, near))
        if known[name].contract not in served:
            message = f'the fault "{name}" is one of {known[name].contract}, which is not served'
            raise UsageError(message)
        found.append(known[name])
    return tuple(found)
