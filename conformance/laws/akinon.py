"""The laws written for Akinon's basket: money, lines, items, codes, stock, sessions, refusals."""

from collections.abc import Iterator

from ...specs.contract import Contract
from ..law import Law
from . import (
    akinon_codes,
    akinon_csrf,
    akinon_errors,
    akinon_external,
    akinon_items,
    akinon_lines,
    akinon_model,
    akinon_money,
    akinon_session,
    akinon_stock,
)
from .vendor import made

PARTS = (
    akinon_codes,
    akinon_csrf,
    akinon_errors,
    akinon_external,
    akinon_items,
    akinon_lines,
    akinon_model,
    akinon_money,
    akinon_session,
    akinon_stock,
)


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of Akinon's basket; none for another contract."""
    for part in PARTS:
        yield from made(contract, "akinon", part.LAWS)
