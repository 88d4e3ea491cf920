"""Limio: baskets under an external id, subscription checkouts behind a cookie, and tokens."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson

from ...specs.operation import Operation
from .. import resource, transition
from ..api import Api
from ..call import Answer, Call, Credential, Identity, cookie
from ..refusal import Invalid, Refusal
from ..state import Document, State
from .limio_catalogue import Catalogue, Item, adds_offer

LIFE = timedelta(days=14)
"""How long a basket lives (ruling L20)."""

TOKEN_LIFE = timedelta(hours=1)
"""How long a token lives, as the vendor's public pages say."""

LANDING_STATE = "limio_state"
RECOVERY = "https://your-environment.prod.limio.com/api/checkout/recover"
ENTRY = "/checkout"

_OFFERS_OF_UPDATE = "/components/schemas/UpdateSubscription/properties/order/properties/orderItems"


def word(refusal: Refusal, operation: Operation | None) -> Answer:
    """`{message}`, whatever the failure (ruling L13)."""
    if refusal.invalid:
        message = "; ".join(_sentence(invalid) for invalid in refusal.invalid)
    elif refusal.status == HTTPStatus.NOT_FOUND and _is_named_by_cookie(operation):
        message = "The landing state has no basket."
    elif refusal.status == HTTPStatus.UNAUTHORIZED and operation and operation.security:
        message = "A bearer token is required."
    else:
        message = refusal.detail or HTTPStatus(refusal.status).phrase
    return Answer(refusal.status, {"message": message})


def authenticate(credential: Credential, state: State) -> Identity | None:
    """The client that the token was issued to, while it is good."""
    token = state.get("tokens", credential.value)
    return Identity(token["client_id"], token) if token is not None else None


def initiate_checkout(call: Call) -> Answer:
    """The id of the basket under this `external_id`, begun or updated (ruling L17)."""
    order: Mapping[str, Any] = call.body["order"]
    offers = [item["offer"]["id"] for item in order["orderItems"]]
    contents = {
        "ordered": [_ordered(item) for item in order["orderItems"]],
        "orderItems": Catalogue(call.state).basket_items(offers),
        "tracking": order.get("tracking", {}),
        "country": order.get("country"),
        "source": order.get("source"),
    }
    current = call.state.find(
        "baskets", kind="acquisition", external_id=order["external_id"], completed=False
    )
    if current:
        basket = resource.replace(call, {**current[0], **contents})
    else:
        external = {"kind": "acquisition", "external_id": order["external_id"]}
        basket = resource.create(call, {**_begun(call.state), **external, **contents})
    return Answer(200, {"id": basket["id"]}, (_landing_state(call, basket),))


def get_subscription_checkout(call: Call) -> Answer:
    """The checkout that the cookie leads to."""
    return Answer(200, _checkout(call, _target(call)))


def initiate_subscription_checkout(call: Call) -> Answer:
    """A new checkout for a subscription; Refusal 404 or 423 (ruling L18)."""
    subscription = _subscription(call.state, call.body["order"]["forSubscription"])
    if subscription["status"] == "pending_change":
        until = subscription["changesAt"] or "it has happened"
        message = f"The subscription has a pending change; its checkout is locked until {until}."
        raise Refusal(423, message)
    begun = _begun(call.state)
    referrer = call.headers.get("referer")
    basket = resource.create(
        call,
        {
            **begun,
            "kind": "subscription",
            "external_id": begun["id"],
            "subscriptionId": subscription["id"],
            "customerDetails": {"email": subscription["email"]},
            "orderItems": [],
            "tracking": call.body.get("tracking", {}),
            "entry": _entry(referrer),
            "referrer": referrer,
            "clientAddress": call.headers.get("x-forwarded-for"),
        },
    )
    return Answer(200, _checkout(call, basket), (_landing_state(call, basket),))


def update_subscription_checkout(call: Call) -> Answer:
    """The checkout with the items sent; Refusal 400 or 404 (ruling L19)."""
    asked = [_ordered(item) for item in call.body["order"]["orderItems"]]
    offers = [item for item in asked if adds_offer(item)]
    if len(offers) > 1:
        raise Refusal(400, "Only one offer can be added in one update.", at=_OFFERS_OF_UPDATE)
    basket: Document = transition.move(call, _target(call))
    if asked:
        kept = [item for item in basket["ordered"] if not (offers and adds_offer(item))]
        ordered = [*kept, *asked]
        added = [i["offer"]["id"] for i in ordered if i["orderItemActionType"] == "add"]
        items = Catalogue(call.state).basket_items(added)
        basket = resource.replace(call, {**basket, "ordered": ordered, "orderItems": items})
    return Answer(200, _checkout(call, basket))


