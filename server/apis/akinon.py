"""Akinon: the shopper's basket, known by a session cookie."""

import re

from ..api import Api
from ..call import Answer, Call, Credential, Handler, Identity, cookie
from ..refusal import Refusal
from ..state import Document, State
from . import akinon_cart as carts
from . import akinon_lines as line_changes
from . import akinon_vouchers as vouchers
from .akinon_cart import Cart
from .akinon_errors import refused, word
from .akinon_lines import AmbiguousError, Line, Lines

SESSION = "osessionid"
CSRF = "csrftoken"
_CSRF_TOKEN = re.compile(r"[0-9A-Za-z]{32,64}", re.ASCII)


def authenticate(credential: Credential, state: State) -> Identity | None:
    """The session with this cookie; with an unknown one the request is anonymous (ruling A23)."""
    session = state.get("sessions", credential.value)
    return None if session is None else Identity(credential.value, session)


def get_basket(call: Call) -> Answer:
    """The basket, without what can no longer be bought (rulings A23, A28)."""
    cart = carts.looked_at(call, carts.opened(call))
    return Answer(200, {"basket": carts.shown(call, cart)}, _cookies(call, cart))


def add_product(call: Call) -> Answer:
    """The basket with more units of a product (ruling A24)."""
    cart = carts.opened(call)
    return _written(call, carts.saved(call, cart, _grown(call, cart)))


def set_quantity(call: Call) -> Answer:
    """The basket with a line's quantity set; a new line where there was none (ruling A24)."""
    cart = carts.opened(call)
    key, quantity = int(call.body["product"]), int(call.body["quantity"])
    line = _meant(call, cart, key)
    if line is not None:
        return _written(call, carts.saved(call, cart, _resized(call, cart, line, quantity)))
    if quantity == 0:
        _product(call, key)
        return _written(call, carts.looked_at(call, cart))
    return _written(call, carts.saved(call, cart, _grown(call, cart)))


def change_basket(call: Call) -> Answer:
    """The basket with a line's quantity set, or with another discount code (rulings A7, A26)."""
    cart = carts.opened(call)
    external = call.body.get("external_offer_code")
    if "product" not in call.body:
        code = _next_code(call, cart)
        return _written(call, carts.saved(call, cart, cart.lines, voucher_code=code))
    key, quantity = int(call.body["product"]), int(call.body["quantity"])
    line = _meant(call, cart, key)
    if line is None:
        raise refused(call, "product", f"The basket has no such line of product {key}.")
    code = cart.basket["voucher_code"] if external is None else external
    lines = _resized(call, cart, line, quantity)
    return _written(call, carts.saved(call, cart, lines, voucher_code=code))


def empty_basket(call: Call) -> Answer:
    """The basket without lines and without a discount code."""
    return _written(call, carts.saved(call, carts.opened(call), (), voucher_code=None))


def change_item(call: Call) -> Answer:
    """The item alone that a change made or was merged into (ruling A25)."""
    cart = carts.opened(call)
    key = int(call.body["id"])
    line = next((line for line in cart.lines if line.id == key), None)
    if line is None:
        raise refused(call, "id", f"The basket has no item {key}.")
    attributes = call.body.get("attributes", line.attributes)
    lines, changed = line_changes.changed(
        cart.lines, line, attributes, _new_id(call), is_all=call.body["is_all"]
    )
    product = call.state.get("products", line.product)
    if product is None:
        raise refused(call, "id", "The product of this item is not sold any more.")
    _check_stock(call, product, lines, "id", "id")
    cart = carts.saved(call, cart, lines)
    return Answer(200, carts.shown_line(call, cart, changed))


def get_csrf_token(call: Call) -> Answer:
    """A token, also as a cookie that scripts may read; one that was sent is kept (ruling A23)."""
    sent = call.cookies.get(CSRF, "")
    token = sent if _CSRF_TOKEN.fullmatch(sent) else call.state.token()
    set_cookie = cookie(CSRF, token, secure=call.secure, http_only=False)
    return Answer(200, {"csrf_token": token}, (set_cookie,))


