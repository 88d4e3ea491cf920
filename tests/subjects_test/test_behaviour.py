"""What the rulings say of behaviour, tried on each subject once: order, paging, life, money."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from understudy.specs.contract import load

from ..subjects.zenskar_rows import FILTERS
from .running import ABANDONED, BASKET, ITEMS, OFFERS, RECORDS, SUBSCRIPTION, Subject


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("by", ["SessionId", "SystemId", "CreatedOn", "IsNew", "CustomFields"])
def test_nexudus_pages_are_the_whole_result_in_order(
    nexudus: Subject, by: str, direction: int
) -> None:
    query = f"{RECORDS}?orderBy={by}&dir={direction}"
    whole = nexudus("GET", f"{query}&size=1000")["Records"]
    pages = [nexudus("GET", f"{query}&size=7&page={page}") for page in range(1, 11)]
    assert [record for page in pages for record in page["Records"]] == whole
    last = pages[-1]
    assert (last["FirstItem"], last["HasNextPage"], last["HasPreviousPage"]) == (0, False, True)
    values = [record[by] for record in whole]
    assert values == sorted(values, key=lambda v: (v is not None, v), reverse=direction == -1)
    for one, other in pairwise(whole):
        assert one[by] != other[by] or one["Id"] < other["Id"]


def test_nexudus_records_live_and_age(nexudus: Subject) -> None:
    key = nexudus("POST", RECORDS, json={"BusinessId": 1, "SessionId": "a", "SystemId": "x"})
    path = f"{RECORDS}/{key['Value']['Id']}"
    assert nexudus("GET", path)["IsNew"] is True
    nexudus("PUT", RECORDS, json={"Id": key["Value"]["Id"], "BusinessId": 2, "SessionId": "b"})
    assert nexudus("GET", path)["SystemId"] is None
    nexudus.now += timedelta(hours=24)
    assert nexudus("GET", path)["IsNew"] is False
    nexudus("DELETE", path)
    for method in ("GET", "DELETE"):
        nexudus(method, path, 404)
    nexudus("GET", f"{RECORDS}/abc", 404)


def test_nexudus_tokens(nexudus: Subject) -> None:
    form = {"grant_type": "password", "username": "admin@example.com"}
    nexudus("POST", "/api/token", 400, data=form)
    issued = nexudus("POST", "/api/token", data={**form, "password": "admin-password"})
    bearer = {"Authorization": f"Bearer {issued['access_token']}"}
    nexudus("GET", RECORDS, headers=bearer)
    refresh = {"grant_type": "refresh_token", "refresh_token": issued["refresh_token"]}
    nexudus("POST", "/api/token", data=refresh)
    nexudus("POST", "/api/token", 400, data=refresh)
    nexudus.now += timedelta(seconds=604799)
    nexudus("GET", RECORDS, 401, headers=bearer)
    for token in ("nexudus-expired", "nexudus-no-roles"):
        nexudus("GET", RECORDS, 401, headers={"Authorization": f"Bearer {token}"})


def test_limio_walks_by_cursor_and_refuses_a_foreign_one(limio: Subject) -> None:
    whole = limio("GET", f"{ABANDONED}?limit=100")["items"]
    page = limio("GET", f"{ABANDONED}?limit=7")
    walked = page["items"]
    while cursor := page.get("queryMore"):
        page = limio("GET", f"{ABANDONED}?limit=7&queryMore={cursor}")
        walked += page["items"]
    assert walked == whole
    cursor = limio("GET", f"{ABANDONED}?limit=1")["queryMore"]
    assert [(i["created"], i["id"]) for i in whole] == sorted(
        (i["created"], i["id"]) for i in whole
    )
    limio("GET", f"{ABANDONED}?createdAfter=2020-01-01T00:00:00Z&queryMore={cursor}", 502)
    limio.now += timedelta(days=14)
    assert limio("GET", ABANDONED)["items"] == []


def test_limio_subscription_checkouts(limio: Subject) -> None:
    def begin(key: str, status: int = 200) -> Any:
        order = {"order_type": "update_subscription", "forSubscription": {"id": key}}
        return limio("POST", SUBSCRIPTION, status, json={"order": order})

    def put(*keys: str, status: int = 200) -> Any:
        items = [
            {"orderItemActionType": "add", "type": "offer", "offer": {"id": key}, "quantity": 1}
            for key in keys
        ]
        return limio("PUT", SUBSCRIPTION, status, json={"order": {"orderItems": items}})

    begin("nobody", 404)
    begin("sub-locked", 423)
    begin("sub-unlocked")
    begin("sub-7c0e41d3")
    put(*OFFERS, status=400)
    put("3a" * 20)
    items = put(OFFERS[1])["order"]["orderItems"]
    assert [(i["orderItemActionType"], i["type"]) for i in items] == [
        ("remove", "offer"), ("remove", "add_on"), ("add", "offer"),
    ]  # fmt: skip
    assert limio("GET", SUBSCRIPTION)["order"]["orderItems"] == items
    limio.now += timedelta(days=41)
    limio("GET", SUBSCRIPTION, 404)
    begin("sub-locked")


def test_akinon_lines_stock_and_shares(akinon: Subject) -> None:
    akinon("POST", BASKET, json={"product": 1309, "quantity": 50})
    wrapped = {"product": 1309, "quantity": 1, "attributes": {"wrap": True}}
    akinon("POST", BASKET, json=wrapped)
    akinon("POST", BASKET, 400, json=wrapped)
    akinon("POST", BASKET, 400, json={"product": 1781, "quantity": 1})
    akinon("PUT", BASKET, json={"product": 1780, "quantity": 3})
    basket = akinon("PATCH", BASKET, json={"voucher_code": "fifteen-off"})["basket"]
    lines = basket["basketitem_set"]
    # As texts, {"wrap":true} stands before {}.
    assert [(i["quantity"], i["discount_amount"]) for i in lines] == [
        (1, "24.29"), (50, "1214.71"), (3, "0.03"),
    ]  # fmt: skip
    assert basket["total_discount_amount"] == "1239.03"
    change = {"id": lines[1]["id"], "is_all": False, "attributes": {"wrap": True}}
    split = akinon("PATCH", ITEMS, json=change)
    assert (split["id"], split["quantity"]) == (lines[0]["id"], 2)
    akinon("PATCH", BASKET, 400, json={"voucher_code": "expired"})
    stored = akinon("PATCH", BASKET, json={"external_offer_code": "expired"})["basket"]
    assert stored["voucher_code"] == "expired"
    assert [d["description"] for d in stored["discounts"]] == ["Sitewide Campaign"]


def test_akinon_takes_out_what_is_gone(akinon: Subject) -> None:
    akinon.session.cookies.set("osessionid", "akinon-gone")
    gone = akinon("GET", BASKET)["basket"]
    assert [p["pk"] for p in gone["unavailable_basket_products"]] == [1781, 1784]
    assert [line["product"]["pk"] for line in gone["basketitem_set"]] == [49]
    written = akinon("PATCH", BASKET, json={"remove_voucher_code": True})["basket"]
    assert written["unavailable_basket_products"] == []


def test_zenskar_knows_all_parameters_of_the_contract() -> None:
    documented = load("zenskar").document["paths"]["/checkout"]["get"]["parameters"]
    assert {p["name"] for p in documented} == {*FILTERS, "cursor", "limit", "order"}


@pytest.mark.parametrize("order", ["created_at", "-created_at", "confirmed_at", "-currency"])
def test_zenskar_walks_there_and_back(zenskar: Subject, order: str) -> None:
    query = f"/checkout?order={order}"
    whole = zenskar("GET", f"{query}&limit=100")["results"]
    pages = [zenskar("GET", f"{query}&limit=9")]
    while pages[-1]["next"]:
        pages.append(zenskar("GET", f"{query}&limit=9&cursor={pages[-1]['next']}"))
    assert [row for page in pages for row in page["results"]] == whole
    for page, earlier in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert zenskar("GET", f"{query}&limit=9&cursor={page['previous']}") == earlier
    member = order.removeprefix("-")
    nulls = [row[member] is None for row in whole]
    assert nulls == sorted(nulls)
    zenskar("GET", f"/checkout?order=id&cursor={pages[0]['next']}", 400)


def test_zenskar_lives(zenskar: Subject) -> None:
    pricings = [{"unit_amount": 0.1, "quantity": 3}, {"unit_amount": 40.03, "quantity": 1}]
    contract = {"is_plan_based": False, "currency": "USD", "start_date": "2026-02-01T00:00:00Z"}
    body = {
        "customer_id": "123e4567-e89b-12d3-a456-426614174001",
        "contract": {**contract, "phases": [{"pricings": pricings}]},
        "success_url": "https://shop.example/thanks",
        "expires_at": "2026-03-02T14:00:00+02:00",
        "idempotency_key": "once",
    }
    made = zenskar("POST", "/checkout", json=body)
    assert (made["estimates"]["amount_due"], made["currency"]) == (40.33, "USD")
    assert made["expires_at"].startswith("2026-03-02T12:00:00")
    assert zenskar("POST", "/checkout", json=body) == made
    zenskar("POST", "/checkout", 400, json={**body, "guest_checkout": False})
    path = f"/checkout/{made['id']}"
    history = zenskar("PUT", path, json={"currency": "EUR", "reason": "other"})["custom_data"]
    assert history["update_history"][0]["updated_fields"] == ["currency"]
    zenskar("PUT", path, 422, json={"customer": {}})
    charge = {"confirmation": "charge_immediately", "redirect": True}
    zenskar("POST", f"{path}/confirm", 302, json=charge)
    assert zenskar("GET", path)["payment_status"] == "paid"
    zenskar("POST", f"{path}/cancel", 400)
    other = zenskar("POST", "/checkout", json={**body, "idempotency_key": None})
    zenskar.now += timedelta(days=1)
    assert zenskar("GET", f"/checkout/{other['id']}")["checkout_session_status"] == "closed"
    own = {"organisation": "zenskar-org-2", "x-api-key": "zenskar-key-2"}
    zenskar("GET", path, 404, headers=own)
