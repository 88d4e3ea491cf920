"""Adding, setting and changing lines."""

from collections.abc import Mapping
from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    BASKET,
    CART,
    GUITAR,
    ITEMS,
    as_session,
    assert_adds_up,
    assert_refused,
    basket_of,
    change,
    ids,
    key,
    looked,
    quantities,
)

METRONOMES = key(49)
STICKS = key(2001)
ENGRAVED = key(2001, engraving="Ringo")
FULL = {METRONOMES: 3, STICKS: 1, ENGRAVED: 2}
"""What `akinon-cart` begins with."""


def without(line: tuple[int, str]) -> dict[tuple[int, str], int]:
    return {each: quantity for each, quantity in FULL.items() if each != line}


@pytest.mark.ruling("A24")
@pytest.mark.parametrize(
    ("body", "line", "quantity"),
    [
        ({"product": 49, "quantity": 2}, METRONOMES, 5),
        ({"product": 49, "quantity": 2.0}, METRONOMES, 5),
        ({"product": 49.0, "quantity": 2, "attributes": {}}, METRONOMES, 5),
        ({"product": 49, "quantity": 1, "attributes": {"a": 1}}, key(49, a=1), 1),
        ({"product": 1780, "quantity": 1}, key(1780), 1),
        ({"product": 2001, "quantity": 1}, STICKS, 2),
        ({"product": 2001, "quantity": 1, "attributes": {"engraving": "Ringo"}}, ENGRAVED, 3),
        ({"product": 2001, "quantity": 1, "inquiry": {"a": 1}, "sub_items": [1]}, STICKS, 2),
    ],
)
def test_post_adds_to_the_line_of_these_attributes(
    akinon: Stand, body: Any, line: tuple[int, str], quantity: int
) -> None:
    """Units join the line that is equal, with its id; without `attributes` the bare one."""
    before = ids(looked(akinon, CART))

    basket = basket_of(akinon.post(BASKET, json=body, headers=CART))

    assert quantities(basket) == {**FULL, line: quantity}
    assert {**before, **ids(basket)} == ids(basket)
    assert looked(akinon, CART) == basket


@pytest.mark.ruling("A24")
@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 1}, {"a": 1.0}), ({"a": -0.0}, {"a": 0}),
     ({"a": {"x": [1, 2]}}, {"a": {"x": [1.0, 2]}}), ({"a": 1e2}, {"a": 100})],
)  # fmt: skip
def test_equal_attributes_make_one_line(akinon: Stand, one: Any, other: Any) -> None:
    """Attributes are equal as JSON values: no order of members, one form of a number."""
    guest = akinon.session()
    for attributes in (one, other):
        response = guest.post(BASKET, json={"product": 49, "quantity": 1, "attributes": attributes})

    assert [item["quantity"] for item in basket_of(response)["basketitem_set"]] == [2]


@pytest.mark.ruling("A24")
@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": 1}, {"a": True}), ({"a": 0}, {"a": False}), ({"a": 1}, {"a": "1"}), ({"a": None}, {}),
     ({"a": [1, 2]}, {"a": [2, 1]}), ({"a": ""}, {"a": None}), ({"a": {}}, {"a": []})],
)  # fmt: skip
def test_other_attributes_make_another_line(akinon: Stand, one: Any, other: Any) -> None:
    """A truth is not 1, text is no number, null is a value, a list has an order."""
    guest = akinon.session()
    for attributes in (one, other):
        response = guest.post(BASKET, json={"product": 49, "quantity": 1, "attributes": attributes})

    assert [item["quantity"] for item in basket_of(response)["basketitem_set"]] == [1, 1]