def _guarded(write: Handler) -> Handler:
    """`write`, refused without a CSRF token where the shop asks for one (ruling A23)."""

    def guarded(call: Call) -> Answer:
        setting = call.state.get("settings", "csrf")
        if setting is not None and setting["value"]:
            sent = call.headers.get("x-csrftoken", "")
            if not sent or CSRF not in call.cookies:
                raise Refusal(403, "CSRF Failed: CSRF token missing.")
            if sent != call.cookies[CSRF]:
                message = "CSRF token from the 'X-Csrftoken' HTTP header incorrect."
                raise Refusal(403, f"CSRF Failed: {message}")
        return write(call)

    return guarded


def _written(call: Call, cart: Cart) -> Answer:
    body = {"basket": carts.shown(call, cart), SESSION: cart.session}
    return Answer(200, body, _cookies(call, cart))


def _cookies(call: Call, cart: Cart) -> tuple[tuple[str, str], ...]:
    return (cookie(SESSION, cart.session, secure=call.secure),) if cart.is_new else ()


def _new_id(call: Call) -> line_changes.NewId:
    return lambda: call.state.next_number("basket_items")


def _meant(call: Call, cart: Cart, product: int) -> Line | None:
    """The line that the body means."""
    try:
        return line_changes.meant(cart.lines, product, call.body.get("attributes"))
    except AmbiguousError:
        message = "The product has several lines: say the attributes of one."
        raise refused(call, "attributes", message) from None


def _product(call: Call, key: int) -> Document:
    """The product that the body names, active or not."""
    product = call.state.get("products", key)
    if product is None:
        raise refused(call, "product", f'Invalid pk "{key}" - object does not exist.')
    return product


def _grown(call: Call, cart: Cart) -> Lines:
    """The lines with the units that the body has, in their own line or in a new one."""
    product = _product(call, int(call.body["product"]))
    attributes, quantity = call.body.get("attributes", {}), int(call.body["quantity"])
    lines = line_changes.added(cart.lines, product["pk"], attributes, quantity, _new_id(call))
    _check_stock(call, product, lines, "product", "quantity")
    return lines


def _resized(call: Call, cart: Cart, line: Line, quantity: int) -> Lines:
    """The lines with `line` at `quantity`; a line may always go, even if nothing of it is sold."""
    lines = line_changes.with_quantity(cart.lines, line, quantity)
    if quantity:
        _check_stock(call, _product(call, line.product), lines, "product", "quantity")
    return lines


def _check_stock(call: Call, product: Document, lines: Lines, inactive: str, short: str) -> None:
    """Refusal(400), at the member for what is inactive or for what is short (ruling A28)."""
    if not product["is_active"]:
        raise refused(call, inactive, "This product is not sold any more.")
    stock = product["stock"]
    if line_changes.units(lines, product["pk"]) > stock:
        raise refused(call, short, f"Only {stock} of this product are in stock.")


def _next_code(call: Call, cart: Cart) -> str | None:
    """The code that the basket has after the voucher form (ruling A26)."""
    body = call.body
    code: str | None = body.get("voucher_code")
    if code is not None:
        _check_voucher(call, cart, code)
    external: str | None = body.get("external_offer_code")
    if external is not None:
        return external
    if body.get("remove_voucher_code"):
        return None
    current: str | None = cart.basket["voucher_code"]
    return current if code is None else code


def _check_voucher(call: Call, cart: Cart, code: str) -> None:
    """Refusal(400) when the code is unknown, has expired, or needs a larger basket."""
    voucher = vouchers.find(call.state, code)
    if voucher is None:
        raise refused(call, "voucher_code", "This code is not valid.")
    if not voucher.counts_for(carts.payable(call, cart.lines)):
        message = f"This code needs products of {voucher.minimum} or more."
        raise refused(call, "voucher_code", message)


API = Api(
    word=word,
    authenticate=authenticate,
    timespec="microseconds",
    handlers={
        "get_basket": get_basket,
        "add_product": _guarded(add_product),
        "set_quantity": _guarded(set_quantity),
        "change_basket": _guarded(change_basket),
        "empty_basket": _guarded(empty_basket),
        "change_item": _guarded(change_item),
        "get_csrf_token": get_csrf_token,
    },
    found_by={"basket_items": "basket"},
)
