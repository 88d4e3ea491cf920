"""Limio checkout and baskets, read from the rulings a second time: lists and dicts alone."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .common import (
    Clock,
    Cursors,
    Refusal,
    Variant,
    Vendor,
    build,
    media_type,
    read_body,
    read_form,
    read_json,
    single,
    utc_now,
)
from .limio_bodies import adds_offer, check_begin, check_initiate, check_update
from .limio_rows import Basket, Offer, Subscription, basket_id, fresh_state
from .values import BadValueError, integer, moment, stamp

TOKEN_SECONDS = 3600
COOKIE = "limio_state"


class Limio:
    """The operations on one state."""

    def __init__(self, variant: Variant, clock: Clock) -> None:
        self.vendor = Vendor(lambda _status, text: {"message": text}, variant)
        self.variant = variant
        self.clock = clock
        self.cursors = Cursors()
        self.state = fresh_state(variant, self.now())

    def now(self) -> datetime:
        """The time to the millisecond: what is kept is what answers show."""
        now = self.clock()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def authorize(self, request: Request) -> None:
        """Refuses a request without a good bearer token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        tokens = self.state.tokens
        token = token.strip()
        if scheme.lower() == "bearer" and token in tokens:
            until = tokens[token]
            if until is None or self.clock() < until:
                return
        raise self.vendor.refusal(401, "A good token is required.", {"WWW-Authenticate": "Bearer"})

    # ------------------------------------------------------------------------------- the list

    async def abandoned(self, request: Request) -> Response:
        """Baskets that were begun and neither completed nor expired, oldest first."""
        self.authorize(request)
        try:
            limit, after, start = self._query(request)
        except BadValueError as error:
            raise self.vendor.refusal(502, str(error)) from error
        now = self.now()
        rows = sorted(
            (
                (moment(_stamp(basket.created)), basket.id, basket)
                for basket in self.state.baskets
                if basket.live(now) and not basket.completed
            ),
            key=lambda row: row[:2],
        )
        if after is not None:
            rows = [row for row in rows if row[0] > moment(after)]
        if start is not None:
            rows = [row for row in rows if row[:2] > start]
        shown = [basket for *_, basket in rows[:limit]]
        answer: dict[str, Any] = {
            "items": [self.vendor.more(self._listed(basket, request)) for basket in shown]
        }
        if len(rows) > limit:
            last = shown[-1]
            content = {"after": self._binding(after), "at": _stamp(last.created), "id": last.id}
            answer["queryMore"] = self.cursors.seal(content)
        return JSONResponse(self.vendor.more(answer))

    def _query(self, request: Request) -> tuple[int, str | None, tuple[Any, str] | None]:
        text = single(request, "limit")
        limit = 50 if text is None else integer(text, 1, 100)
        after, cursor = single(request, "createdAfter"), single(request, "queryMore")
        binding = self._binding(after)
        if cursor is None:
            return limit, after, None
        content = self.cursors.open(cursor)
        if content["after"] != binding:
            raise BadValueError("queryMore belongs to another createdAfter")
        return limit, after, (moment(content["at"]), content["id"])

    def _binding(self, after: str | None) -> str | None:
        # The same moment in another zone is the same filter.
        return None if after is None else str(moment(after))

    def _listed(self, basket: Basket, request: Request) -> dict[str, Any]:
        # What a subscription checkout takes out of the subscription is not in the basket.
        kept = [
            item
            for item in basket.items
            if basket.subscription is None or item["orderItemActionType"] == "add"
        ]
        return {
            "id": basket.id,
            "created": _stamp(basket.created),
            "customerDetails": {"email": basket.email},
            "orderItems": [self._item(item["offer"]["id"]) for item in kept],
            "tracking": basket.tracking,
            "identities": [],
            "entry": basket.entry,
            "completed": basket.completed,
            "recoveryLink": f"{request.base_url}api/checkout/recover?basket={basket.id}&recover=1",
        }

    def _item(self, offer_id: str) -> dict[str, Any]:
        offer = self.state.offers.get(offer_id)
        if offer is None:
            return {"name": offer_id, "path": "", "products": []}
        return {"name": offer.name, "path": offer.path, "products": offer.products()}

    # -------------------------------------------------------------------------- acquisition

    async def initiate(self, request: Request) -> Response:
        """A basket begun, or the live one of the same external_id updated."""
        self.authorize(request)
        order = (await self._body(request, 502, check_initiate))["order"]
        now = self.now()
        basket = next(
            (
                found
                for found in self.state.baskets
                if found.subscription is None
                and found.external_id == order["external_id"]
                and found.live(now)
                and not found.completed
            ),
            None,
        )
        if basket is None:
            basket = Basket(basket_id(self.variant), order["external_id"], now, [], {})
            self.state.baskets.append(basket)
        basket.items = order["orderItems"]
        basket.tracking = order.get("tracking", {})
        return self._led(request, basket, {"id": basket.id})

    # ------------------------------------------------------------------------- subscription

    async def read(self, request: Request) -> Response:
        """The checkout that the cookie leads to."""
        self.authorize(request)
        return JSONResponse(self._checkout(self._found(request)))

    async def begin(self, request: Request) -> Response:
        """The change of a subscription begun."""
        self.authorize(request)
        body = await self._body(request, 400, check_begin, recaptcha=True)
        wanted = body["order"]["forSubscription"]
        subscription = self._subscription(wanted.get("id"), wanted.get("name"))
        now = self.now()
        if subscription.changes is not None and now < subscription.changes:
            raise self.vendor.refusal(423, f"Locked until {_stamp(subscription.changes)}.")
        found = basket_id(self.variant)
        basket = Basket(found, found, now, [], body.get("tracking", {}), subscription)
        basket.entry = urlsplit(request.headers.get("referer", "")).path or basket.entry
        basket.email = subscription.email
        basket.address = request.headers.get("x-forwarded-for")
        self.state.baskets.append(basket)
        return self._led(request, basket, self._checkout(basket))

    async def update(self, request: Request) -> Response:
        """Items added to the checkout that the cookie leads to."""
        self.authorize(request)
        body = await self._body(request, 400, check_update, recaptcha=True)
        basket = self._found(request)
        if basket.completed:
            raise self.vendor.refusal(400, "The checkout is completed.")
        self._join(basket, body["order"]["orderItems"])
        return JSONResponse(self._checkout(basket))

    def _subscription(self, key: str | None, name: str | None) -> Subscription:
        for found in self.state.subscriptions:
            if key in (None, found.id) and name in (None, found.name):
                return found
        raise self.vendor.refusal(404, "Subscription not found.")

    def _found(self, request: Request) -> Basket:
        try:
            key = bytes.fromhex(request.cookies.get(COOKIE, "")).decode()
        except ValueError:
            key = ""
        now = self.now()
        for basket in self.state.baskets:
            if basket.id == key and basket.subscription and basket.live(now):
                return basket
        raise self.vendor.refusal(404, "The landing state has no basket.")

    def _join(self, basket: Basket, items: list[dict[str, Any]]) -> None:
        """Adds the items; a new offer takes the place of an earlier one and ends the current."""
        subscription = basket.subscription
        if subscription is None:
            return
        chosen = next((item for item in items if adds_offer(item)), None)
        if chosen is None:
            basket.items = [*basket.items, *items]
            return
        current = self.state.offers[subscription.offer]
        new = self.state.offers.get(chosen["offer"]["id"])
        fitting = new.add_ons if new else ()
        misfits = [key for key in subscription.add_ons if key not in fitting]
        ended = [_removal("offer", current.id), *(_removal("add_on", key) for key in misfits)]
        # Removals that an earlier choice brought are made anew, so none stands there twice.
        made = [_removal("offer", current.id)]
        made += [_removal("add_on", key) for key in subscription.add_ons]
        kept = [item for item in basket.items if not adds_offer(item) and item not in made]
        asked = [item for item in items if item not in ended]
        basket.items = [*kept, *ended, *asked]

    def _checkout(self, basket: Basket) -> dict[str, Any]:
        subscription = basket.subscription
        if subscription is None:
            raise TypeError(f"{basket.id} is no subscription checkout")
        offers = list(self.state.offers.values())
        if Variant.REORDERED in self.variant:
            offers.reverse()
        current = self.state.offers[subscription.offer]

        def choices(fits: Callable[[Offer], bool]) -> list[dict[str, Any]]:
            return [offer.shown() for offer in offers if fits(offer)]

        def related(offer: Offer) -> bool:
            return offer.kind == "offer" and offer.family == current.family

        return self.vendor.more(
            {
                "order": {
                    "checkoutId": basket.id,
                    "external_id": basket.external_id,
                    "order_type": "update_subscription",
                    "forSubscription": {"id": subscription.id, "name": subscription.name},
                    "orderItems": basket.items,
                },
                "forSubscriptionOffer": self.vendor.more(current.shown()),
                "nextActions": {
                    "upgrades": choices(lambda o: related(o) and o.tier > current.tier),
                    "downgrades": choices(lambda o: related(o) and o.tier < current.tier),
                    "crossSells": choices(lambda o: o.kind == "offer" and not related(o)),
                    "subscriptionAddOns": choices(lambda o: o.id in current.add_ons),
                },
                "completed": basket.completed,
            }
        )

    # --------------------------------------------------------------------- bodies and tokens

    async def _body(
        self,
        request: Request,
        status: int,
        check: Callable[[Any], str | None],
        *,
        recaptcha: bool = False,
    ) -> Any:
        try:
            body = await read_json(request, self.vendor)
        except BadValueError as error:
            raise self.vendor.refusal(status, str(error)) from error
        fault = check(body)
        if recaptcha and not request.headers.get("x-limio-recaptcha", "").strip():
            fault = "x-limio-recaptcha is required"
        if fault:
            raise self.vendor.refusal(status, fault)
        return body

    def _led(self, request: Request, basket: Basket, answer: dict[str, Any]) -> Response:
        response = JSONResponse(self.vendor.more(answer))
        secure = request.url.scheme == "https"
        response.set_cookie(
            COOKIE, basket.id.encode().hex(), httponly=True, samesite="lax", secure=secure
        )
        return response

    async def token(self, request: Request) -> Response:
        """A bearer token for a client."""
        kind = media_type(request)
        if kind not in ("", "application/x-www-form-urlencoded"):
            await read_body(request, self.vendor)
            raise self.vendor.refusal(415, f"The content type {kind} is not read here.")
        form = await read_form(request, self.vendor)
        wanted = [form.get(name) for name in ("grant_type", "client_id", "client_secret")]
        if wanted[0] != "client_credentials" or not all(wanted):
            text = "grant_type client_credentials, client_id and client_secret are required."
            raise self.vendor.refusal(400, text)
        if self.state.clients.get(form["client_id"]) != form["client_secret"]:
            header = {"WWW-Authenticate": 'Basic realm="limio"'}
            raise Refusal(401, {"message": "The client is not known."}, header)
        token = secrets.token_urlsafe(24)
        self.state.tokens[token] = self.clock() + timedelta(seconds=TOKEN_SECONDS)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        return JSONResponse(self.vendor.more(answer))


def _stamp(time: datetime) -> str:
    return stamp(time, "milliseconds")


def _removal(kind: str, key: str) -> dict[str, Any]:
    return {"orderItemActionType": "remove", "type": kind, "offer": {"id": key}, "quantity": 1}


def app(variant: Variant = Variant.PLAIN, clock: Clock = utc_now) -> Starlette:
    """A server with baskets and tokens of its own."""
    subject = Limio(variant, clock)
    return build(
        {
            "/api/checkout/abandoned": {"GET": subject.abandoned},
            "/api/checkout/initiate": {"POST": subject.initiate},
            "/api/checkout/subscription": {
                "GET": subject.read,
                "POST": subject.begin,
                "PUT": subject.update,
            },
            "/oauth2/token": {"POST": subject.token},
        },
        subject.vendor,
    )