@pytest.mark.ruling("A24")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("body", "line", "quantity"),
    [
        ({"product": 49, "quantity": 1}, METRONOMES, 1),
        ({"product": 49, "quantity": 7.0}, METRONOMES, 7),
        ({"product": 49, "quantity": 3}, METRONOMES, 3),
        ({"product": 2001, "quantity": 5}, STICKS, 5),
        ({"product": 2001, "quantity": 5, "attributes": {}}, STICKS, 5),
        ({"product": 2001, "quantity": 5, "attributes": {"engraving": "Ringo"}}, ENGRAVED, 5),
    ],
)
def test_put_and_patch_set_the_quantity(
    akinon: Stand, method: str, body: Any, line: tuple[int, str], quantity: int
) -> None:
    """The line keeps its id; nothing is added to what was there."""
    before = ids(looked(akinon, CART))

    basket = basket_of(akinon.request(method, BASKET, json=body, headers=CART))

    assert quantities(basket) == {**FULL, line: quantity}
    assert ids(basket) == before
    assert looked(akinon, CART) == basket


@pytest.mark.ruling("A24")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"product": 49}, METRONOMES),
        ({"product": 2001}, STICKS),
        ({"product": 2001, "attributes": {"engraving": "Ringo"}}, ENGRAVED),
    ],
)
def test_0_removes_the_line(
    akinon: Stand, method: str, body: Mapping[str, Any], line: tuple[int, str]
) -> None:
    """It and nothing else is gone."""
    response = akinon.request(method, BASKET, json={**body, "quantity": 0}, headers=CART)

    assert quantities(basket_of(response)) == without(line)


@pytest.mark.ruling("A24")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_without_attributes_the_only_line_is_meant(akinon: Stand, method: str) -> None:
    """Also one that has attributes."""
    akinon.patch(BASKET, json={"product": 2001, "quantity": 0}, headers=CART)

    response = akinon.request(method, BASKET, json={"product": 2001, "quantity": 9}, headers=CART)

    assert quantities(basket_of(response)) == {METRONOMES: 3, ENGRAVED: 9}


@pytest.mark.ruling("A24")
@pytest.mark.parametrize("quantity", [0, 1])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_without_attributes_one_of_several_lines_is_not_guessed(
    akinon: Stand, method: str, quantity: int
) -> None:
    """Two lines with attributes: 400, and nothing changes."""
    akinon.patch(ITEMS, json={"id": 1722, "is_all": True, "attributes": {"a": 1}}, headers=CART)
    before = akinon.dump()
    body = {"product": 2001, "quantity": quantity}

    response = akinon.request(method, BASKET, json=body, headers=CART)

    assert_refused(akinon, response, before, "attributes")


@pytest.mark.ruling("A24")
@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"product": 1780}, key(1780)),
        ({"product": 1780, "attributes": {"a": 1}}, key(1780, a=1)),
        ({"product": 49, "attributes": {"a": 1}}, key(49, a=1)),
    ],
)
def test_what_is_not_in_the_basket_is_added_by_put_and_refused_by_patch(
    akinon: Stand, body: Mapping[str, Any], line: tuple[int, str]
) -> None:
    """A product, or a product with these attributes."""
    before = akinon.dump()

    patched = akinon.patch(BASKET, json={**body, "quantity": 4}, headers=CART)
    assert_refused(akinon, patched, before, "product")
    assert_refused(
        akinon, akinon.patch(BASKET, json={**body, "quantity": 0}, headers=CART), before, "product"
    )
    put = akinon.put(BASKET, json={**body, "quantity": 4}, headers=CART)
    assert quantities(basket_of(put)) == {**FULL, line: 4}


@pytest.mark.ruling("A24")
@pytest.mark.parametrize("attributes", [{}, {"attributes": {"a": 1}}])
def test_put_of_0_for_what_is_not_there_changes_nothing(
    akinon: Stand, attributes: Mapping[str, Any]
) -> None:
    """200 with the basket as it is; not even its date changes."""
    shown, before = looked(akinon, CART), akinon.dump()

    response = akinon.put(BASKET, json={"product": 1780, "quantity": 0, **attributes}, headers=CART)

    assert basket_of(response) == shown
    assert akinon.dump() == before


