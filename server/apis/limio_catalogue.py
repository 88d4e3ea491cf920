"""Limio's catalogue: offers as baskets show them, and what a subscriber may change to."""

from collections.abc import Iterable, Sequence
from typing import Any

from .. import resource
from ..state import Document, State

Item = dict[str, Any]
"""An order item: action, type, offer, quantity."""


class Catalogue:
    """The offers and add-ons of the shop. One that it lacks is shown by its id alone."""

    def __init__(self, state: State) -> None:
        self._state = state

    def offer(self, identity: str) -> dict[str, Any]:
        """An offer as answers show it."""
        return self._shown(self._stored(identity))

    def basket_items(self, identities: Iterable[str]) -> list[dict[str, Any]]:
        """Offers as the list of abandoned baskets shows them."""
        return [
            {"name": offer["name"], "path": offer["path"], "products": offer["products"]}
            for offer in map(self._stored, identities)
        ]

    def next_actions(self, subscription: Document) -> dict[str, list[dict[str, Any]]]:
        """What the subscriber may change to, or add, by tier and id."""
        current = self._stored(subscription["offerId"])
        ranked = sorted(self._state.find("offers"), key=lambda o: (o["tier"], o["id"]))
        offers = [o for o in ranked if o["type"] == "offer"]
        family = [o for o in offers if o["family"] == current["family"]]
        chosen = {
            "upgrades": [o for o in family if o["tier"] > current["tier"]],
            "downgrades": [o for o in family if o["tier"] < current["tier"]],
            "crossSells": [o for o in offers if o["family"] != current["family"]],
            "subscriptionAddOns": [
                o
                for o in ranked
                if o["id"] in current["addOns"] and o["id"] not in subscription["addOnIds"]
            ],
        }
        return {name: [self._shown(o) for o in found] for name, found in chosen.items()}

    def brought(self, subscription: Document, ordered: Sequence[Item]) -> list[Item]:
        """The removals that the added offer brings with it (ruling L19), unless they are asked for.

        They are those of the current offer and of the current add-ons that do not fit. What fits an
        offer that the catalogue lacks is not known, so nothing is taken away for it.
        """
        added = next((item for item in ordered if adds_offer(item)), None)
        if added is None:
            return []
        offer = self._state.get("offers", added["offer"]["id"])
        unfit = [i for i in subscription["addOnIds"] if offer and i not in offer["addOns"]]
        leaving = [("offer", subscription["offerId"]), *(("add_on", i) for i in unfit)]
        asked = {
            (item["type"], item["offer"]["id"])
            for item in ordered
            if item["orderItemActionType"] == "remove"
        }
        return [_removal(*each) for each in leaving if each not in asked]

    def _stored(self, identity: str) -> Document:
        return self._state.get("offers", identity) or _unknown(identity)

    def _shown(self, offer: Document) -> dict[str, Any]:
        return resource.shown(self._state.contract, "offers", offer)


def adds_offer(item: Item) -> bool:
    """Whether the item changes the subscription to another offer."""
    return (item["orderItemActionType"], item["type"]) == ("add", "offer")


def _removal(kind: str, identity: str) -> Item:
    return {
        "orderItemActionType": "remove",
        "type": kind,
        "offer": {"id": identity},
        "quantity": 1,
    }


def _unknown(identity: str) -> dict[str, Any]:
    return {
        "id": identity,
        "version": identity,
        "name": identity,
        "path": f"/offers/{identity}",
        "type": "offer",
        "products": [],
        "family": None,
        "tier": 0,
        "addOns": [],
    }
