"""Campaigns and vouchers: which offers a basket gets, and whether a code is good (ruling A26)."""

from decimal import Decimal

from ..state import Document, State
from ..store.query import SortKey
from .akinon_basket import Offer


def offers(state: State, code: str | None) -> list[Offer]:
    """What may discount a basket with this code: the campaigns by key, then the voucher.

    An expired campaign or voucher is not there; a code that no voucher has gives nothing.
    """
    campaigns = state.find("campaigns", order=(SortKey(("pk",), "number"),))
    voucher = find(state, code) if code is not None else None
    return [*map(_offer, campaigns), *([voucher] if voucher else [])]


def find(state: State, code: str) -> Offer | None:
    """The voucher with this code, unless it has expired."""
    document = state.get("vouchers", code)
    return None if document is None else _offer(document)


def _offer(document: Document) -> Offer:
    minimum = document["minimum"]
    return Offer(
        document["description"],
        document["kind"],
        Decimal(document["value"]),
        None if minimum is None else Decimal(minimum),
    )
