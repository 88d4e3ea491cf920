"""A page at another port of localhost keeps its basket, because its cookies come back."""

from typing import Any

import pytest
from selenium.webdriver import Chrome

from ..process import Process

pytestmark = pytest.mark.browser

FETCH = """
const [url, options, done] = arguments;
fetch(url, options)
  .then(async answer => done({status: answer.status, body: await answer.json()}))
  .catch(error => done({status: 0, body: String(error)}));
"""
LIMIO = {"Authorization": "Bearer limio-token", "x-limio-recaptcha": "a-token"}


def fetch(chromium: Chrome, url: str, credentials: str = "include", **options: Any) -> Any:
    """The body that the page's script gets."""
    asked = {"credentials": credentials, **options}
    answer = chromium.execute_async_script(FETCH, url, asked)
    assert answer["status"] == 200, answer
    return answer["body"]


def test_a_page_keeps_an_akinon_basket(chromium: Chrome, served: Process, page: str) -> None:
    """What it added is there at the next request, and is not without the cookie."""
    url = f"{served.urls['akinon']}/baskets/basket/"
    chromium.get(page)
    added = fetch(
        chromium,
        url,
        method="POST",
        headers={"Content-Type": "application/json"},
        body='{"product": 1309, "quantity": 2}',
    )
    kept = fetch(chromium, url)
    stranger = fetch(chromium, url, credentials="omit")

    assert kept["basket"]["pk"] == added["basket"]["pk"]
    assert [line["quantity"] for line in kept["basket"]["basketitem_set"]] == [2]
    assert stranger["basket"]["basketitem_set"] == []
    assert stranger["basket"]["pk"] != kept["basket"]["pk"]


def test_a_page_begins_an_akinon_basket_by_looking(
    chromium: Chrome, served: Process, page: str
) -> None:
    """Looking twice shows one basket, although nothing was put into it."""
    url = f"{served.urls['akinon']}/baskets/basket/"
    chromium.get(page)

    first, second = fetch(chromium, url), fetch(chromium, url)

    assert first["basket"]["pk"] == second["basket"]["pk"]


def test_a_page_keeps_a_limio_basket(chromium: Chrome, served: Process, page: str) -> None:
    """The checkout that was begun for a subscription is the one that is found by its cookie."""
    url = f"{served.urls['limio']}/api/checkout/subscription"
    chromium.get(page)
    begun = fetch(
        chromium,
        url,
        method="POST",
        headers={**LIMIO, "Content-Type": "application/json"},
        body=(
            '{"order": {"order_type": "update_subscription",'
            ' "forSubscription": {"id": "sub-1a2b3c4d"}}}'
        ),
    )
    kept = fetch(chromium, url, headers={"Authorization": LIMIO["Authorization"]})

    assert kept["order"]["checkoutId"] == begun["order"]["checkoutId"]


def test_a_page_cannot_read_the_cookies(chromium: Chrome, served: Process, page: str) -> None:
    """They are kept for the requests alone: `HttpOnly`."""
    chromium.get(page)
    fetch(chromium, f"{served.urls['akinon']}/baskets/basket/")

    held = chromium.execute_script("return document.cookie")
    assert "osessionid" not in held
    chromium.get(served.root)
    assert chromium.get_cookie("osessionid") is not None
