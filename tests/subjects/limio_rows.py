"""What the Limio subject keeps, and the catalogue, subscriptions and baskets it starts with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from .common import Variant, new_uuid, shuffled

LIFE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer, or an add-on, of the catalogue."""

    id: str
    version: str
    name: str
    path: str
    kind: str
    code: str
    family: str = ""
    tier: int = 0
    add_ons: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """The offer as answers show it."""
        return {
            "id": self.id,
            "version": self.version,
            "name": self.name,
            "path": self.path,
            "type": self.kind,
            "products": self.products(),
        }

    def products(self) -> list[dict[str, str]]:
        """What one gets."""
        return [{"path": f"/products/{self.code.lower()}", "productCode": self.code}]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A running subscription, perhaps with a change that waits for its date."""

    id: str
    name: str
    offer: str
    add_ons: tuple[str, ...] = ()
    changes: datetime | None = None
    email: str | None = None


@dataclass(slots=True)
class Basket:
    """A basket of either kind; one with a subscription is a subscription checkout."""

    id: str
    external_id: str
    created: datetime
    items: list[dict[str, Any]]
    tracking: dict[str, Any]
    subscription: Subscription | None = None
    entry: str = "/checkout"
    email: str | None = None
    completed: bool = False
    address: str | None = None

    def live(self, now: datetime) -> bool:
        """Whether its two weeks are not over."""
        return now < self.created + LIFE


@dataclass(slots=True)
class State:
    """All that changes, and the catalogue."""

    offers: Mapping[str, Offer]
    subscriptions: tuple[Subscription, ...]
    baskets: list[Basket]
    clients: Mapping[str, str]
    tokens: dict[str, datetime | None] = field(default_factory=dict)


def basket_id(variant: Variant, random: Random | None = None) -> str:
    """A new id; its form is free."""
    found = new_uuid(variant, random)
    return f"B{found[:8]}{found[-6:]}" if Variant.OTHER_IDS in variant else f"basket-{found}"


def _offers() -> dict[str, Offer]:
    archive, support = "8c7b2e4a9f5ab06d18293a4b5c6d7e8f90a1b2c3", "9d8c3f5baf6bc17e" + "29" * 12
    monthly = "1f0c5a7be2d84936a1b2c3d4e5f60718293a4b5c"
    yearly = "2e1d6b8cf3e95a47b2c3d4e5f60718293a4b5c6d"
    fits = (archive, support)
    version = "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"
    offers = (
        Offer(monthly, version, "Monthly", "/offers/m", "offer", "DIGITAL", "digital", 1, fits),
        Offer(yearly, version, "Yearly", "/offers/y", "offer", "DIGITAL", "digital", 2, (archive,)),
        Offer("3a" * 20, version, "Trial", "/offers/t", "offer", "DIGITAL", "digital", 0),
        Offer("4b" * 20, version, "Paper", "/offers/p", "offer", "PAPER", "print", 1, (support,)),
        Offer(archive, version, "Archive", "/add-ons/archive", "add_on", "ARCHIVE"),
        Offer(support, version, "Support", "/add-ons/support", "add_on", "SUPPORT"),
    )
    return {offer.id: offer for offer in offers}


def _subscriptions(offers: Mapping[str, Offer], now: datetime) -> tuple[Subscription, ...]:
    monthly, yearly, *_, archive, support = offers
    later, before = now + timedelta(days=40), now - timedelta(seconds=1)
    return (
        Subscription("sub-7c0e41d2", "A-S00001001", monthly, email="ada@shop.example"),
        Subscription("sub-7c0e41d3", "A-S00001002", monthly, (archive, support)),
        Subscription("sub-locked", "A-S00001003", monthly, changes=later),
        Subscription("sub-unlocked", "A-S00001004", yearly, changes=before),
        *(
            Subscription(f"sub-{index:08x}", f"A-S{index:08}", yearly, (archive,))
            for index in range(20, 40)
        ),
    )


def _baskets(variant: Variant, state: State, now: datetime) -> list[Basket]:
    random = Random("limio")
    now = now.replace(microsecond=0)
    # Ties, a few at the ends of the two weeks, and some that are over.
    ages = [timedelta(days=random.choice((1, 2, 2, 5, 9)), hours=index % 4) for index in range(56)]
    ages += [LIFE - timedelta(hours=1), LIFE, LIFE + timedelta(seconds=1), timedelta(0)]
    baskets = []
    for index, age in enumerate(ages):
        found = basket_id(variant, random)
        offer = random.choice(tuple(state.offers.values()))
        subscription = random.choice(state.subscriptions) if index % 3 == 0 else None
        items: list[dict[str, Any]] = [
            {"offer": {"id": offer.id, "version": offer.version}, "quantity": 1}
        ]
        if subscription:
            actions = {"orderItemActionType": "add", "type": offer.kind}
            items = [{**actions, **item} for item in items] if index % 2 else []
        baskets.append(
            Basket(
                found,
                found if subscription else f"order-{index}",
                now - age,
                items,
                random.choice(({}, {"purchaseCountryCode": "GB"}, {"offers": [], "x": None})),
                subscription,
                email=random.choice((None, "ada@shop.example", "çelik@shop.example")),
                completed=index % 7 == 6,
            )
        )
    return shuffled(variant, baskets)


def fresh_state(variant: Variant, now: datetime) -> State:
    """The catalogue, subscriptions, clients, tokens and baskets at the start."""
    offers = _offers()
    state = State(offers, _subscriptions(offers, now), [], {"limio-client": "limio-secret"})
    state.tokens = {"limio-token": None, "limio-expired": datetime(2025, 1, 1, tzinfo=UTC)}
    state.baskets = _baskets(variant, state, now)
    return state