def issue_token(call: Call) -> Answer:
    """A token for the client; Refusal(401) when name and secret do not fit (ruling L12)."""
    form = call.body
    client = call.state.get("clients", form["client_id"])
    if client is None or client["client_secret"] != form["client_secret"]:
        raise Refusal(401, "The client is not known.")
    token = resource.create(
        call,
        {
            "access_token": call.state.token(),
            "client_id": client["client_id"],
            "expiresAt": call.state.timestamp(call.state.now + TOKEN_LIFE),
        },
    )
    return Answer(
        200,
        {
            "access_token": token["access_token"],
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
        },
    )


def _sentence(invalid: Invalid) -> str:
    default = "The body" if invalid.location == "body" else "The request"
    name = ".".join(str(step) for step in invalid.path) or default
    if invalid.rule == "required":
        return f"{name} is required"
    if invalid.message.startswith(("is ", "was ")):
        return f"{name} {invalid.message}"
    return f"{name}: {invalid.message}"


def _is_named_by_cookie(operation: Operation | None) -> bool:
    clause = operation.resource if operation is not None else None
    return clause is not None and clause.key is not None


def _begun(state: State) -> dict[str, Any]:
    """What every new basket has."""
    identity = f"basket-{state.uuid()}"
    while state.store.get("baskets", identity) is not None:
        identity = f"basket-{state.uuid()}"  # a store may be older than these random numbers
    return {
        "id": identity,
        "created": state.timestamp(),
        "expiresAt": state.timestamp(state.now + LIFE),
        "recoveryLink": f"{RECOVERY}?basket={identity}&recover={state.token()}",
    }


def _ordered(item: Mapping[str, Any]) -> Item:
    """The known members of an item of the request; the rest of it has no meaning."""
    kept = {
        name: item[name] for name in ("orderItemActionType", "type", "parentId") if name in item
    }
    offer = {name: item["offer"][name] for name in ("id", "version") if name in item["offer"]}
    quantity = item["quantity"]
    # JSON has one kind of number, so 2.0 is a good quantity.
    whole = int(quantity)
    return {**kept, "offer": offer, "quantity": whole if whole == quantity else quantity}


def _entry(referrer: str | None) -> str:
    """The page where the journey began, as far as the browser says it."""
    try:
        path = urlsplit(referrer or "").path
    except ValueError:
        path = ""
    return path or ENTRY


def _subscription(state: State, wanted: Mapping[str, str]) -> Document:
    """The subscription with this id, or name, or both; Refusal(404) when there is none."""
    conditions = (
        state.condition("subscriptions", (member,), "eq", wanted[member])
        for member in ("id", "name")
        if member in wanted
    )
    found = state.find("subscriptions", *conditions)
    if not found:
        raise Refusal(404, "Subscription not found.")
    return found[0]


def _landing_state(call: Call, basket: Document) -> tuple[str, str]:
    """The cookie that leads to the basket (ruling L15)."""
    value = urlsafe_b64encode(orjson.dumps({"basketId": basket["id"]})).rstrip(b"=").decode()
    return cookie(LANDING_STATE, value, secure=call.secure)


def _basket_id(landing_state: str) -> str | None:
    """The basket that a cookie names; None when it cannot be read (ruling L15)."""
    try:
        data = orjson.loads(urlsafe_b64decode(landing_state + "=" * (-len(landing_state) % 4)))
    except (Base64Error, ValueError):
        return None
    found = data.get("basketId") if isinstance(data, Mapping) else None
    return found if isinstance(found, str) else None


def _target(call: Call) -> Document:
    """The subscription basket that the cookie leads to; Refusal(404) when there is none."""
    named = _basket_id(call.cookies.get(LANDING_STATE, ""))
    basket = resource.target(call._replace(cookies={LANDING_STATE: named}))
    if basket["kind"] != "subscription":
        raise Refusal(404)
    return basket


def _checkout(call: Call, basket: Document) -> dict[str, Any]:
    """A subscription basket as answers show it; Refusal(404) when its subscription is gone."""
    catalogue = Catalogue(call.state)
    subscription = _subscription(call.state, {"id": basket["subscriptionId"]})
    ordered = basket["ordered"]
    return {
        "order": {
            "checkoutId": basket["id"],
            "external_id": basket["external_id"],
            "order_type": "update_subscription",
            "forSubscription": {"id": subscription["id"], "name": subscription["name"]},
            "orderItems": [*catalogue.brought(subscription, ordered), *ordered],
        },
        "forSubscriptionOffer": catalogue.offer(subscription["offerId"]),
        "nextActions": catalogue.next_actions(subscription),
        "completed": basket["completed"],
    }


API = Api(
    word=word,
    authenticate=authenticate,
    timespec="milliseconds",
    handlers={
        "initiate_checkout": initiate_checkout,
        "get_subscription_checkout": get_subscription_checkout,
        "initiate_subscription_checkout": initiate_subscription_checkout,
        "update_subscription_checkout": update_subscription_checkout,
        "issue_token": issue_token,
    },
    found_by={"baskets": "external_id", "subscriptions": "name"},
)
