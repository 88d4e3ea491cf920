"""Every failure in the vendor's shape: messages by member, about the whole, or one detail."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any

import pytest

from ..stand import Stand
from .shop import BASKET, CART, CSRF, ITEMS, assert_refused, basket_of

REQUIRED = "This field is required."
INTEGER = "A valid integer is required."
BOOLEAN = "Must be a valid boolean."
STRING = "Not a valid string."
NULL = "This field may not be null."
BLANK = "This field may not be blank."
HUGE = "Ensure this value is less than or equal to 2147483647."

ADD = {"product": 49, "quantity": 1}
ITEM = {"id": 1720, "is_all": True}

pytestmark = pytest.mark.ruling("A29", "A17")


def dictionary(kind: str) -> str:
    return f'Expected a dictionary of items but got type "{kind}".'


def least(quantity: int) -> str:
    return f"Ensure this value is greater than or equal to {quantity}."


QUANTITIES = [
    ({"quantity": None}, {"quantity": [NULL]}),
    ({"quantity": "1"}, {"quantity": [INTEGER]}),
    ({"quantity": 1.5}, {"quantity": [INTEGER]}),
    ({"quantity": True}, {"quantity": [INTEGER]}),
    ({"quantity": []}, {"quantity": [INTEGER]}),
    ({"quantity": 2147483648}, {"quantity": [HUGE]}),
    ({"product": None}, {"product": [NULL]}),
    ({"product": "49"}, {"product": [INTEGER]}),
    ({"product": 49.5}, {"product": [INTEGER]}),
    ({"product": 0}, {"product": [least(1)]}),
    ({"product": -49}, {"product": [least(1)]}),
    ({"product": 10**12}, {"product": [HUGE]}),
    ({"attributes": None}, {"attributes": [NULL]}),
    ({"attributes": "blue"}, {"attributes": [dictionary("str")]}),
    ({"attributes": [1]}, {"attributes": [dictionary("list")]}),
    ({"attributes": True}, {"attributes": [dictionary("bool")]}),
    ({"product": "x", "quantity": "y"}, {"product": [INTEGER], "quantity": [INTEGER]}),
]


@pytest.mark.ruling("A3", "A19")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(("wrong", "messages"), QUANTITIES)
def test_a_bad_member_of_the_quantity_form_is_named(
    akinon: Stand, method: str, wrong: Mapping[str, Any], messages: Mapping[str, Any]
) -> None:
    """Each member that is wrong has its message, and nothing changes."""
    before = akinon.dump()

    response = akinon.request(method, BASKET, json={**ADD, **wrong}, headers=CART)

    assert_refused(akinon, response, before, *messages)
    assert response.json() == messages


@pytest.mark.ruling("A19")
@pytest.mark.parametrize(
    ("method", "quantity", "lowest"),
    [("POST", 0, 1), ("POST", -1, 1), ("PUT", -1, 0), ("PATCH", -1, 0)],
)
def test_quantities_have_a_lower_bound(
    akinon: Stand, method: str, quantity: int, lowest: int
) -> None:
    """1 for POST, 0 for PUT and PATCH, where it removes."""
    before = akinon.dump()
    body = {"product": 49, "quantity": quantity}

    response = akinon.request(method, BASKET, json=body, headers=CART)

    assert_refused(akinon, response, before, "quantity")
    assert response.json() == {"quantity": [least(lowest)]}


@pytest.mark.parametrize(
    ("method", "path", "body", "messages"),
    [
        ("POST", BASKET, {}, {"product": [REQUIRED], "quantity": [REQUIRED]}),
        ("POST", BASKET, {"product": 49}, {"quantity": [REQUIRED]}),
        ("POST", BASKET, {"quantity": 1}, {"product": [REQUIRED]}),
        ("PUT", BASKET, {}, {"product": [REQUIRED], "quantity": [REQUIRED]}),
        ("PUT", BASKET, {"product": 49}, {"quantity": [REQUIRED]}),
        ("PUT", BASKET, {"quantity": 1}, {"product": [REQUIRED]}),
        ("PATCH", BASKET, {"product": 49}, {"quantity": [REQUIRED]}),
        ("PATCH", BASKET, {"product": 49, "voucher_code": "a"}, {"quantity": [REQUIRED]}),
        ("PATCH", ITEMS, {}, {"id": [REQUIRED], "is_all": [REQUIRED]}),
        ("PATCH", ITEMS, {"id": 1720}, {"is_all": [REQUIRED]}),
        ("PATCH", ITEMS, {"is_all": True}, {"id": [REQUIRED]}),
        ("PATCH", ITEMS, {"ID": 1720, "is_all": True}, {"id": [REQUIRED]}),
    ],
)
@pytest.mark.ruling("A4", "A7", "A25")
def test_a_missing_member_is_named(
    akinon: Stand, method: str, path: str, body: Any, messages: Mapping[str, Any]
) -> None:
    """Each in its own list, and nothing changes."""
    before = akinon.dump()

    response = akinon.request(method, path, json=body, headers=CART)

    assert_refused(akinon, response, before, *messages)
    assert response.json() == messages


@pytest.mark.ruling("A26")
@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({"voucher_code": ""}, {"voucher_code": [BLANK]}),
        ({"voucher_code": None}, {"voucher_code": [NULL]}),
        ({"voucher_code": 5}, {"voucher_code": [STRING]}),
        ({"external_offer_code": ""}, {"external_offer_code": [BLANK]}),
        ({"external_offer_code": None}, {"external_offer_code": [NULL]}),
        ({"external_offer_code": ["a"]}, {"external_offer_code": [STRING]}),
        ({"remove_voucher_code": None}, {"remove_voucher_code": [NULL]}),
        ({"remove_voucher_code": "true"}, {"remove_voucher_code": [BOOLEAN]}),
        ({"remove_voucher_code": 1}, {"remove_voucher_code": [BOOLEAN]}),
        ({**ADD, "voucher_code": 5}, {"voucher_code": [STRING]}),
    ],
)
def test_a_bad_member_of_the_voucher_form_is_named(
    akinon: Stand, body: Any, messages: Mapping[str, Any]
) -> None:
    """Also beside a product, where it would not be honoured."""
    before = akinon.dump()

    response = akinon.patch(BASKET, json=body, headers=CART)

    assert_refused(akinon, response, before, *messages)
    assert response.json() == messages


@pytest.mark.ruling("A25", "A3")
@pytest.mark.parametrize(
    ("wrong", "messages"),
    [
        ({"id": None}, {"id": [NULL]}),
        ({"id": "1720"}, {"id": [INTEGER]}),
        ({"id": 0}, {"id": [least(1)]}),
        ({"id": 2**31}, {"id": [HUGE]}),
        ({"is_all": None}, {"is_all": [NULL]}),
        ({"is_all": "true"}, {"is_all": [BOOLEAN]}),
        ({"is_all": 1}, {"is_all": [BOOLEAN]}),
        ({"attributes": True}, {"attributes": [dictionary("bool")]}),
        ({"attributes": None}, {"attributes": [NULL]}),
    ],
)
def test_a_bad_member_of_the_item_form_is_named(
    akinon: Stand, wrong: Mapping[str, Any], messages: Mapping[str, Any]
) -> None:
    """`attributes` is no boolean, whatever the vendor's table says."""
    before = akinon.dump()

    response = akinon.patch(ITEMS, json={**ITEM, **wrong}, headers=CART)

    assert_refused(akinon, response, before, *messages)
    assert response.json() == messages


