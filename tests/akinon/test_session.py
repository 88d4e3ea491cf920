"""Sessions, guests and the CSRF check."""

from datetime import timedelta
from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    BASKET,
    CART,
    CSRF,
    GUITAR,
    ITEMS,
    as_session,
    basket_of,
    change,
    key,
    looked,
    quantities,
)

WRITES: list[tuple[str, str, Any]] = [
    ("POST", BASKET, {"product": 49, "quantity": 1}),
    ("PUT", BASKET, {"product": 1309, "quantity": 2}),
    ("PATCH", BASKET, {"voucher_code": "aaa-bbb-ccc"}),
    ("DELETE", BASKET, None),
    ("PATCH", ITEMS, {"id": 7387, "is_all": True}),
]
BASKET_WRITES = [write for write in WRITES if write[1] == BASKET]

pytestmark = pytest.mark.ruling("A23")


@pytest.mark.ruling("A20")
def test_a_guest_gets_a_session_and_keeps_it(akinon: Stand) -> None:
    """The first answer sets a cookie; with it the guest finds the same basket again."""
    guest = akinon.session()

    first = guest.get(BASKET)
    added = guest.post(BASKET, json={"product": 49, "quantity": 2})

    assert first.headers["Set-Cookie"].split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Lax"]
    assert "Set-Cookie" not in added.headers
    assert basket_of(first)["pk"] == basket_of(added)["pk"]
    assert quantities(basket_of(guest.get(BASKET))) == {key(49): 2}


@pytest.mark.parametrize(("method", "path", "body"), BASKET_WRITES)
def test_a_write_names_its_session_in_the_body(
    akinon: Stand, method: str, path: str, body: Any
) -> None:
    """A guest learns the new session, a known one reads its own; GET says nothing of it."""
    body = body and {
        **body,
        "voucher_code": "aaa-bbb-ccc",
    }  # PATCH honours it, the others do not know it
    guest = akinon.session()
    by_guest = guest.request(method, path, json=body)
    by_known = akinon.request(method, path, json=body, headers=GUITAR)

    assert by_guest.status_code == by_known.status_code == 200
    assert by_guest.json()["osessionid"] == guest.cookies["osessionid"]
    assert by_known.json()["osessionid"] == "akinon-guitar"
    assert "Set-Cookie" not in by_known.headers
    assert set(akinon.get(BASKET, headers=GUITAR).json()) == {"basket"}


@pytest.mark.parametrize("cookie", ["osessionid=nobody", "osessionid=", 'osessionid=""', "other=1"])
def test_an_unknown_session_is_replaced(akinon: Stand, cookie: str) -> None:
    """It is not adopted: the session is a new one, with an empty basket."""
    response = akinon.get(BASKET, headers={"Cookie": cookie})

    session = response.cookies["osessionid"]
    assert session not in ("", "nobody")
    assert basket_of(response)["basketitem_set"] == []
    assert looked(akinon, as_session(session))["pk"] == basket_of(response)["pk"]


def test_every_session_has_a_basket_of_its_own(akinon: Stand) -> None:
    """What one session writes no other sees."""
    guests = [akinon.session() for _ in range(3)]

    for quantity, guest in enumerate(guests, 1):
        guest.post(BASKET, json={"product": 49, "quantity": quantity})

    baskets = [basket_of(guest.get(BASKET)) for guest in guests]
    assert [quantities(basket) for basket in baskets] == [{key(49): n} for n in (1, 2, 3)]
    assert len({basket["pk"] for basket in baskets}) == 3
    assert quantities(looked(akinon, GUITAR)) == {key(1309): 1}


def test_a_known_session_without_a_basket_gets_one(akinon: Stand) -> None:
    """It is made once, and no cookie is set."""
    first = akinon.get(BASKET, headers=as_session("akinon-new"))

    assert "Set-Cookie" not in first.headers
    assert basket_of(first) == looked(akinon, as_session("akinon-new"))
    assert basket_of(first)["basketitem_set"] == []


def test_a_basket_that_was_removed_is_made_anew(akinon: Stand) -> None:
    """A session that points nowhere is mended."""
    change(akinon, "sessions", {"osessionid": "akinon-guitar"}, basket=999)

    basket = looked(akinon, GUITAR)

    assert basket["basketitem_set"] == []
    assert looked(akinon, GUITAR)["pk"] == basket["pk"] != 6863


def test_looking_twice_changes_nothing(akinon: Stand) -> None:
    """With a session and nothing to take out, GET is pure."""
    before = akinon.dump()

    assert looked(akinon, CART) == looked(akinon, CART)
    assert akinon.dump() == before


def test_a_refused_write_begins_no_session(akinon: Stand) -> None:
    """A guest whose write is refused is as unknown as before."""
    before = akinon.dump()

    response = akinon.post(BASKET, json={"product": 999, "quantity": 1})

    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers
    assert akinon.dump() == before


