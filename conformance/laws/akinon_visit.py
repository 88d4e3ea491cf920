"""`Visit`: a shopper in Akinon's shop, with cookies of its own, and what its basket shows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..client import UNSET, Jar
from ..exchange import Exchange
from ..law import Violation
from ..subject import Persona
from ..trial import Trial

SESSION = "osessionid"
CSRF = "csrftoken"
GUEST = Persona("guest", {})
LARGEST = 2**31 - 1

Line = Mapping[str, Any]
Attributes = Mapping[str, Any]


class Visit:
    """One shopper; begins as a guest without a session, unless one is given.

    Where the shop asks for a CSRF token, one is got and sent. `trail` is all that was said. With
    `cleans` the basket is emptied when the law is done.
    """

    def __init__(self, trial: Trial, session: str | None = None, *, cleans: bool = True) -> None:
        self.trial = trial
        self.jar = Jar()
        self.trail: list[Exchange] = []
        self._is_clean = cleans
        if session is not None:
            self.jar.cookies[SESSION] = session

    def send(self, operation: str, body: Any = UNSET) -> Exchange:
        """One request, whatever comes of it."""
        answer = self._send(operation, body)
        if answer.status == 403 and CSRF not in self.jar.cookies:
            self.trail.append(
                self.trial.good("get_csrf_token", jar=self.jar, persona=GUEST),
            )
            answer = self._send(operation, body)
        return answer

    def _send(self, operation: str, body: Any) -> Exchange:
        if operation != "get_basket" and self._is_clean:
            self._is_clean = False
            self.trial.later(lambda: self._send("empty_basket", UNSET))
        token = self.jar.cookies.get(CSRF)
        headers = {} if token is None else {"x-csrftoken": token}
        answer = self.trial.send(operation, body=body, headers=headers, jar=self.jar, persona=GUEST)
        self.trail.append(answer)
        return answer

    def good(self, operation: str, body: Any = UNSET) -> Exchange:
        """One request that the contract says succeeds."""
        answer = self.send(operation, body)
        if answer.status != 200:
            raise Violation(f"a good request was refused with {answer.status}", *self.trail[-4:])
        return answer

    def refused(self, operation: str, body: Any, why: str) -> Exchange:
        """One request that must be refused with 400, and change nothing."""
        before = self.read()
        answer = self.send(operation, body)
        if answer.status != 400:
            raise Violation(f"{why} must be refused with 400, not {answer.status}", before, answer)
        after = self.read()
        if state(before) != state(after):
            raise Violation(f"{why} was refused, and yet the basket changed", before, answer, after)
        return answer

    def read(self) -> Exchange:
        """The basket."""
        return self.good("get_basket")

    def add(self, product: int, quantity: int, attributes: Attributes | None = None) -> Exchange:
        """Units added."""
        return self.good("add_product", asked(product, quantity, attributes))

    def set(self, product: int, quantity: int, attributes: Attributes | None = None) -> Exchange:
        """The quantity set by PUT."""
        return self.good("set_quantity", asked(product, quantity, attributes))

    def patch(self, product: int, quantity: int, attributes: Attributes | None = None) -> Exchange:
        """The quantity set by PATCH."""
        return self.good("change_basket", asked(product, quantity, attributes))

    def code(self, **body: Any) -> Exchange:
        """A discount code applied, stored or removed."""
        return self.good("change_basket", body)

    def empty(self) -> Exchange:
        """The basket emptied."""
        return self.good("empty_basket")


def asked(product: int, quantity: Any, attributes: Attributes | None = None) -> dict[str, Any]:
    """The body of a request about a product."""
    body: dict[str, Any] = {"product": product, "quantity": quantity}
    return body if attributes is None else {**body, "attributes": attributes}


# ------------------------------------------------------------------------- what a basket shows


def basket(exchange: Exchange) -> Mapping[str, Any]:
    """The basket that an answer shows."""
    found: Mapping[str, Any] = exchange.data["basket"]
    return found


def lines(exchange: Exchange) -> list[Line]:
    """The lines of the basket that an answer shows."""
    return list(basket(exchange)["basketitem_set"])


def place(line: Line) -> tuple[int, str]:
    """What tells a line from others: its product and its attributes."""
    return line["product"]["pk"], canonical(line["attributes"])


def line_of(exchange: Exchange, product: int, attributes: Attributes | None = None) -> Line | None:
    """The line of a product with just these attributes; Violation when there are two."""
    wanted = product, canonical(attributes or {})
    found = [line for line in lines(exchange) if place(line) == wanted]
    if len(found) > 1:
        raise Violation(f"two lines are for {wanted}", exchange)
    return found[0] if found else None


def quantities(exchange: Exchange) -> dict[tuple[int, str], int]:
    """How many units each line has."""
    return {place(line): line["quantity"] for line in lines(exchange)}


def canonical(value: Any) -> str:
    """A text that is the same for what is equal as JSON values."""
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def state(exchange: Exchange) -> dict[str, Any]:
    """All of a basket that a request could change."""
    found = basket(exchange)
    own = {name: found[name] for name in ("pk", "created_date", "modified_date")}
    ids = [line["id"] for line in lines(exchange)]
    return {**look(exchange), **own, "ids": ids}


def look(exchange: Exchange) -> dict[str, Any]:
    """What a basket holds and costs, without keys and dates of its own."""
    found = basket(exchange)
    totals = ("total_amount", "total_quantity", "total_discount_amount", "total_product_amount")
    return {
        **{name: found[name] for name in (*totals, "voucher_code")},
        "discounts": sums(found["discounts"]),
        "unavailable": [
            (one["pk"], one["unavailable_quantity"]) for one in found["unavailable_basket_products"]
        ],
        "lines": [
            (*place(line), line["quantity"], line["total_amount"], line["discount_amount"])
            for line in lines(exchange)
        ],
    }


def sums(discounts: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Discounts, each with its description."""
    return [(one["description"], one["discount"]) for one in discounts]


