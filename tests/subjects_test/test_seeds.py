"""Every subject answers the seeds' examples in the contract's shapes, in each of its variants."""

import ast
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import requests

from understudy.specs.contract import NAMES

from ..subjects.common import Variant
from .running import ABANDONED, BASKET, ITEMS, OFFERS, RECORDS, SUBSCRIPTION, Subject, serve

TESTS = Path(__file__).parents[1]


def _nexudus_seed(call: Subject) -> None:
    call("GET", f"{RECORDS}?page=1&size=15&orderBy=SessionId&dir=1")
    call("GET", f"{RECORDS}?BasketSession_SessionId=example-value&orderBy=SessionId&dir=1")
    between = "from_BasketSession_UpdatedOn=2025-01-01T00:00"
    between += "&to_BasketSession_UpdatedOn=2025-12-31T23:59"
    call("GET", f"{RECORDS}?{between}&orderBy=UpdatedOn&dir=-1")
    made = call("POST", RECORDS, json={"BusinessId": 0, "SessionId": ""})
    assert made["Message"] == "BasketSession was successfully created."
    refused = call("POST", RECORDS, 400, json={"BusinessId": 0})
    assert refused["Message"] == "SessionId: is a required field"
    call("POST", RECORDS, 400, data="{", headers={"Content-Type": "application/json"})


def _limio_seed(call: Subject) -> None:
    call("GET", f"{ABANDONED}?limit=10&createdAfter=2020-12-01T16:00:00Z")
    call("GET", f"{ABANDONED}?queryMore=DnF1ZXJ5VGhlbkZldGNoBQAAAAAAGHOK", 502)
    items = [{"offer": {"id": OFFERS[0], "version": "1"}, "quantity": 1}]
    order = {"orderItems": items, "external_id": "order-seed"}
    call("POST", "/api/checkout/initiate", json={"order": order})
    call("POST", "/api/checkout/initiate", 502, json={"order": {}})
    call("GET", SUBSCRIPTION, 404)
    wanted = {"order_type": "update_subscription", "forSubscription": {"name": "A-S00001002"}}
    call("POST", SUBSCRIPTION, json={"order": wanted})
    call("GET", SUBSCRIPTION)
    call("PUT", SUBSCRIPTION, json={"order": {"orderItems": []}})


def _akinon_seed(call: Subject) -> None:
    call("GET", BASKET)
    call("POST", BASKET, json={"product": 49, "quantity": 2})
    call("PATCH", BASKET, json={"product": 49, "quantity": 0})
    call("PUT", BASKET, json={"product": 49, "quantity": 0})
    attributes = {"example_attribute": 123}
    call("PUT", BASKET, json={"product": 1780, "quantity": 1, "attributes": attributes})
    for body in (
        {"voucher_code": "aaa-bbb-ccc"},
        {"remove_voucher_code": True},
        {"external_offer_code": "ddd-eee-fff"},
    ):
        call("PATCH", BASKET, json=body)
    line = call("GET", BASKET)["basket"]["basketitem_set"][0]
    changed = call("PATCH", ITEMS, json={"id": line["id"], "is_all": True})
    assert changed["id"] != line["id"]
    call("PATCH", ITEMS, 400, json={"id": 1, "is_all": True})
    assert call("DELETE", BASKET)["basket"]["basketitem_set"] == []
    call("GET", "/csrf_token/")


def _zenskar_seed(call: Subject) -> None:
    page = call("GET", "/checkout")
    assert page["total_count"] >= len(page["results"])
    call("GET", "/checkout?cursor=V2VsbCBhcmV1IGN1cmlvdxM%3D", 400)
    call("GET", "/checkout?limit=0", 422)


SEEDS: Mapping[str, Callable[[Subject], None]] = {
    "nexudus": _nexudus_seed,
    "limio": _limio_seed,
    "akinon": _akinon_seed,
    "zenskar": _zenskar_seed,
}


@pytest.mark.parametrize("variant", [Variant.PLAIN, *Variant])
@pytest.mark.parametrize("name", NAMES)
def test_every_variant_answers_the_seeds_examples(name: str, variant: Variant) -> None:
    with serve(name, variant) as subject:
        SEEDS[name](subject)


def test_the_default_basket_is_the_seeds_to_the_digit(akinon: Subject) -> None:
    akinon.session.cookies.set("osessionid", "akinon-guitar")
    basket = akinon("GET", BASKET)["basket"]
    line = basket["basketitem_set"][0]
    assert (basket["pk"], line["id"], line["product"]["name"]) == (6863, 7387, "Gitar")
    totals = ("total_product_amount", "total_discount_amount", "total_amount")
    assert [basket[name] for name in totals] == ["120.00", "24.00", "96.00"]
    assert basket["discounts"] == [{"description": "Sitewide Campaign", "discount": "24.00"}]


@pytest.mark.parametrize("name", NAMES)
def test_paths_methods_and_bodies_that_no_operation_takes(name: str) -> None:
    path, method = {
        "nexudus": (RECORDS, "POST"),
        "limio": ("/api/checkout/initiate", "POST"),
        "akinon": (BASKET, "PUT"),
        "zenskar": ("/checkout", "POST"),
    }[name]
    with serve(name) as subject:
        subject("GET", "/nowhere", 404)
        subject("GET", path + ("" if name == "akinon" else "/"), 200 if name == "akinon" else 404)
        text = {"Content-Type": "text/plain"}
        subject(method, path, 415, data="{}", headers=text)
        subject(method, path, 413, data=b" " * (1024 * 1024 + 1))
        answer = subject.session.request("TRACE", subject.url + path)
        assert answer.status_code == 405
        documented = {key.upper() for key in subject.contract.document["paths"][path]}
        assert {m.strip() for m in answer.headers["Allow"].split(",")} >= documented - {
            "PARAMETERS"
        }
        if name != "akinon":
            answer = requests.request(method, subject.url + path, json={})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("name", NAMES)
def test_the_launcher_prints_where_it_listens(name: str) -> None:
    command = [sys.executable, "-m", "tests.subjects", name, "--variant", "extra-members"]
    with subprocess.Popen(command, cwd=TESTS.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert requests.get(f"{url}/nowhere").status_code == 404
        process.terminate()


def test_nothing_is_shared_with_the_stand_in() -> None:
    """Two readings of the same rules: a shared line would be one."""
    for file in (TESTS / "subjects").glob("*.py"):
        text = file.read_text()
        assert text.count("\n") < 400, file
        for node in ast.walk(ast.parse(text)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            roots = {name.split(".")[0] for name in names}
            assert not roots & {"understudy", "server", "fixtures", "specs", "conformance"}, file