@pytest.mark.ruling("A24")
@pytest.mark.parametrize(
    ("method", "quantity"), [("POST", 1), ("PUT", 1), ("PUT", 0), ("PATCH", 1), ("PATCH", 0)]
)
def test_an_unknown_product_is_refused(akinon: Stand, method: str, quantity: int) -> None:
    """400 at `product`, and nothing changes."""
    before = akinon.dump()
    body = {"product": 31337, "quantity": quantity}

    assert_refused(
        akinon, akinon.request(method, BASKET, json=body, headers=CART), before, "product"
    )


@pytest.mark.ruling("A24", "A27")
def test_a_basket_is_the_same_in_whatever_order_it_was_filled(akinon: Stand) -> None:
    """Lines come by product, then by attributes; only their ids tell the order of adding."""
    bodies = [
        {"product": product, "quantity": 1, "attributes": attributes}
        for product in (2023, 49, 2001)
        for attributes in ({"b": 1}, {}, {"a": 1})
    ]
    baskets = []
    for order in (bodies, bodies[::-1], bodies[4:] + bodies[:4]):
        guest = akinon.session()
        baskets.append([basket_of(guest.post(BASKET, json=body)) for body in order][-1])

    def anonymous(basket: Mapping[str, Any]) -> dict[str, Any]:
        items = [{**item, "id": None} for item in basket["basketitem_set"]]
        return {**basket, "pk": None, "basketitem_set": items}

    assert anonymous(baskets[0]) == anonymous(baskets[1]) == anonymous(baskets[2])
    assert [item["product"]["pk"] for item in baskets[0]["basketitem_set"]] == [
        49, 49, 49, 2001, 2001, 2001, 2023, 2023, 2023,
    ]  # fmt: skip


@pytest.mark.ruling("A25")
@pytest.mark.parametrize("attributes", [{}, {"attributes": {"engraving": "Paul"}}])
def test_is_all_replaces_the_whole_line(akinon: Stand, attributes: Mapping[str, Any]) -> None:
    """The item has a new id and all units; without `attributes` it keeps the line's own."""
    before = ids(looked(akinon, CART))
    line = key(2001, **attributes.get("attributes", {"engraving": "Ringo"}))

    item = akinon.patch(ITEMS, json={"id": 1721, "is_all": True, **attributes}, headers=CART).json()

    basket = looked(akinon, CART)
    assert quantities(basket) == {**without(ENGRAVED), line: 2}
    assert item["id"] not in before.values()
    assert ids(basket) == {**{k: v for k, v in before.items() if k != ENGRAVED}, line: item["id"]}
    assert item in basket["basketitem_set"]


@pytest.mark.ruling("A25")
def test_one_unit_is_split_off(akinon: Stand) -> None:
    """It has a new id; the other units stay in their line, which keeps its own."""
    body = {"id": 1720, "is_all": False, "attributes": {"gift_wrap": True}}

    item = akinon.patch(ITEMS, json=body, headers=CART).json()

    basket = looked(akinon, CART)
    assert (item["quantity"], item["attributes"]) == (1, {"gift_wrap": True})
    assert quantities(basket) == {**FULL, METRONOMES: 2, key(49, gift_wrap=True): 1}
    assert ids(basket)[METRONOMES] == 1720
    assert ids(basket)[key(49, gift_wrap=True)] == item["id"] not in (1720, 1721, 1722)
    assert_adds_up(basket)


@pytest.mark.ruling("A25")
@pytest.mark.parametrize("attributes", [{}, {"attributes": {}}])
def test_a_unit_split_off_without_a_change_goes_back(
    akinon: Stand, attributes: Mapping[str, Any]
) -> None:
    """The line is whole again, with a new id."""
    item = akinon.patch(
        ITEMS, json={"id": 1720, "is_all": False, **attributes}, headers=CART
    ).json()

    basket = looked(akinon, CART)
    assert quantities(basket) == FULL
    assert item["quantity"] == 3
    assert ids(basket)[METRONOMES] == item["id"] not in (1720, 1721, 1722)


