"""The cookie `limio_state`: how it is set, where it leads, and where it does not."""

from base64 import urlsafe_b64encode
from http.cookies import SimpleCookie
from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    CHECKOUT,
    CLIENT,
    COMPLETED,
    EXPIRED,
    FREE,
    HUMAN,
    INITIATE,
    SUBSCRIPTION,
    begun,
    changed,
    initiated,
    landing,
    order,
    refused,
    settled,
    stored,
    update_of,
)

NOTHING: dict[str, Any] = {"order": {"orderItems": []}}
BEGINNINGS = [(INITIATE, order("order-1")), (SUBSCRIPTION, update_of(id=FREE))]


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.ruling("L15", "L17")
@pytest.mark.parametrize(("path", "body"), BEGINNINGS, ids=["initiate", "subscription"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_beginning_a_basket_sets_the_cookie(
    limio: Stand, path: str, body: Any, scheme: str
) -> None:
    """For the whole host, not for scripts, not across sites; only on https for https alone."""
    headers = {**HUMAN, "X-Forwarded-Proto": scheme}
    response = limio.post(path, headers=headers, json=body)

    cookie = SimpleCookie(response.headers["Set-Cookie"])["limio_state"]
    given = {name: value for name, value in cookie.items() if value}
    secure = {"secure": True} if scheme == "https" else {}
    assert given == {"path": "/", "httponly": True, "samesite": "Lax", **secure}


@pytest.mark.ruling("L15")
def test_the_cookie_leads_to_the_checkout(limio: Stand) -> None:
    """A client that keeps it reads, changes and reads its own checkout."""
    visitor, other = limio.session(), limio.session()
    mine = begun(visitor, id=FREE)
    others = begun(other, id=FREE)

    assert visitor.get(SUBSCRIPTION, headers=CLIENT).json() == mine
    assert other.get(SUBSCRIPTION, headers=CLIENT).json() == others
    answer = changed(visitor).json()
    assert answer == mine


@pytest.mark.ruling("L15")
def test_the_latest_basket_takes_over_the_cookie(limio: Stand) -> None:
    """A second checkout in one browser hides the first."""
    visitor = limio.session()
    begun(visitor, id=FREE)
    second = begun(visitor, name="A-S00001002")

    assert visitor.get(SUBSCRIPTION, headers=CLIENT).json() == second


@pytest.mark.ruling("L5", "L15", "L17")
def test_an_update_of_a_basket_sets_its_cookie_again(limio: Stand) -> None:
    """The same basket, the same cookie."""
    first = limio.post(INITIATE, headers=CLIENT, json=order("order-1"))
    again = limio.post(INITIATE, headers=CLIENT, json=order("order-1"))

    assert again.headers["Set-Cookie"] == first.headers["Set-Cookie"]


@pytest.mark.ruling("L11", "L15")
@pytest.mark.parametrize(("identity", "completed"), [(CHECKOUT, False), (COMPLETED, True)])
def test_a_checkout_says_whether_it_is_completed(
    limio: Stand, identity: str, completed: bool
) -> None:
    """Both of the fixture's can be read."""
    response = limio.get(SUBSCRIPTION, headers=CLIENT, cookies=landing(identity))

    assert response.status_code == 200
    assert response.json()["order"]["checkoutId"] == identity
    assert response.json()["completed"] is completed


LOST: list[tuple[str, str | None]] = [
    ("none", None),
    ("empty", ""),
    ("no base64", "%%%"),
    ("no ASCII", "\u00e9"),
    ("cut short", landing(CHECKOUT)["limio_state"][:-1]),
    ("no JSON", encoded("{")),
    ("no UTF-8", "_w"),
    ("no object", encoded(f'["{CHECKOUT}"]')),
    ("another member", encoded(f'{{"id": "{CHECKOUT}"}}')),
    ("no text", encoded('{"basketId": 7}')),
    ("null", encoded('{"basketId": null}')),
    ("a list", encoded('{"basketId": []}')),
    ("the bare id", CHECKOUT),
    ("unknown", encoded('{"basketId": "basket-0"}')),
    ("expired", landing(EXPIRED)["limio_state"]),
]


@pytest.mark.ruling("L4", "L15", "L20")
@pytest.mark.parametrize("value", [v for _, v in LOST], ids=[name for name, _ in LOST])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_cookie_that_leads_nowhere_is_not_found(
    limio: Stand, method: str, value: str | None
) -> None:
    """Missing, unreadable, unknown or expired: 404, and nothing changes."""
    before = settled(limio)
    sent = {} if value is None else {"Cookie": f"limio_state={value}".encode("latin-1")}
    body = NOTHING if method == "PUT" else None

    response = limio.request(method, SUBSCRIPTION, headers={**HUMAN, **sent}, json=body)

    refused(response, 404)
    assert limio.dump() == before


@pytest.mark.ruling("L6", "L15")
@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("completed", [False, True], ids=["open", "completed"])
def test_a_basket_for_new_offers_is_no_subscription_checkout(
    limio: Stand, method: str, completed: bool
) -> None:
    """Its cookie is good, and leads to 404 here, whatever its state."""
    visitor = limio.session()
    basket = stored(limio, initiated(visitor, "order-1"))
    limio.store("baskets", {**basket, "completed": completed})
    body = NOTHING if method == "PUT" else None

    refused(visitor.request(method, SUBSCRIPTION, headers=HUMAN, json=body), 404)


@pytest.mark.ruling("L15", "L20")
def test_a_checkout_expires_two_weeks_after_its_creation(limio: Stand) -> None:
    """On the clock to the millisecond, whatever was changed meanwhile."""
    visitor = limio.session()
    begun(visitor, id=FREE)
    limio.advance(days=7)
    changed(visitor)

    limio.advance(days=7, milliseconds=-1)
    assert visitor.get(SUBSCRIPTION, headers=CLIENT).status_code == 200
    limio.advance(milliseconds=1)
    refused(visitor.get(SUBSCRIPTION, headers=CLIENT), 404)
    refused(changed(visitor), 404)


def test_a_checkout_whose_subscription_is_gone_is_not_found(limio: Stand) -> None:
    """A fixture may hold one."""
    basket = next(b for b in limio.documents("baskets") if b["id"] == CHECKOUT)
    limio.store("baskets", {**basket, "subscriptionId": "sub-gone"})

    refused(limio.get(SUBSCRIPTION, headers=CLIENT, cookies=landing(CHECKOUT)), 404)


@pytest.mark.ruling("L15")
def test_other_cookies_do_not_matter(limio: Stand) -> None:
    """Nor do malformed ones before it."""
    value = landing(CHECKOUT)["limio_state"]
    headers = {**CLIENT, "Cookie": f"bad[]=1; =; x; Limio_State=y; limio_state={value}; z=1"}

    assert limio.get(SUBSCRIPTION, headers=headers).status_code == 200