@pytest.mark.ruling("A9", "A10")
@pytest.mark.parametrize("member", ["sub_items", "inquiry"])
@pytest.mark.parametrize("wrong", ["text", 1, True, None])
def test_unused_members_of_post_have_types_all_the_same(
    akinon: Stand, member: str, wrong: Any
) -> None:
    """`inquiry` is an object, `sub_items` an object or a list."""
    before = akinon.dump()

    response = akinon.post(BASKET, json={**ADD, member: wrong}, headers=CART)

    assert_refused(akinon, response, before, member)


@pytest.mark.ruling("A9", "A10", "G4")
@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("POST", {"sub_items": {"a": 1}}),
        ("POST", {"sub_items": [{"a": 1}, 2]}),
        ("POST", {"inquiry": {"a": [1]}}),
        ("PUT", {"inquiry": {"a": [1]}}),
        ("PUT", {"sub_items": "not read here"}),
        ("POST", {"unknown": 1}),
    ],
)
def test_what_is_not_used_changes_nothing(akinon: Stand, method: str, more: Any) -> None:
    """The basket is the same with and without."""
    with_more = akinon.request(method, BASKET, json={**ADD, **more}, headers=CART)
    akinon.reset()

    assert basket_of(with_more) == basket_of(akinon.request(method, BASKET, json=ADD, headers=CART))


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    ("method", "path"), [("POST", BASKET), ("PUT", BASKET), ("PATCH", BASKET), ("PATCH", ITEMS)]
)
class TestBodies:
    """What no schema of a member could say about a body."""

    @pytest.mark.parametrize(
        "text", ["{", "nothing", '{"product": 49,}', "{'product': 49}", "\xff"]
    )
    def test_what_is_no_json_is_a_detail(
        self, akinon: Stand, method: str, path: str, text: str
    ) -> None:
        """400 with the parser's words."""
        before = akinon.dump()
        headers = {**CART, "Content-Type": "application/json"}

        response = akinon.request(method, path, data=text.encode("latin-1"), headers=headers)

        assert_refused(akinon, response, before, "detail")
        assert response.json()["detail"].startswith("JSON parse error - ")

    @pytest.mark.parametrize(
        ("text", "kind"),
        [("[]", "list"), ('"text"', "str"), ("1", "int"), ("true", "bool"), ("null", "NoneType")],
    )
    def test_what_is_no_object_is_about_the_whole(
        self, akinon: Stand, method: str, path: str, text: str, kind: str
    ) -> None:
        """400 with the type that it has."""
        before = akinon.dump()
        headers = {**CART, "Content-Type": "application/json"}

        response = akinon.request(method, path, data=text, headers=headers)

        message = f"Invalid data. Expected a dictionary, but got {kind}."
        assert_refused(akinon, response, before, "non_field_errors")
        assert response.json() == {"non_field_errors": [message]}

    def test_no_body_at_all_is_about_the_whole(self, akinon: Stand, method: str, path: str) -> None:
        """400, whatever type it claims to have."""
        before = akinon.dump()

        response = akinon.request(method, path, headers=CART)

        assert_refused(akinon, response, before, "non_field_errors")
        assert response.json() == {"non_field_errors": ["No data provided."]}

    @pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data"])
    def test_another_content_type_is_415(
        self, akinon: Stand, method: str, path: str, media: str
    ) -> None:
        """With a detail, and nothing changes."""
        before = akinon.dump()

        response = akinon.request(
            method, path, data='{"product": 49}', headers={**CART, "Content-Type": media}
        )

        assert response.status_code == 415
        assert media in response.json().pop("detail")
        assert akinon.dump() == before

    def test_a_body_over_the_limit_is_413(self, akinon: Stand, method: str, path: str) -> None:
        """One octet over 1 MiB; with one less it is read."""
        head, tail = b'{"product": 49, "pad": "', b'"}'
        pad = b"x" * (2**20 - len(head) - len(tail))
        headers = {**CART, "Content-Type": "application/json"}
        before = akinon.dump()

        over = akinon.request(method, path, data=head + pad + b"x" + tail, headers=headers)
        at = akinon.request(method, path, data=head + pad + tail, headers=headers)

        assert over.status_code == 413
        assert list(over.json()) == ["detail"]
        assert at.status_code == 400
        assert akinon.dump() == before


