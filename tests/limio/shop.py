"""What the tests of Limio share: the shop's paths, credentials, offers, requests and baskets."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from requests import Response

from ..stand import Calls, Stand

ABANDONED = "/api/checkout/abandoned"
INITIATE = "/api/checkout/initiate"
SUBSCRIPTION = "/api/checkout/subscription"
TOKEN = "/oauth2/token"

CLIENT = {"Authorization": "Bearer limio-token"}
HUMAN = {**CLIENT, "x-limio-recaptcha": "passed"}

CHECKOUT = "basket-5d1c8f0e-3b7a-4c2d-9e64-a0b1c2d3e4f5"
COMPLETED = "basket-c0ffee00-1111-4222-8333-444455556666"
EXPIRED = "basket-dead0000-1111-4222-8333-444455556666"
"""Subscription checkouts of the fixture."""

FREE = "sub-7c0e41d2"
LOCKED = "sub-0e5f9a31"

MONTHLY = "1f0c5a7be2d84936a1b2c3d4e5f60718293a4b5c"
ANNUAL = "2e1d6b8cf3e95a47b2c3d4e5f60718293a4b5c6d"
STUDENT = "9b03c873ab2ed7447c7b8e26692829bc4b4201be"
NEWSLETTER = "8c7b2e4a9f5ab06d18293a4b5c6d7e8f90a1b2c3"
ARCHIVE = "ebfb55f4432b592119a10592e4f26272cc72359e"

Basket = Mapping[str, Any]
Item = dict[str, Any]


def landing(identity: str) -> dict[str, str]:
    """The cookie that leads to a basket (ruling L15)."""
    text = f'{{"basketId": "{identity}"}}'
    return {"limio_state": urlsafe_b64encode(text.encode()).rstrip(b"=").decode()}


def order(external_id: str, *offers: str, **members: Any) -> dict[str, Any]:
    """The body that begins a basket with one of each of these offers, or the monthly one."""
    items = [{"offer": {"id": o, "version": "1"}, "quantity": 1} for o in offers or (MONTHLY,)]
    return {"order": {"external_id": external_id, "orderItems": items, **members}}


def initiated(stand: Calls, external_id: str, *offers: str, **members: Any) -> str:
    """The id of the basket under `external_id`."""
    response = stand.post(INITIATE, headers=CLIENT, json=order(external_id, *offers, **members))
    assert response.status_code == 200, response.text
    answer = response.json()
    assert set(answer) == {"id"}
    identity: str = answer["id"]
    return identity


def update_of(**subscription: str) -> dict[str, Any]:
    """The body that begins the change of a subscription."""
    return {"order": {"order_type": "update_subscription", "forSubscription": subscription}}


def begun(client: Calls, **subscription: str) -> dict[str, Any]:
    """A new subscription checkout."""
    response = client.post(SUBSCRIPTION, headers=HUMAN, json=update_of(**subscription))
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def action(verb: str, kind: str, offer: str, quantity: int = 1) -> Item:
    """An item of the update of a subscription checkout."""
    return {
        "orderItemActionType": verb,
        "type": kind,
        "offer": {"id": offer},
        "quantity": quantity,
    }


def changed(client: Calls, *items: Item, **options: Any) -> Response:
    """The answer to an update with `items`."""
    return client.put(
        SUBSCRIPTION, headers=HUMAN, json={"order": {"orderItems": list(items)}}, **options
    )


def order_items(client: Calls, **options: Any) -> list[Item]:
    """What the checkout that the cookie leads to holds."""
    response = client.get(SUBSCRIPTION, headers=CLIENT, **options)
    assert response.status_code == 200, response.text
    items: list[Item] = response.json()["order"]["orderItems"]
    return items


def listed(stand: Stand, **query: Any) -> dict[str, Any]:
    """One page of the abandoned baskets."""
    response = stand.get(ABANDONED, headers=CLIENT, params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def ids(page: Mapping[str, Any]) -> list[str]:
    """The ids on a page."""
    return [item["id"] for item in page["items"]]


def walked(stand: Stand, limit: int = 100, **query: Any) -> list[str]:
    """The ids of all abandoned baskets, page by page."""
    page = listed(stand, limit=limit, **query)
    found = ids(page)
    while "queryMore" in page:
        page = listed(stand, limit=limit, queryMore=page["queryMore"], **query)
        assert page["items"]
        found.extend(ids(page))
    return found


def moment(text: str) -> datetime:
    """A date-time of an answer."""
    return datetime.fromisoformat(text)


def abandoned(stand: Stand) -> Sequence[Basket]:
    """The stored baskets that should be listed, in order, by a computation of its own."""
    baskets = [
        basket
        for basket in stand.documents("baskets")
        if not basket["completed"] and moment(basket["expiresAt"]) > stand.now
    ]
    return sorted(baskets, key=lambda basket: (moment(basket["created"]), basket["id"]))


def stored(stand: Stand, identity: str) -> Basket:
    """A basket as it is stored."""
    return next(basket for basket in stand.documents("baskets") if basket["id"] == identity)


def settled(stand: Stand) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """All documents, once what the clock says is due has happened: the next request does it."""
    listed(stand, limit=1)
    return stand.dump()


def refused(response: Response, status: int) -> str:
    """The message of a refusal in the vendor's shape."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/json"
    answer = response.json()
    assert set(answer) == {"message"}
    message: str = answer["message"]
    assert message
    return message
