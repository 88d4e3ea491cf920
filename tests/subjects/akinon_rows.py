"""What the Akinon subject keeps, and the catalogue, offers and sessions it starts with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

from .common import Variant
from .values import canonical

IMAGE = (
    "HTTPs://akinon.akinoncdn.com/products/2021/09/10/3/e5b49285-7d8b-47a7-84f8-994c2217548a.jpg"
)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue; its prices are texts, as the shop entered them."""

    pk: int
    name: str
    sku: str
    price: str
    retail_price: str
    stock: int
    active: bool = True
    pictured: bool = False

    def shown(self) -> dict[str, Any]:
        """The product as lines embed it."""
        image = {
            "pk": 2576,
            "status": "active",
            "image": IMAGE,
            "order": 1,
            "created_date": "2021-09-10T16:57:34.100718Z",
            "specialimage_set": [],
        }
        return {
            "pk": self.pk,
            "name": self.name,
            "sku": self.sku,
            "base_code": self.sku[:7],
            "attributes": {},
            "attribute_set": 152,
            "attributes_kwargs": {},
            "extra_attributes": {},
            "productimage_set": [image] if self.pictured else [],
            "price": self.price,
            "in_stock": self.stock > 0,
            "currency_type": "try",
            "retail_price": self.retail_price,
            "unit_type": "qty",
            "absolute_url": f"/{self.sku}-{self.sku[:7]}-{self.name.lower()}/",
            "productvideo_set": [],
            "product_type": "0",
            "price_type": "default",
            "form_schema": None,
            "is_ready_to_basket": self.active,
            "stock": self.stock,
            "data_source": None,
        }


@dataclass(frozen=True, slots=True)
class Offer:
    """A campaign or voucher: a percentage of all lines together, or an amount."""

    description: str
    value: Decimal
    percentage: bool = True
    minimum: Decimal = Decimal(0)
    until: datetime | None = None

    def good(self, now: datetime, total: Decimal) -> bool:
        """Whether it discounts lines that come to `total`."""
        return (self.until is None or now < self.until) and total >= self.minimum


@dataclass(frozen=True, slots=True)
class Line:
    """Units of one product with the same attributes."""

    id: int
    product: int
    quantity: int
    attributes: dict[str, Any]

    def place(self) -> tuple[int, str]:
        """What makes it this line and no other, and where it stands."""
        return self.product, canonical(self.attributes)


@dataclass(slots=True)
class Basket:
    """The basket of one session."""

    pk: int
    created: datetime
    modified: datetime
    lines: list[Line] = field(default_factory=list)
    voucher: str | None = None
    unavailable: list[dict[str, Any]] = field(default_factory=list)

    def line(self, product: int, attributes: dict[str, Any]) -> Line | None:
        """The line of that product and attributes."""
        wanted = product, canonical(attributes)
        return next((line for line in self.lines if line.place() == wanted), None)

    def of(self, product: int) -> list[Line]:
        """The lines of that product."""
        return [line for line in self.lines if line.product == product]


@dataclass(slots=True)
class State:
    """All that changes, and the catalogue."""

    products: Mapping[int, Product]
    campaigns: tuple[Offer, ...]
    vouchers: Mapping[str, Offer]
    baskets: dict[str, Basket]
    next_pk: int
    next_item: int


def new_session(variant: Variant) -> str:
    """The value of a session cookie; its form is free."""
    found = uuid4()
    return str(found) if Variant.OTHER_IDS in variant else found.hex


def _products() -> dict[int, Product]:
    random = Random("akinon")
    named = (
        Product(1309, "Gitar", "1020583031", "120", "200", 51, pictured=True),
        Product(49, "Metronome", "1049000001", "34.99", "39.99", 40),
        Product(1780, "Strings", "1780000001", "0.05", "0.10", 1000),
        Product(1781, "Gone", "1781000001", "10", "10", 5, active=False),
        Product(1782, "Sold out", "1782000001", "10.5", "12", 0),
        Product(1783, "Gift", "1783000001", "0", "0.00", 10),
        Product(1784, "Last one", "1784000001", "999999.99", "999999.99", 1),
    )
    prices = ("0.01", "0.03", "3.33", "7", "19.9", "99.99", "100", "1234.56")
    made = (
        Product(
            2000 + index,
            f"Item {index}",
            f"{2000 + index}000000",
            price := random.choice(prices),
            price,
            random.choice((1, 2, 51, 2147483647)),
            active=index % 9 != 8,
        )
        for index in range(53)
    )
    return {product.pk: product for product in (*named, *made)}


def _vouchers(now: datetime) -> dict[str, Offer]:
    return {
        "aaa-bbb-ccc": Offer("Ten per cent", Decimal(10)),
        "ddd-eee-fff": Offer("Partner code", Decimal("12.5")),
        "fifteen-off": Offer("15.00 off", Decimal(15), percentage=False),
        "over-100": Offer("From 100", Decimal(5), minimum=Decimal(100)),
        "everything": Offer("All of it", Decimal(100)),
        "expired": Offer("Over", Decimal(50), until=now - timedelta(seconds=1)),
        "expiring": Offer("Not over", Decimal(50), until=now + timedelta(days=30)),
    }


def fresh_state(variant: Variant, now: datetime) -> State:
    """The catalogue, offers and sessions at the start."""
    products = _products()
    if Variant.REORDERED in variant:
        products = dict(reversed(products.items()))
    far = Variant.OTHER_IDS in variant
    pk, item = (1_900_000_001, 2_000_000_001) if far else (6863, 7387)
    campaign = Offer("Sitewide Campaign", Decimal(20))
    state = State(products, (campaign,), _vouchers(now), {}, pk, item)
    if Variant.EMPTY in variant:
        return state
    first = datetime(2021, 9, 20, 12, 27, 31, 459026, tzinfo=UTC)
    contents: Mapping[str, tuple[tuple[int, int, dict[str, Any]], ...]] = {
        "akinon-guitar": ((1309, 1, {}),),
        "akinon-cart": ((49, 3, {}),),
        "akinon-empty": (),
        # Two lines of each product that there is enough of.
        "akinon-many": tuple(
            (key, 1 + size % 2, {"size": size} if size else {})
            for key, product in products.items()
            for size in (0, 1)
            if product.active and product.stock > 2
        ),
        "akinon-gone": ((1781, 2, {}), (1784, 2, {}), (49, 2, {"color": "black"})),
    }
    for session, lines in contents.items():
        basket = Basket(state.next_pk, first, first + timedelta(microseconds=19))
        state.next_pk += 1
        for product, quantity, attributes in lines:
            basket.lines.append(Line(state.next_item, product, quantity, attributes))
            state.next_item += 1
        state.baskets[session] = basket
    if not far:
        # The contract's examples name this item.
        cart = state.baskets["akinon-cart"]
        cart.lines = [replace(line, id=1720) for line in cart.lines]
    return state
