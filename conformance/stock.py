"""`stock`: makes a few documents where a listing shows too few to be judged by."""

from contextlib import suppress

from .family import Family, bodies, families, make
from .law import Unreachable, Violation
from .trial import Trial
from .walk import walk

ENOUGH = 8
"""Items below which pages, orders and filters have nothing to go wrong with."""


def stock(trial: Trial) -> None:
    """See that every listing has something in it, as far as the contract can make it.

    What goes wrong here is for the laws to find.
    """
    for family in families(trial.contract):
        with suppress(Violation, Unreachable):
            _fill(trial, family)


def _fill(trial: Trial, family: Family) -> None:
    if family.listing is None:
        return
    missing = ENOUGH - len(walk(trial, family.listing, most=1).items)
    for create in family.of("create"):
        found = bodies(trial, create)
        for number in range(missing):
            make(trial, family, create, found[number % len(found)])
            found = bodies(trial, create)
