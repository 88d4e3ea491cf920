"""The laws written for Nexudus: roles, records, the envelopes of writes and refusals, tokens."""

from collections.abc import Iterator

from ...specs.contract import Contract
from ..law import Law
from . import nexudus_records, nexudus_roles, nexudus_tokens
from .vendor import made

PARTS = (nexudus_records, nexudus_roles, nexudus_tokens)


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of Nexudus's basket sessions; none for another contract."""
    for part in PARTS:
        yield from made(contract, "nexudus", part.LAWS)