def money(text: str) -> Decimal:
    """An amount that an answer shows."""
    return Decimal(text)


# ----------------------------------------------------------------------------- what is for sale


@dataclass(frozen=True, slots=True)
class Goods:
    """A product, with what it costs and how many there are, found out by adding it to a basket."""

    product: int
    price: Decimal
    stock: int


def goods(trial: Trial, count: int = 1, stock: int = 8, least: int | None = None) -> list[Goods]:
    """`count` products of which there are `stock`, in a random order; none where they are too few.

    They are looked for among those that the subject's file names. With `least`, fewer will do.
    """
    found = list(_on_sale(trial, count, stock))
    if len(found) < (count if least is None else least):
        trial.reason = "the subject's file names too few products as known.product"
        return []
    return found


def _on_sale(trial: Trial, count: int, stock: int) -> Iterator[Goods]:
    known: dict[int, Goods | None] = trial.once("goods", dict)
    names = list(trial.subject.known.get("product", ()))
    trial.random.shuffle(names)
    visit = trial.once("sampling", lambda: Visit(trial))
    left = count
    for product in names:
        if not left:
            return
        if product not in known:
            known[product] = _found_out(visit, product)
        one = known[product]
        if one is not None and one.stock >= stock:
            left -= 1
            yield one


def _found_out(visit: Visit, product: int) -> Goods | None:
    answer = visit.send("add_product", asked(product, 1))
    line = line_of(answer, product) if answer.status == 200 else None
    return Goods(product, money(line["unit_price"]), line["stock"]) if line else None


def unknown_product(trial: Trial) -> int:
    """The key of a product that no shop has."""
    return LARGEST - trial.random.randrange(10**6)


def filled(trial: Trial, kinds: int = 2) -> Visit | None:
    """A shopper with some products in the basket; None where none are known."""
    found = goods(trial, kinds)
    if not found:
        return None
    visit = Visit(trial)
    for one in found:
        visit.add(one.product, trial.random.randint(1, 3))
    return visit


def some_attributes(trial: Trial) -> dict[str, Any]:
    """Attributes that no line has by chance."""
    return {"understudy": f"{trial.random.getrandbits(32):08x}"}
