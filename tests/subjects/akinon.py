"""The Akinon basket, read from the rulings a second time: lists and dicts alone."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .akinon_money import discounts, product_total, shown_basket, shown_line, sorted_lines
from .akinon_rows import Basket, Line, Product, fresh_state, new_session
from .common import Clock, Handler, Refusal, Variant, Vendor, build, read_json, utc_now
from .values import BadValueError, is_integer

SESSION, CSRF = "osessionid", "csrftoken"
LARGEST = 2**31 - 1
MICROSECOND = timedelta(microseconds=1)
WHOLE = "non_field_errors"
_COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]{1,200}")

Check = Callable[[Any], str | None]


class Akinon:
    """The operations on one state."""

    def __init__(self, variant: Variant, clock: Clock, *, csrf: bool) -> None:
        self.vendor = Vendor(lambda _status, text: {"detail": text}, variant)
        self.variant = variant
        self.clock = clock
        self.csrf = csrf
        self.state = fresh_state(variant, clock())

    # ------------------------------------------------------------------------- the basket

    async def read(self, request: Request) -> Response:
        """The basket, without the lines that cannot be bought any more."""
        session, basket = self._session(request)
        for line in sorted_lines(basket):
            product = self.state.products[line.product]
            held = sum(other.quantity for other in basket.of(line.product))
            if not product.active or held > product.stock:
                basket.lines.remove(line)
                entry = {"pk": product.pk, "name": product.name}
                basket.unavailable.append({**entry, "unavailable_quantity": line.quantity})
        return self._answer(request, session, basket, {})

    async def add(self, request: Request) -> Response:
        """Units added to a line, or a new line."""
        body = await self._body(request, ADD, ("product", "quantity"))
        session, basket = self._session(request)
        product, attributes = self._product(body), body.get("attributes", {})
        line = basket.line(product.pk, attributes)
        held = line.quantity if line else 0
        self._set(basket, product, attributes, line, held + body["quantity"])
        return self._answer(request, session, basket, self._written(session, basket))

    async def set(self, request: Request) -> Response:
        """A line with that many units."""
        body = await self._body(request, SET, ("product", "quantity"))
        session, basket = self._session(request)
        before = list(basket.lines)
        self._set_quantity(basket, body, adds=True)
        if body["quantity"] == 0 and basket.lines == before:
            return self._answer(request, session, basket, {SESSION: session})
        return self._answer(request, session, basket, self._written(session, basket))

    async def change(self, request: Request) -> Response:
        """A line with that many units, or another discount code."""
        body = await self._body(request, CHANGE, ())
        if "product" in body:
            if "quantity" not in body:
                raise Refusal(400, {"quantity": ["This field is required."]})
        elif not {"voucher_code", "external_offer_code", "remove_voucher_code"} & body.keys():
            raise Refusal(400, {WHOLE: ["A product or a discount code is required."]})
        session, basket = self._session(request)
        if "product" in body:
            self._set_quantity(basket, body, adds=False)
            basket.voucher = body.get("external_offer_code", basket.voucher)
        else:
            self._set_code(basket, body)
        return self._answer(request, session, basket, self._written(session, basket))

    async def empty(self, request: Request) -> Response:
        """The basket without anything in it."""
        self._check_csrf(request)
        session, basket = self._session(request)
        basket.lines = []
        basket.voucher = None
        return self._answer(request, session, basket, self._written(session, basket))

    def _set_code(self, basket: Basket, body: Mapping[str, Any]) -> None:
        code, external = body.get("voucher_code"), body.get("external_offer_code")
        if code is not None:
            voucher = self.state.vouchers.get(code)
            if voucher is None or not voucher.good(self.clock(), product_total(self.state, basket)):
                raise Refusal(400, {"voucher_code": ["This code is not valid."]})
        if body.get("remove_voucher_code"):
            basket.voucher = code = None
        basket.voucher = external or code or basket.voucher

    def _set_quantity(self, basket: Basket, body: Mapping[str, Any], *, adds: bool) -> None:
        product, quantity = self._product(body), body["quantity"]
        attributes = body.get("attributes")
        lines = basket.of(product.pk)
        if attributes is not None:
            line = basket.line(product.pk, attributes)
        elif len(lines) > 1:
            line = basket.line(product.pk, {})
            if line is None:
                raise Refusal(400, {"attributes": ["The product has several lines; say which."]})
        else:
            line = lines[0] if lines else None
        if line is None and not adds:
            raise Refusal(400, {"product": ["The product is not in the basket."]})
        # To take out what cannot be bought any more is always possible.
        if quantity == 0:
            basket.lines = [other for other in basket.lines if other is not line]
        else:
            self._set(basket, product, attributes or {}, line, quantity)

    def _set(
        self,
        basket: Basket,
        product: Product,
        attributes: dict[str, Any],
        line: Line | None,
        quantity: int,
    ) -> None:
        others = sum(other.quantity for other in basket.of(product.pk) if other is not line)
        self._check(product, others + quantity)
        if line is None:
            basket.lines.append(Line(self._next_item(), product.pk, int(quantity), attributes))
        else:
            basket.lines[basket.lines.index(line)] = replace(line, quantity=int(quantity))

    def _product(self, body: Mapping[str, Any]) -> Product:
        product = self.state.products.get(body["product"])
        if product is None:
            raise Refusal(400, {"product": [f'Invalid pk "{body["product"]}".']})
        return product

    def _check(self, product: Product, quantity: int) -> None:
        if not product.active:
            raise Refusal(400, {"product": ["The product cannot be bought."]})
        if quantity > product.stock:
            raise Refusal(400, {"quantity": [f"Only {product.stock} are in stock."]})

    # ----------------------------------------------------------------------------- one line

    async def change_item(self, request: Request) -> Response:
        """A line replaced, or one unit split off it; the item alone."""
        body = await self._body(request, ITEM, ("id", "is_all"))
        session, basket = self._session(request)
        old = next((line for line in basket.lines if line.id == body["id"]), None)
        if old is None:
            raise Refusal(400, {"id": [f"The basket has no item {body['id']}."]})
        product = self.state.products[old.product]
        self._check(product, sum(line.quantity for line in basket.of(old.product)))
        attributes = body.get("attributes", old.attributes)
        made = Line(self._next_item(), old.product, old.quantity, attributes)
        if not body["is_all"] and made.place() != old.place():
            made = replace(made, quantity=1)
        rest = [line for line in basket.lines if line is not old]
        if made.quantity < old.quantity:
            rest.append(replace(old, quantity=old.quantity - made.quantity))
        same = next((line for line in rest if line.place() == made.place()), None)
        if same is not None:
            rest.remove(same)
            made = replace(same, quantity=same.quantity + made.quantity)
        basket.lines = [*rest, made]
        self._written(session, basket)
        taken = discounts(self.state, basket, self.clock())
        return JSONResponse(shown_line(self.vendor, self.state, made, taken))

    # ----------------------------------------------------------------------------- sessions

    def _session(self, request: Request) -> tuple[str, Basket]:
        """The session that asks and its basket; a new one is only kept once it is answered."""
        session = request.cookies.get(SESSION, "")
        found = self.state.baskets.get(session)
        if found is not None:
            return session, found
        now = self.clock()
        return new_session(self.variant), Basket(self.state.next_pk, now, now)

    def _written(self, session: str, basket: Basket) -> dict[str, Any]:
        """What every write does besides; and what its answer says besides."""
        basket.unavailable = []
        # The clock may not have moved since the last write, and still this is another one.
        basket.modified = max(self.clock(), basket.modified + MICROSECOND)
        return {SESSION: session}

    def _answer(
        self, request: Request, session: str, basket: Basket, more: dict[str, Any]
    ) -> Response:
        shown = shown_basket(self.vendor, self.state, basket, self.clock())
        response = JSONResponse(self.vendor.more({"basket": shown, **more}))
        if session not in self.state.baskets:
            self.state.baskets[session] = basket
            self.state.next_pk += 1
            response.set_cookie(SESSION, session, httponly=True, samesite="lax")
        return response

    def _next_item(self) -> int:
        self.state.next_item += 1
        return self.state.next_item

    # ------------------------------------------------------------------------ bodies, tokens

    async def _body(
        self, request: Request, members: Mapping[str, Check], required: tuple[str, ...]
    ) -> dict[str, Any]:
        self._check_csrf(request)
        try:
            body = await read_json(request, self.vendor)
        except BadValueError as error:
            raise self.vendor.refusal(400, str(error)) from error
        if not isinstance(body, dict):
            text = f"Invalid data. Expected a dictionary, but got {type(body).__name__}."
            raise Refusal(400, {WHOLE: [text]})
        errors = {}
        for name, check in members.items():
            if name not in body:
                text_or_none = "This field is required." if name in required else None
            elif body[name] is None:
                text_or_none = "This field may not be null."
            else:
                text_or_none = check(body[name])
            if text_or_none:
                errors[name] = [text_or_none]
        if errors:
            raise Refusal(400, errors)
        return body

    def _check_csrf(self, request: Request) -> None:
        sent, kept = request.headers.get("x-csrftoken"), request.cookies.get(CSRF)
        if self.csrf and (not sent or sent != kept):
            raise self.vendor.refusal(403, "CSRF Failed: CSRF token missing or incorrect.")

    async def csrf_token(self, request: Request) -> Response:
        """A token for writes, also as a cookie that scripts may read."""
        token = request.cookies.get(CSRF, "")
        if not _COOKIE_VALUE.fullmatch(token):
            token = secrets.token_hex(16)
        response = JSONResponse(self.vendor.more({"csrf_token": token}))
        response.set_cookie(CSRF, token, samesite="lax")
        return response


# ------------------------------------------------------------------------------------- checks


def _integer(value: Any, low: int) -> str | None:
    if not is_integer(value, float("-inf"), float("inf")):
        return "A valid integer is required."
    if value < low:
        return f"Ensure this value is greater than or equal to {low}."
    return f"Ensure this value is less than or equal to {LARGEST}." if value > LARGEST else None


def _object(value: Any) -> str | None:
    return None if isinstance(value, dict) else "Expected a dictionary of items."


def _object_or_list(value: Any) -> str | None:
    return None if isinstance(value, dict | list) else "Expected a dictionary or a list."


def _code(value: Any) -> str | None:
    if not isinstance(value, str):
        return "Not a valid string."
    return None if value else "This field may not be blank."


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "Must be a valid boolean."


_key = partial(_integer, low=1)
_set_to = partial(_integer, low=0)
SET: Mapping[str, Check] = {
    "product": _key,
    "quantity": _set_to,
    "attributes": _object,
    "inquiry": _object,
}
ADD: Mapping[str, Check] = {**SET, "quantity": _key, "sub_items": _object_or_list}
CHANGE: Mapping[str, Check] = {
    "product": _key,
    "quantity": _set_to,
    "attributes": _object,
    "voucher_code": _code,
    "external_offer_code": _code,
    "remove_voucher_code": _boolean,
}
ITEM: Mapping[str, Check] = {"id": _key, "is_all": _boolean, "attributes": _object}


def app(
    variant: Variant = Variant.PLAIN, clock: Clock = utc_now, *, csrf: bool = False
) -> Starlette:
    """A server with baskets of its own."""
    subject = Akinon(variant, clock, csrf=csrf)
    basket: Mapping[str, Handler] = {
        "GET": subject.read,
        "POST": subject.add,
        "PUT": subject.set,
        "PATCH": subject.change,
        "DELETE": subject.empty,
    }
    return build(
        {
            "/baskets/basket/": basket,
            "/baskets/basket_items/": {"PATCH": subject.change_item},
            "/csrf_token/": {"GET": subject.csrf_token},
        },
        subject.vendor,
    )
