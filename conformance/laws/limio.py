"""The laws written for Limio: cookies, checkouts of subscriptions, baskets, tokens, refusals."""

from collections.abc import Iterator

from ...specs.contract import Contract
from ..law import Law
from . import limio_baskets, limio_checkout, limio_cookie, limio_refusals
from .vendor import made

PARTS = (limio_baskets, limio_checkout, limio_cookie, limio_refusals)


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of Limio's checkouts and baskets; none for another contract."""
    for part in PARTS:
        yield from made(contract, "limio", part.LAWS)