@pytest.mark.ruling("A30", "G3")
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_is_dated_and_the_basket_keeps_its_birth(
    akinon: Stand, method: str, path: str, body: Any
) -> None:
    """`modified_date` is the time of the write, on the clock; `pk` and `created_date` stay."""
    before = looked(akinon, GUITAR)
    akinon.advance(hours=5)

    assert akinon.request(method, path, json=body, headers=GUITAR).status_code == 200
    akinon.advance(hours=1)

    after = looked(akinon, GUITAR)
    written = (akinon.now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert after["modified_date"] == written
    assert [after[name] for name in ("pk", "created_date")] == [
        before[name] for name in ("pk", "created_date")
    ]


@pytest.mark.ruling("A30", "A8")
@pytest.mark.parametrize(("method", "path", "body"), [("GET", BASKET, None), *BASKET_WRITES])
def test_every_basket_says_its_segment(akinon: Stand, method: str, path: str, body: Any) -> None:
    """The basket's own, which may be null."""
    akinon.store("basket_items", {"id": 9001, "basket": 6869, "product": 1309, "quantity": 1})
    segmented = akinon.request(method, path, json=body, headers=as_session("akinon-segment"))
    plain = akinon.request(method, path, json=body, headers=GUITAR)

    assert basket_of(segmented)["segment"] == {"pk": 3, "stock_list": 11, "price_list": None}
    assert basket_of(plain)["segment"] == {"pk": None, "stock_list": None, "price_list": None}


def test_the_csrf_token_is_readable_and_kept(akinon: Stand) -> None:
    """It is set as a cookie without `HttpOnly`; asked again, it is the same."""
    guest = akinon.session()

    first, second = guest.get(CSRF), guest.get(CSRF)

    token = first.json()["csrf_token"]
    assert first.headers["Set-Cookie"] == f"csrftoken={token}; Path=/; SameSite=Lax"
    assert second.json() == {"csrf_token": token}
    assert akinon.get(CSRF).json() != {"csrf_token": token}


@pytest.mark.parametrize("cookie", ["short", "x" * 65, "a b" * 12, "<script>" * 5])
def test_what_is_no_token_is_not_kept(akinon: Stand, cookie: str) -> None:
    """Nothing that a client made up is set as a cookie again."""
    response = akinon.get(CSRF, headers={"Cookie": f"csrftoken={cookie}"})

    assert response.json()["csrf_token"] != cookie
    assert cookie not in response.headers["Set-Cookie"]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_csrf_is_off_until_it_is_switched_on(
    akinon: Stand, method: str, path: str, body: Any
) -> None:
    """Without a token a write succeeds; with the fixture `csrf` it is 403 and changes nothing."""
    off = akinon.request(method, path, json=body, headers=GUITAR)
    akinon.reset("csrf")
    before = akinon.dump()
    on = akinon.request(method, path, json=body, headers=GUITAR)

    assert off.status_code == 200
    assert on.status_code == 403
    assert on.json() == {"detail": "CSRF Failed: CSRF token missing."}
    assert akinon.dump() == before


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_write_with_its_token_passes_the_check(
    akinon: Stand, method: str, path: str, body: Any
) -> None:
    """Header and cookie agree."""
    akinon.reset("csrf")
    token = akinon.get(CSRF).json()["csrf_token"]
    headers = {"Cookie": f"osessionid=akinon-guitar; csrftoken={token}", "x-csrftoken": token}

    assert akinon.request(method, path, json=body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("cookie", "header"),
    [("", "abc"), ("csrftoken=abc", None), ("csrftoken=abc", ""), ("csrftoken=abc", "abd"),
     ("csrftoken=abc", "ABC"), ("csrftoken=", ""), ("csrftoken=abc", "abcd")],
)  # fmt: skip
def test_a_token_that_does_not_agree_is_refused(
    akinon: Stand, cookie: str, header: str | None
) -> None:
    """Missing on either side, empty or another."""
    akinon.reset("csrf")
    before = akinon.dump()
    headers = {"Cookie": f"osessionid=akinon-guitar; {cookie}"}
    headers |= {} if header is None else {"x-csrftoken": header}

    response = akinon.delete(BASKET, headers=headers)

    assert response.status_code == 403
    assert response.json()["detail"].startswith("CSRF Failed: ")
    assert akinon.dump() == before


def test_looking_needs_no_token(akinon: Stand) -> None:
    """GET is never checked."""
    akinon.reset("csrf")

    assert quantities(looked(akinon, GUITAR)) == {key(1309): 1}


@pytest.mark.ruling("A16")
def test_an_empty_shop_can_be_bought_from(akinon: Stand) -> None:
    """The fixture `empty` has sessions, products and vouchers, and no basket until one looks."""
    akinon.reset("empty")
    assert list(akinon.documents("baskets")) == []

    basket = basket_of(akinon.post(BASKET, json={"product": 49, "quantity": 1}, headers=GUITAR))

    assert quantities(basket) == {key(49): 1}
    assert len(akinon.documents("baskets")) == 1