@pytest.mark.ruling("A25")
@pytest.mark.parametrize(("is_all", "left", "merged"), [(True, {}, 3), (False, {ENGRAVED: 1}, 2)])
def test_a_line_that_comes_to_equal_another_is_merged(
    akinon: Stand, *, is_all: bool, left: Mapping[tuple[int, str], int], merged: int
) -> None:
    """The other line keeps its id, and is what is answered."""
    body = {"id": 1721, "is_all": is_all, "attributes": {}}

    item = akinon.patch(ITEMS, json=body, headers=CART).json()

    basket = looked(akinon, CART)
    assert quantities(basket) == {METRONOMES: 3, STICKS: merged, **left}
    assert item["id"] == ids(basket)[STICKS] == 1722
    assert item["quantity"] == merged


@pytest.mark.ruling("A25")
@pytest.mark.parametrize("attributes", [{"a": 1}, {}])
def test_the_only_unit_split_off_is_the_whole_line(
    akinon: Stand, attributes: Mapping[str, Any]
) -> None:
    """A line of one unit leaves nothing behind."""
    body = {"id": 7387, "is_all": False, "attributes": attributes}

    item = akinon.patch(ITEMS, json=body, headers=GUITAR).json()

    basket = looked(akinon, GUITAR)
    assert quantities(basket) == {key(1309, **attributes): 1}
    assert ids(basket) == {key(1309, **attributes): item["id"]}
    assert item["id"] != 7387


@pytest.mark.ruling("A25")
@pytest.mark.parametrize("id_", [99, 7387, 1730, 2147483647])
def test_an_item_that_the_basket_does_not_have_is_refused_with_400(akinon: Stand, id_: int) -> None:
    """Unknown to all, or another session's: 400 at `id`, and nothing changes."""
    before = akinon.dump()
    body = {"id": id_, "is_all": True, "attributes": {"a": 1}}

    assert_refused(akinon, akinon.patch(ITEMS, json=body, headers=CART), before, "id")
    assert_refused(akinon, akinon.patch(ITEMS, json=body), before, "id")


@pytest.mark.ruling("A25")
def test_an_old_id_is_gone_after_the_change(akinon: Stand) -> None:
    """The second PATCH of the same id is refused; ids are never given out again."""
    body = {"id": 1720, "is_all": True}
    first = akinon.patch(ITEMS, json=body, headers=CART).json()
    before = akinon.dump()

    assert_refused(akinon, akinon.patch(ITEMS, json=body, headers=CART), before, "id")
    akinon.delete(BASKET, headers=CART)
    basket = basket_of(akinon.post(BASKET, json={"product": 49, "quantity": 1}, headers=CART))
    assert ids(basket)[METRONOMES] > first["id"]


def test_emptying_takes_all_lines_and_no_others(akinon: Stand) -> None:
    """The basket is empty, the other sessions' are not."""
    others = [looked(akinon, GUITAR), looked(akinon, as_session("akinon-shares"))]

    basket = basket_of(akinon.delete(BASKET, headers=CART))

    assert basket == looked(akinon, CART)
    assert basket["basketitem_set"] == []
    assert [looked(akinon, GUITAR), looked(akinon, as_session("akinon-shares"))] == others


def test_attributes_are_answered_as_they_were_sent(akinon: Stand) -> None:
    """Whatever JSON they hold, as deep as a body may be."""
    deepest: Any = 1
    for _ in range(197):
        deepest = [deepest]
    sent = {
        "text": "\u00e9\U0001f600",
        "number": 1.5,
        "list": [None, True, {"a": {}}],
        "deep": deepest,
    }

    body = {"product": 49, "quantity": 1, "attributes": sent}
    basket = basket_of(akinon.post(BASKET, json=body, headers=GUITAR))

    assert basket["basketitem_set"][0]["attributes"] == sent


def test_a_price_that_changes_changes_the_basket(akinon: Stand) -> None:
    """Prices are the catalogue's at the time of looking."""
    change(akinon, "products", {"pk": 1309}, price="99.95")

    basket = looked(akinon, GUITAR)

    assert [basket[f"total{part}_amount"] for part in ("_product", "_discount", "")] == [
        "99.95", "19.99", "79.96",
    ]  # fmt: skip
    assert basket["basketitem_set"][0]["unit_price"] == "99.95"
