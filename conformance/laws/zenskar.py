"""The laws written for Zenskar: estimates, creates, moves, updates, refusals."""

from collections.abc import Iterator

from ...specs.contract import Contract
from ..law import Law
from . import zenskar_create, zenskar_moves, zenskar_refusals, zenskar_update
from .vendor import made

PARTS = (zenskar_create, zenskar_moves, zenskar_refusals, zenskar_update)


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of Zenskar's checkout sessions; none for another contract."""
    for part in PARTS:
        yield from made(contract, "zenskar", part.LAWS)
