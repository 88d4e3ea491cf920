"""For each law written for one contract, a server that breaks it: a fault, or changed messages."""

from collections.abc import Callable, Mapping
from typing import Any

from .breaking import Break, answers, asks, cookies, fault, says, without_header
from .wrong import Heard, Told

ADD, SET, PATCH, EMPTY = "add_product", "set_quantity", "change_basket", "empty_basket"
BASKET = "/baskets/basket/"
LIST, INITIATE = "list_abandoned_baskets", "initiate_checkout"
BEGIN, READ, UPDATE = (
    "initiate_subscription_checkout",
    "get_subscription_checkout",
    "update_subscription_checkout",
)
RECORD = "_basket_session"
SESSION = "_checkout_session"


def _drop(*names: str, beside: str = "") -> Callable[[Any], None]:
    def change(body: Any) -> None:
        if not beside or beside in body:
            for name in names:
                body.pop(name, None)

    return change


def _put(name: str, value: Any, *, beside: str = "", unless: str = "") -> Callable[[Any], None]:
    def change(body: Any) -> None:
        if (not beside or beside in body) and (not unless or unless not in body):
            body[name] = value

    return change


def _in_basket(change: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda body: change(body["basket"]) if "basket" in body else None


def _by_age(basket: Any) -> None:
    basket["basketitem_set"].sort(key=lambda line: line["id"])


def _cheaper(basket: Any) -> None:
    for line in basket["basketitem_set"]:
        if line["quantity"] > 4:
            line["unit_price"] = "0.01"


def _one_offer(basket: Any) -> None:
    del basket["discounts"][1:]


def _refuse_empty(heard: Heard, told: Told) -> None:
    is_code = heard.method == "PATCH" and b"voucher_code" in heard.body
    if is_code and told.status == 200 and not told.data["basket"]["basketitem_set"]:
        told.status, told.data = 400, {"voucher_code": ["The basket is empty."]}


def _refuse_tokens(heard: Heard, told: Told) -> None:
    if "x-csrftoken" in heard.headers and heard.method != "GET":
        told.status, told.data = 403, {"detail": "CSRF Failed"}


def _keep_id(heard: Heard, told: Told) -> None:
    if "basket_items" in heard.path and told.status == 200:
        told.data["id"] = heard.data["id"]


def _begin_unknown(heard: Heard) -> None:
    if isinstance(heard.data, dict) and heard.data.get("quantity") == -1:
        heard.data["quantity"] = 1


class _Touch:
    """Every basket begun changes all that are listed."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, heard: Heard, told: Told) -> None:
        if heard.path.endswith("/initiate"):
            self.count += 1
        if "abandoned" in heard.path and told.status == 200:
            for row in told.data["items"]:
                row["entry"] = f"/{self.count}"


def _past_is_none(body: Any) -> None:
    body.pop("expires_at", None)


def _with_an_old_one(body: Any) -> None:
    for row in body["items"][:1]:
        body["items"].append({**row, "id": "basket-of-old", "created": "2020-01-01T00:00:00Z"})


def _refusal(name: str) -> Any:
    return {name: "Refused."}


AKINON: Mapping[str, Break] = {
    f"codes.applied {PATCH}": fault("akinon.code-untold"),
    f"codes.removed {PATCH}": fault("akinon.removal-ignored"),
    f"codes.unknown {PATCH}": fault("akinon.unknown-code-taken"),
    f"codes.expired {PATCH}": fault("akinon.expired-code-taken"),
    f"codes.minimum {PATCH}": fault("akinon.minimum-unasked"),
    f"codes.fallen {PATCH}": fault("akinon.missed-minimum-drops-code"),
    f"codes.replaced {PATCH}": fault("akinon.first-code-stays"),
    f"codes.external {PATCH}": fault("akinon.external-code-dropped"),
    f"codes.kept {PATCH}": asks(
        "PATCH", _drop("external_offer_code", beside="remove_voucher_code")
    ),
    f"codes.not-removed {PATCH}": asks(
        "PATCH", _put("remove_voucher_code", True, beside="remove_voucher_code")
    ),
    f"codes.together {PATCH}": asks("PATCH", _drop("voucher_code", beside="external_offer_code")),
    f"codes.checked-and-removed {PATCH}": asks(
        "PATCH", _drop("remove_voucher_code", beside="voucher_code")
    ),
    f"codes.beside-product {PATCH}": asks("PATCH", _drop("external_offer_code", beside="product")),
    f"codes.empty-basket {PATCH}": Break(tell=_refuse_empty),
    f"codes.stays {PATCH}": fault("akinon.code-lost-on-add"),
    **{
        f"errors.{what} {operation}": fault("akinon.member-untold")
        for what in ("quantity", "product", "attributes")
        for operation in (ADD, SET, PATCH)
    },
    f"errors.whole {ADD}": fault("akinon.member-untold"),
    f"errors.unreadable {ADD}": fault("akinon.unreadable-500"),
    f"errors.codes {PATCH}": fault("akinon.member-untold"),
    f"errors.members {ADD}": fault("akinon.one-error-at-a-time"),
    f"errors.none-begun {ADD}": Break(hear=_begin_unknown),
    "items.whole change_item": fault("akinon.whole-takes-one"),
    "items.new-id change_item": fault("akinon.line-keeps-id"),
    "items.split change_item": fault("akinon.split-takes-all"),
    "items.merge change_item": fault("akinon.equal-lines-apart"),
    "items.back change_item": Break(tell=_keep_id),
    "items.alone change_item": fault("akinon.split-multiplies"),
    "items.unknown change_item": fault("akinon.unknown-item-404"),
    "items.gone change_item": fault("akinon.unknown-item-is-first"),
    "items.is-all change_item": asks("PATCH", _put("is_all", True, beside="id", unless="is_all")),
    f"lines.add {ADD}": fault("akinon.add-sets"),
    f"lines.set {SET}": fault("akinon.put-adds"),
    f"lines.set {PATCH}": asks("PATCH", _put("quantity", 1, beside="product")),
    f"lines.remove {SET}": fault("akinon.zero-ignored"),
    f"lines.remove {PATCH}": asks("PATCH", _put("quantity", 1, beside="product")),
    f"lines.put-adds {SET}": fault("akinon.put-refuses-new"),
    f"lines.put-nothing {SET}": fault("akinon.put-nothing-stamps"),
    f"lines.patch-absent {PATCH}": fault("akinon.patch-adds"),
    f"lines.same {ADD}": fault("akinon.order-of-attributes-matters"),
    f"lines.different {ADD}": fault("akinon.attributes-ignored"),
    f"lines.meant {SET}": asks("PUT", _put("attributes", {}, unless="attributes")),
    f"lines.meant {PATCH}": asks(
        "PATCH", _put("attributes", {}, beside="product", unless="attributes")
    ),
    f"lines.add-without {ADD}": fault("akinon.attributes-ignored"),
    f"lines.unknown-product {ADD}": answers("POST", 400, 404),
    f"lines.unknown-product {SET}": answers("PUT", 400, 404),
    f"lines.unknown-product {PATCH}": answers("PATCH", 400, 404),
    f"lines.alone {ADD}": fault("akinon.attributes-ignored"),
    f"lines.emptied {EMPTY}": fault("akinon.empty-leaves-one"),
    "basket.model get_basket": fault("akinon.add-sets"),
    "basket.totals get_basket": fault("akinon.total-not-reduced"),
    "basket.shares get_basket": fault("akinon.cent-to-the-last"),
    "basket.shares-of-several get_basket": fault("akinon.cent-to-the-last"),
    "basket.badges get_basket": fault("akinon.badges-exceed"),
    "basket.offers get_basket": fault("akinon.discounts-reversed"),
    "basket.minimum get_basket": says(_in_basket(_one_offer)),
    f"basket.any-order {ADD}": says(_in_basket(_by_age)),
    "basket.line-order get_basket": fault("akinon.lines-reversed"),
    f"basket.unit-price {SET}": says(_in_basket(_cheaper)),
    "session.guest get_basket": fault("akinon.guests-share"),
    f"session.guest {ADD}": fault("akinon.session-forgotten"),
    "session.cookie get_basket": fault("akinon.cookie-for-scripts"),
    f"session.in-body {ADD}": fault("akinon.session-untold"),
    "session.apart get_basket": fault("akinon.another-basket-grows"),
    "session.other-cookies get_basket": cookies(r"theme=.*?; ", "theme=dark; osessionid=none; "),
    "basket.constant get_basket": fault("akinon.empty-renumbers"),
    "basket.looking get_basket": fault("akinon.look-stamps"),
    "basket.modified get_basket": fault("akinon.modified-stands"),
    "basket.segment get_basket": says(_in_basket(_drop("segment"))),
    **{
        f"basket.write-shows {operation}": says(
            _in_basket(_put("voucher_code", "understudy")), method=method
        )
        for operation, method in ((ADD, "POST"), (SET, "PUT"), (PATCH, "PATCH"), (EMPTY, "DELETE"))
    },
    "session.csrf-token get_csrf_token": fault("akinon.csrf-token-renewed"),
    f"session.csrf {ADD}": Break(tell=_refuse_tokens),
    f"stock.too-many {ADD}": fault("akinon.one-too-many"),
    f"stock.too-many {SET}": fault("akinon.put-takes-any"),
    f"stock.too-many {PATCH}": fault("akinon.stock-unasked"),
    f"stock.over-lines {ADD}": fault("akinon.stock-unasked"),
    f"stock.not-for-sale {ADD}": fault("akinon.inactive-sold"),
    f"stock.not-for-sale {SET}": fault("akinon.stock-unasked"),
    "stock.taken-out get_basket": fault("akinon.unavailable-untold"),
    "stock.until-written get_basket": says(
        _in_basket(
            _put("unavailable_basket_products", [{"pk": 1, "name": "", "unavailable_quantity": 1}])
        ),
        method="POST",
    ),
}
LIMIO: Mapping[str, Break] = {
    f"baskets.contents {INITIATE}": fault("limio.initiate-loses-tracking"),
    f"baskets.again {INITIATE}": fault("limio.initiate-always-begins"),
    f"baskets.another {INITIATE}": fault("limio.external-id-folded"),
    f"baskets.alone {INITIATE}": Break(tell=_Touch()),
    f"baskets.refused {INITIATE}": fault("limio.refused-initiate-begins"),
    f"baskets.over {INITIATE}": fault("limio.initiate-always-begins"),
    f"baskets.young {LIST}": says(_with_an_old_one, "GET", "abandoned"),
    f"baskets.both-kinds {LIST}": fault("limio.checkout-unlisted"),
    f"offers.single {UPDATE}": fault("limio.two-offers-taken"),
    f"offers.replaced {UPDATE}": fault("limio.offers-pile-up"),
    f"offers.removal {UPDATE}": fault("limio.removal-not-brought"),
    f"offers.join {UPDATE}": fault("limio.add-ons-lost"),
    f"offers.nothing {UPDATE}": fault("limio.empty-update-empties"),
    f"offers.shown {UPDATE}": says(lambda body: body["order"]["orderItems"].clear(), method="PUT"),
    f"offers.invalid {UPDATE}": fault("limio.bad-checkout-502"),
    f"offers.completed {UPDATE}": answers("PUT", 400, 404),
    f"subscription.named {BEGIN}": fault("limio.checkout-of-another"),
    f"subscription.of-two {BEGIN}": fault("limio.name-beside-id-ignored"),
    f"cookie.attributes {BEGIN}": fault("limio.cookie-for-scripts"),
    f"cookie.attributes {INITIATE}": fault("limio.cookie-cross-site"),
    f"cookie.leads {READ}": fault("limio.checkouts-shared"),
    f"cookie.strange {READ}": fault("limio.any-cookie-leads"),
    f"cookie.strange {UPDATE}": fault("limio.no-cookie-leads"),
    f"cookie.apart {UPDATE}": fault("limio.checkouts-shared"),
    f"cookie.others {READ}": cookies(r"limio=.*?; ", "limio_state=none; "),
    f"subscription.unknown {BEGIN}": fault("limio.unknown-checkout-begun"),
    f"subscription.locked {BEGIN}": fault("limio.locked-409"),
    f"subscription.unlocked {BEGIN}": answers("POST", 200, 423, data=_refusal("message")),
    f"refusals.checkout {BEGIN}": fault("limio.bad-checkout-502"),
    f"refusals.list {LIST}": fault("limio.bad-request-400"),
    f"refusals.order {BEGIN}": answers("PUT", 400, 404),
    "token.good issue_token": fault("limio.token-opens-once"),
    "token.refused issue_token": fault("limio.token-for-any-secret"),
    "token.form issue_token": answers("POST", 400, 401),
}
NEXUDUS: Mapping[str, Break] = {
    f"records.envelope create{RECORD}": says(
        lambda body: body.update(UpdatedBy="nobody@example.com"), method="POST"
    ),
    f"records.envelope replace{RECORD}": says(
        lambda body: body.update(UpdatedOn="2001-01-01T00:00:00Z"), method="PUT"
    ),
    f"records.envelope delete{RECORD}": says(
        lambda body: body["Value"].update(Id=1), method="DELETE"
    ),
    f"records.message create{RECORD}": says(lambda body: body.update(Message="Well."), "POST"),
    f"records.kept create{RECORD}": fault("nexudus.create-loses-system-id"),
    f"records.new create{RECORD}": fault("nexudus.create-not-new"),
    f"records.day create{RECORD}": says(_put("IsNew", True, beside="IsNew"), "GET"),
    f"records.stamps replace{RECORD}": fault("nexudus.read-stamps"),
    f"records.unique create{RECORD}": says(
        _put("UniqueId", "5e0c1a52-7d4b-4c33-9a57-0f1b2c3d4e5f", beside="UniqueId"), "GET"
    ),
    f"records.no-number get{RECORD}": fault("nexudus.unknown-id-400"),
    f"records.no-number delete{RECORD}": fault("nexudus.unknown-id-200"),
    f"records.validated-first replace{RECORD}": answers("PUT", 400, 404, data=_refusal("Message")),
    f"records.invalid create{RECORD}": fault("nexudus.attempted-value-lost"),
    f"records.invalid replace{RECORD}": fault("nexudus.one-error-at-a-time"),
    "records.parameters list_basket_sessions": fault("nexudus.error-names-another-member"),
    "roles.needed list_basket_sessions": fault("nexudus.roles-ignored"),
    f"roles.needed get{RECORD}": fault("nexudus.any-role-will-do"),
    f"roles.needed create{RECORD}": fault("nexudus.roles-ignored-by-create"),
    f"roles.needed replace{RECORD}": fault("nexudus.roles-ignored-by-replace"),
    f"roles.needed delete{RECORD}": fault("nexudus.roles-ignored-by-delete"),
    **{
        f"roles.enough {operation}": answers(method, 200, 401, path, _refusal("Message"))
        for operation, method, path in (
            ("list_basket_sessions", "GET", ""),
            (f"get{RECORD}", "GET", "sessions/"),
            (f"create{RECORD}", "POST", "sessions"),
            (f"replace{RECORD}", "PUT", ""),
            (f"delete{RECORD}", "DELETE", ""),
        )
    },
    "roles.challenge list_basket_sessions": without_header("www-authenticate"),
    "roles.password list_basket_sessions": fault("nexudus.any-password-good"),
    "token.good request_token": fault("nexudus.new-token-ends-old"),
    "token.wrong request_token": fault("nexudus.token-for-any-password"),
    "token.rotated request_token": fault("nexudus.refresh-token-reusable"),
    "token.ends request_token": answers("GET", 401, 200),
    "token.superseded request_token": answers(
        "POST",
        400,
        200,
        "token",
        {"access_token": "a", "token_type": "bearer", "expires_in": 604799, "refresh_token": "b"},
    ),
    "token.clients-apart request_token": fault("nexudus.refresh-for-any-client"),
    "token.grants request_token": says(_put("error", "invalid_grant"), "POST", "token", 400),
}
ZENSKAR: Mapping[str, Break] = {
    f"estimates.sum create{SESSION}": fault("zenskar.all-phases-due"),
    f"estimates.plan create{SESSION}": fault("zenskar.plan-is-free"),
    f"create.unknown-plan create{SESSION}": fault("zenskar.unknown-plan-creates"),
    f"create.begins create{SESSION}": fault("zenskar.create-pending"),
    f"create.currency create{SESSION}": fault("zenskar.create-without-currency"),
    f"create.past create{SESSION}": asks("POST", _past_is_none),
    f"create.invalid create{SESSION}": fault("zenskar.invalid-create-stores"),
    f"create.repeated create{SESSION}": fault("zenskar.repeat-is-stale"),
    f"create.equal create{SESSION}": fault("zenskar.repeat-must-be-literal"),
    f"create.own-keys create{SESSION}": fault("zenskar.key-crosses-organisations"),
    f"create.unspent create{SESSION}": fault("zenskar.key-poisoned"),
    f"create.deleted get{SESSION}": answers("PUT", 404, 400),
    f"moves.redirect confirm{SESSION}": fault("zenskar.redirect-elsewhere"),
    f"moves.no-redirect confirm{SESSION}": asks("POST", _put("redirect", True), "/confirm"),
    f"moves.contract confirm{SESSION}": fault("zenskar.confirm-without-contract"),
    f"moves.cancelled cancel{SESSION}": fault("zenskar.reason-lost"),
    f"moves.once confirm{SESSION}": fault("zenskar.refused-update-joins"),
    f"moves.stamps confirm{SESSION}": fault("zenskar.read-stamps"),
    f"moves.invalid confirm{SESSION}": fault("zenskar.invalid-confirm-moves"),
    f"moves.crossing confirm{SESSION}": fault("zenskar.update-crosses"),
    f"refusals.order confirm{SESSION}": answers("POST", 422, 404, "/confirm", _refusal("detail")),
    f"refusals.id get{SESSION}": fault("zenskar.invalid-elsewhere"),
    f"refusals.parameters list{SESSION}s": fault("zenskar.invalid-without-location"),
    f"refusals.bodies update{SESSION}": fault("zenskar.invalid-elsewhere"),
    f"refusals.organisations list{SESSION}s": fault("zenskar.filter-crosses"),
    f"update.history update{SESSION}": fault("zenskar.history-overwritten"),
    f"update.own-history update{SESSION}": fault("zenskar.history-from-client"),
    f"update.joined update{SESSION}": fault("zenskar.custom-data-replaced"),
    f"update.contract update{SESSION}": fault("zenskar.contract-joined"),
    f"update.customer update{SESSION}": fault("zenskar.customer-id-taken"),
    f"update.left-out update{SESSION}": fault("zenskar.update-clears-left-out"),
    f"timers.fires create{SESSION} /expires_at": asks("POST", _past_is_none),
    f"timers.past create{SESSION} /expires_at": asks("POST", _past_is_none),
}
BREAKS: Mapping[str, Mapping[str, Break]] = {
    "akinon": AKINON,
    "limio": LIMIO,
    "nexudus": NEXUDUS,
    "zenskar": ZENSKAR,
}
