"""A way through each contract on which every fault of its catalogue shows."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .stage import Walk, Way

Headers = Mapping[str, str]

SESSIONS = "/api/billing/basketsessions"


def _bearer(token: str) -> Headers:
    return {"authorization": f"Bearer {token}"}


def nexudus(walk: Walk) -> None:
    """Lists, records, roles, tokens."""
    admin, lister = _bearer("nexudus-admin"), _bearer("nexudus-list-only")
    for page in (1, 2, 40):
        walk("GET", f"{SESSIONS}?size=4&page={page}&orderBy=CreatedOn", headers=admin)
    walk("GET", f"{SESSIONS}?size=3&page=2&BasketSession_Business=1415", headers=admin)
    walk("GET", f"{SESSIONS}?size=4&dir=-1", headers=admin)
    body = {"BusinessId": 7, "SessionId": "way", "JsonContents": "[]", "SystemId": "crm"}
    mine = "11111111-1111-4111-8111-111111111111"
    made = walk("POST", SESSIONS, {**body, "UniqueId": mine}, admin).body["Value"]["Id"]
    walk("GET", f"{SESSIONS}?size=4&dir=-1", headers=admin)
    for _ in range(2):
        walk("GET", f"{SESSIONS}/{made}", headers=admin)
    walk("PUT", SESSIONS, {"Id": made, "BusinessId": "x", "SessionId": None}, admin)
    walk("GET", f"{SESSIONS}/{made}", headers=admin)
    walk("PUT", SESSIONS, {"Id": made, "BusinessId": 8, "SessionId": "way"}, admin)
    walk("PUT", SESSIONS, {"Id": 999999999, "BusinessId": 8, "SessionId": "way"}, admin)
    walk("GET", f"{SESSIONS}/{made}", headers=admin)
    walk("POST", SESSIONS, {"BusinessId": "first"}, admin)
    walk("DELETE", f"{SESSIONS}/999999999", headers=admin)
    walk("DELETE", f"{SESSIONS}/{made}", headers=admin)
    walk("GET", f"{SESSIONS}/{made}", headers=admin)
    for method, body_ in (("POST", body), ("PUT", {"Id": 301, **body}), ("GET", None)):
        walk(method, SESSIONS, body_, lister)
    walk("DELETE", f"{SESSIONS}/301", headers=lister)
    walk("GET", SESSIONS, headers=_bearer("nexudus-no-roles"))
    for headers in (
        _bearer("nexudus-expired"),
        _bearer("nobody"),
        {"authorization": "Basic YWRtaW5AZXhhbXBsZS5jb206d3Jvbmc="},
    ):
        walk("GET", f"{SESSIONS}?size=1", headers=headers)
    first = walk("POST", SESSIONS, body, admin).body["Value"]["Id"]
    walk("DELETE", f"{SESSIONS}/{first}", headers=admin)
    walk("POST", SESSIONS, body, admin)
    walk("GET", f"{SESSIONS}?size=200", headers=admin)
    _tokens(walk)


def _tokens(walk: Walk) -> None:
    def token(**members: str) -> Mapping[str, Any]:
        found = walk("POST", "/api/token", urlencode(members), form=True).body
        return {"access_token": "", "refresh_token": "", **found}

    grant = {"grant_type": "password", "username": "admin@example.com"}
    one = token(**grant, password="admin-password", client_id="way")
    token(**grant, password="wrong")
    refresh = {"grant_type": "refresh_token", "client_id": "way"}
    two = token(**refresh, refresh_token=one["refresh_token"])
    token(**refresh, refresh_token=one["refresh_token"])
    token(**{**refresh, "client_id": "other"}, refresh_token=two["refresh_token"])
    for access in (one, two):
        walk("GET", f"{SESSIONS}?size=1", headers=_bearer(access["access_token"]))


CHECKOUT = "/api/checkout/subscription"
INITIATE = "/api/checkout/initiate"
ABANDONED = "/api/checkout/abandoned"
ANNUAL, MONTHLY = (
    "2e1d6b8cf3e95a47b2c3d4e5f60718293a4b5c6d",
    "38b81b89fd0b11fe9343dca87a1c930b2ab2085f",
)
ADD_ON = "8c7b2e4a9f5ab06d18293a4b5c6d7e8f90a1b2c3"


def _change(*items: tuple[str, str, str]) -> Mapping[str, Any]:
    return {
        "order": {
            "orderItems": [
                {"orderItemActionType": act, "type": kind, "offer": {"id": id_}, "quantity": 2}
                for act, kind, id_ in items
            ]
        }
    }


def limio(walk: Walk) -> None:
    """Baskets, checkouts, cookies, tokens."""
    known = {**_bearer("limio-token"), "x-limio-recaptcha": "any"}
    _baskets(walk, known)
    begin = {"order": {"order_type": "update_subscription"}}

    def begun(**subscription: str) -> Headers:
        order = {**begin["order"], "forSubscription": subscription}
        found = walk("POST", CHECKOUT, {"order": order}, known)
        return {**known, "cookie": f"limio_state={found.cookie('limio_state')}"}

    cookie = begun(id="sub-7c0e41d2")
    begun(id="sub-b7d2e0a4")
    begun(id="nobody")
    begun(id="sub-7c0e41d2", name="A-S00001002")
    walk("POST", CHECKOUT, begin, known)
    for items in (
        [("add", "offer", ANNUAL), ("add", "add_on", ADD_ON)],
        [("add", "offer", MONTHLY), ("remove", "add_on", ADD_ON)],
        [("add", "offer", ANNUAL), ("add", "offer", MONTHLY)],
        [],
    ):
        walk("PUT", CHECKOUT, _change(*items), cookie)
        for _ in range(2):
            walk("GET", CHECKOUT, headers=cookie)
    walk("PUT", CHECKOUT, {"order": {}}, cookie)
    walk("GET", CHECKOUT, headers=known)
    walk("GET", CHECKOUT, headers={**known, "cookie": "limio_state=none"})
    acquisition = b'{"basketId":"basket-6f15b6ad-2db3-497f-a396-39be7a605a91"}'
    other = urlsafe_b64encode(acquisition).rstrip(b"=").decode()
    walk("GET", CHECKOUT, headers={**known, "cookie": f"limio_state={other}"})
    walk("GET", f"{ABANDONED}?limit=100", headers=known)
    _clients(walk, cookie)


def _baskets(walk: Walk, known: Headers) -> None:
    found = walk("GET", f"{ABANDONED}?limit=4", headers=known).body
    more = found.get("queryMore", "")
    walk("GET", f"{ABANDONED}?limit=4&queryMore={more}", headers=known)
    walk("GET", f"{ABANDONED}?limit=100", headers=known)
    item = {"offer": {"id": ANNUAL, "version": "1"}, "quantity": 1}
    other = {"offer": {"id": ADD_ON, "version": "1"}, "quantity": 2}
    for external_id, items in (
        ("Way-1", [item, other]),
        ("Way-1", [other]),
        ("way-1", [item]),
        ("Way-2", []),
        ("Way-1", []),
    ):
        order = {"external_id": external_id, "orderItems": items, "tracking": {"userId": "u"}}
        walk("POST", INITIATE, {"order": order}, known)
        walk("GET", f"{ABANDONED}?createdAfter=2026-01-15T12:00:00Z", headers=known)
    walk("GET", f"{ABANDONED}?limit=0", headers=known)


def _clients(walk: Walk, cookie: Headers) -> None:
    for token in ("limio-expired", "nobody"):
        sent = {**cookie, **_bearer(token)}
        walk("GET", f"{ABANDONED}?limit=1", headers=sent)
        walk("GET", CHECKOUT, headers=sent)
        walk("PUT", CHECKOUT, _change(), sent)
        order = {"order_type": "update_subscription", "forSubscription": {"id": "sub-7c0e41d2"}}
        walk("POST", CHECKOUT, {"order": order}, sent)
        item = {"offer": {"id": ANNUAL, "version": "1"}, "quantity": 1}
        walk("POST", INITIATE, {"order": {"external_id": "x", "orderItems": [item]}}, sent)
    tokens = []
    for client, secret in (
        ("limio-client", "limio-secret"),
        ("limio-client", "limio-secret"),
        ("limio-client", "wrong"),
        ("nobody", "wrong"),
    ):
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        found = walk("POST", "/oauth2/token", urlencode(form), form=True).body
        tokens.append(found.get("access_token", ""))
    for token in (tokens[0], tokens[0], tokens[1]):
        walk("GET", f"{ABANDONED}?limit=1", headers=_bearer(token))


BASKET, ITEM = "/baskets/basket/", "/baskets/basket_items/"


def akinon(walk: Walk) -> None:
    """Lines, items, codes, stock, sessions."""
    for name in ("guitar", "shares", "unavailable", "voucher", "external", "cart"):
        for _ in range(2):
            walk("GET", BASKET, headers={"cookie": f"osessionid=akinon-{name}"})
    guest = {"cookie": f"osessionid={walk('GET', BASKET).cookie('osessionid')}"}
    walk("GET", BASKET)
    walk("GET", BASKET, headers={"cookie": "osessionid=made-up"})
    begun = walk("POST", BASKET, {"product": 49, "quantity": 2})
    second = {"cookie": f"osessionid={begun.cookie('osessionid')}"}

    def do(method: str, body: Mapping[str, Any] | str | None, path: str = BASKET) -> Any:
        found = walk(method, path, body, guest)
        walk("GET", BASKET, headers=guest)
        return found.body

    attributes = {"b": 1, "a": 2}
    do("POST", {"product": 2023, "quantity": 5, "attributes": attributes})
    do("POST", {"product": 2023, "quantity": 2, "attributes": {"a": 2.0, "b": 1}})
    do("POST", {"product": 2023, "quantity": 1})
    do("POST", {"product": 49, "quantity": 3})
    do("POST", {"product": 49, "quantity": 2})
    do("PUT", {"product": 49, "quantity": 4})
    do("PUT", {"product": 2012, "quantity": 1})
    do("PUT", {"product": 2024, "quantity": 0})
    do("PATCH", {"product": 2024, "quantity": 1})
    do("PATCH", {"product": 49, "quantity": 3})
    do("PUT", {"product": 2012, "quantity": 0})
    _codes(do)
    _short(do)
    walk("GET", BASKET, headers=second)
    _items(do, guest, walk)
    do("POST", {"product": "x"})
    do("PUT", "{")
    do("DELETE", None)
    token = walk("GET", "/csrf_token/").body["csrf_token"]
    walk("GET", "/csrf_token/", headers={"cookie": f"csrftoken={token}"})


def _codes(do: Any) -> None:
    for change in (
        {"voucher_code": "nobody-gave-this"},
        {"voucher_code": "too-late"},
        {"voucher_code": "AAA-BBB-CCC"},
        {"voucher_code": "big-spender"},
        {"voucher_code": "aaa-bbb-ccc"},
        {"voucher_code": "nobody-gave-this"},
        {"voucher_code": "ddd-eee-fff"},
        {"remove_voucher_code": True},
        {"external_offer_code": "nobody-gave-this"},
        {"voucher_code": "from-a-hundred"},
    ):
        do("PATCH", change)
    do("PUT", {"product": 49, "quantity": 1})
    do("POST", {"product": 49, "quantity": 2})
    do("PATCH", {"voucher_code": "aaa-bbb-ccc"})
    do("POST", {"product": 2013, "quantity": 2})
    do("PATCH", {"voucher_code": "ddd-eee-fff"})


def _short(do: Any) -> None:
    do("POST", {"product": 2013, "quantity": 1})
    do("POST", {"product": 2013, "quantity": 1})
    do("POST", {"product": 2002, "quantity": 4})
    do("PUT", {"product": 2013, "quantity": 2})
    do("PUT", {"product": 2013, "quantity": 9})
    do("POST", {"product": 2031, "quantity": 1})
    do("PUT", {"product": 2032, "quantity": 2})


def _items(do: Any, guest: Headers, walk: Walk) -> None:
    def ids() -> dict[int, int]:
        rows = walk("GET", BASKET, headers=guest).body["basket"]["basketitem_set"]
        return {row["product"]["pk"]: row["id"] for row in rows}

    split = do("PATCH", {"id": ids()[49], "is_all": False, "attributes": {"gift": True}}, ITEM)
    do("PATCH", {"id": split["id"], "is_all": True}, ITEM)
    do("PATCH", {"id": ids()[2023], "is_all": True, "attributes": {"c": 1}}, ITEM)
    do("PATCH", {"id": ids()[2023], "is_all": True, "attributes": {"b": 1, "a": 2}}, ITEM)
    do("PATCH", {"id": 1, "is_all": True}, ITEM)
    do("PATCH", {"id": ids()[2023], "is_all": True, "attributes": {"d": 1}}, ITEM)


ZENSKAR = {"x-api-key": "zenskar-key", "organisation": "zenskar-org"}
OTHERS = {"x-api-key": "zenskar-key-2", "organisation": "zenskar-org-2"}
PRODUCTS = {
    "is_plan_based": False,
    "currency": "USD",
    "start_date": "2026-02-01T00:00:00Z",
    "phases": [
        {"pricings": [{"unit_amount": 19.99, "quantity": 3}, {"unit_amount": 40, "quantity": 1}]},
        {"pricings": [{"unit_amount": 5, "quantity": 1}]},
    ],
}
PLAN = {
    "is_plan_based": True,
    "plan_id": "00000000-0000-4000-8000-0000000f0001",
    "currency": "USD",
    "start_date": "2026-02-01T00:00:00Z",
}
NEW = {
    "customer_id": "123e4567-e89b-12d3-a456-426614174001",
    "contract": PRODUCTS,
    "success_url": "https://shop.example/thanks",
    "cancel_url": "https://shop.example/basket",
    "attribution": {"utm_source": "way"},
}


def zenskar(walk: Walk) -> None:
    """Sessions, moves, keys, organisations."""
    page = walk("GET", "/checkout?limit=4", headers=ZENSKAR).body
    walk("GET", f"/checkout?limit=4&cursor={page['next']}", headers=ZENSKAR)
    walk("GET", "/checkout?limit=100", headers=ZENSKAR)
    walk("GET", "/checkout?organisation_id=7f000002-0000-4000-8000-000000000002", headers=ZENSKAR)
    for headers in (
        {**ZENSKAR, "organisation": "zenskar-org-2"},
        {**ZENSKAR, "x-api-key": "wrong"},
        {**ZENSKAR, "organisation": "nobody"},
    ):
        walk("GET", "/checkout?limit=1", headers=headers)

    def made(**members: Any) -> str:
        found = walk("POST", "/checkout", {**NEW, **members}, ZENSKAR).body
        return str(found.get("id"))

    def move(id_: str, verb: str = "", body: Any = None, headers: Headers = ZENSKAR) -> None:
        method = "GET" if not verb else "PUT" if verb == "put" else "POST"
        path = f"/checkout/{id_}" + (f"/{verb}" if method == "POST" else "")
        walk(method, path, body, headers)
        walk("GET", f"/checkout/{id_}", headers=ZENSKAR)

    _updates(made, move)
    _ends(made, move)
    _keys(walk, made, move)
    walk("GET", "/checkout?limit=100", headers=ZENSKAR)
    made(contract={**PLAN, "plan_id": NEW["customer_id"]})
    walk("POST", "/checkout", {"currency": 1, "guest_checkout": "x"}, ZENSKAR)
    walk("GET", "/checkout?limit=4", headers=ZENSKAR)
    walk("GET", "/checkout?limit=0&order=nothing", headers=ZENSKAR)


def _updates(made: Any, move: Any) -> None:
    one = made()
    move(one)
    move(one, headers=OTHERS)
    move(one, "put", {"success_url": "https://shop.example/x", "reason": "other"})
    move(one, "put", {"custom_data": {"table": 7}, "contract": PLAN})
    customer = "123e4567-e89b-12d3-a456-426614174777"
    history = {"update_history": [], "chair": 1}
    move(one, "put", {"custom_data": history, "customer_id": customer})
    move(one, "put", {"currency": "EUR", "contract": PLAN, "cancel_url": "https://shop.example/y"})
    move(one, "put", {"success_url": "https://shop.example/z"}, OTHERS)
    move(one, "confirm", {"confirmation": "later"})
    move("00000000-0000-4000-8000-000000000000")
    made(currency="USD", contract=PLAN)


def _ends(made: Any, move: Any) -> None:
    one, two, three = made(), made(), made()
    move(one, "confirm", {"confirmation": "no_payment"}, OTHERS)
    move(one, "confirm", {"confirmation": "charge_immediately", "redirect": True})
    move(one, "confirm", {"confirmation": "no_payment"})
    move(one, "cancel", {})
    move(one, "put", {"custom_data": {"late": True}})
    move(two, "cancel", {"reason": "why"}, OTHERS)
    move(two, "cancel", {"reason": "why"})
    move(three, "confirm", {"confirmation": "charge_when_due"})
    guest = {"guest_checkout": True, "customer": {"email": "a@b.example"}}
    entity = {"business_entity_id": NEW["customer_id"], "customer_id": NEW["customer_id"]}
    move(made(**guest, **entity), "confirm", {"confirmation": "no_payment"})


def _keys(walk: Walk, made: Any, move: Any) -> None:
    one = made(idempotency_key="way")
    move(one, "put", {"success_url": "https://shop.example/x"})
    for _ in range(2):
        made(idempotency_key="way")
    walk("POST", "/checkout", dict(reversed({**NEW, "idempotency_key": "way"}.items())), ZENSKAR)
    made(idempotency_key="way", cancel_url="https://shop.example/other")
    made(idempotency_key="way-2")
    walk("POST", "/checkout", {**NEW, "idempotency_key": "way"}, OTHERS)
    made(idempotency_key="poison", contract={**PLAN, "plan_id": NEW["customer_id"]})
    made(idempotency_key="poison")


WAYS: Mapping[str, Way] = {
    "nexudus": nexudus,
    "limio": limio,
    "akinon": akinon,
    "zenskar": zenskar,
}