@pytest.mark.ruling("A7")
@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({}, "voucher_code"),
        ({"unknown": 1}, "voucher_code"),
        ({"quantity": 1}, "product"),
        ({"quantity": 1, "attributes": {}}, "product"),
    ],
)
def test_a_patch_of_neither_form_misses_a_member(akinon: Stand, body: Any, member: str) -> None:
    """400 at what the nearer form lacks first, and nothing changes."""
    before = akinon.dump()

    response = akinon.patch(BASKET, json=body, headers=CART)

    assert_refused(akinon, response, before, member)
    assert response.json() == {member: [REQUIRED]}


@pytest.mark.ruling("G5", "A5")
@pytest.mark.parametrize(
    "path",
    ["/", "/baskets/", "/baskets/basket", "/baskets/basket_items", "/baskets/basket_items/1720/",
     "/csrf_token", "/baskets/basket-list/", "/basket_items/$"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_an_unknown_path_is_404(akinon: Stand, method: str, path: str) -> None:
    """Also without the final slash."""
    response = akinon.request(method, path, headers=CART)

    assert response.status_code == 404
    assert response.json() == {"detail": "Not found."}


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("TRACE", BASKET, {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}),
        ("GET", ITEMS, {"PATCH"}),
        ("PUT", ITEMS, {"PATCH"}),
        ("DELETE", ITEMS, {"PATCH"}),
        ("POST", CSRF, {"GET", "HEAD"}),
    ],
)
def test_another_method_is_405(akinon: Stand, method: str, path: str, allowed: set[str]) -> None:
    """With all methods of the path in `Allow`."""
    response = akinon.request(method, path, headers=CART)

    assert response.status_code == 405
    assert response.json() == {"detail": "Method not allowed."}
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.ruling("G4")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_header_sent_twice_is_a_bad_value(akinon: Stand, method: str) -> None:
    """`x-csrftoken` is one value, even where nothing checks it."""
    before = akinon.dump()
    body = b'{"product": 49, "quantity": 1}'
    connection = HTTPConnection(akinon.root.removeprefix("http://"), timeout=10)
    connection.putrequest(method, f"/akinon{BASKET}")
    for name, text in {**CART, "Content-Length": str(len(body))}.items():
        connection.putheader(name, text)
    connection.putheader("x-csrftoken", "a")
    connection.putheader("X-CSRFToken", "b")
    connection.endheaders(body)

    response = connection.getresponse()
    answer = json.load(response)
    connection.close()

    assert response.status == 400
    assert answer == {"non_field_errors": ["x-csrftoken: was sent more than once"]}
    assert akinon.dump() == before


@pytest.mark.ruling("G4")
def test_unknown_query_parameters_are_ignored(akinon: Stand) -> None:
    """No operation has any."""
    assert basket_of(akinon.get(BASKET + "?page=2&format=json", headers=CART)) == basket_of(
        akinon.get(BASKET, headers=CART)
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "place"),
    [
        ("POST", BASKET, {**ADD, "quantity": 99}, "ProductToAdd/properties/quantity"),
        ("PUT", BASKET, {**ADD, "product": 999}, "ProductToSet/properties/product"),
        ("PATCH", BASKET, {"voucher_code": "x"}, "BasketChange/properties/voucher_code"),
        ("PATCH", ITEMS, {"id": 1, "is_all": True}, "ItemChange/properties/id"),
    ],
)
def test_a_refusal_says_which_place_of_the_contract_refused(
    akinon: Stand, method: str, path: str, body: Any, place: str
) -> None:
    """The member of the body, with its line in the file."""
    response = akinon.request(method, path, json=body, headers=CART)

    pointer, _, line = response.headers["Understudy-Reason"].partition("; ")
    assert pointer == f"/components/schemas/{place}"
    assert line == akinon.contract.place(pointer)
