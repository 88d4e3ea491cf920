"""One document created, read, replaced, merged and deleted, as its clause says."""

from typing import Any

import pytest

from ..stand import Stand

ME = {"X-Shop": "mine"}
THEM = {"X-Shop": "theirs"}
NOON = "2026-01-15T12:00:00Z"


def _make(stand: Stand, headers: Any = ME, **members: Any) -> Any:
    answer = stand.post("/orders", json={"title": "Tea", **members}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _path(order: Any) -> str:
    return f"/orders/{order['id']}"


def test_a_created_document_is_what_is_read(shop: Stand) -> None:
    """With the stored defaults, the time and a key of its own; what is never shown is not."""
    made = _make(shop, total=3)
    assert made.items() >= {"title": "Tea", "total": 3, "state": "open", "made_at": NOON}.items()
    assert made["is_test"] is False
    assert "secret" not in made
    assert shop.get(_path(made), headers=ME).json() == made


def test_the_server_sets_what_is_read_only(shop: Stand) -> None:
    """Whoever sends it; members that are not stored are ignored."""
    wish = {"id": "a" * 8, "state": "paid", "made_at": "1999-01-01T00:00:00Z", "secret": "x"}
    made = _make(shop, **wish, deleted_at=NOON, unknown=1, number=77)
    assert (made["state"], made["made_at"], made["number"]) == ("open", NOON, 0)
    (stored,) = shop.documents("orders")
    assert stored["id"] != "a" * 8
    assert "unknown" not in stored


def test_a_number_is_never_given_out_again(library: Stand) -> None:
    """Not even when its document is gone."""
    first = library.post("/books", json={"title": "A"}).json()["id"]
    second = library.post("/books", json={"title": "B"}).json()["id"]
    assert second == first + 1
    library.delete(f"/books/{second}")
    assert library.post("/books", json={"title": "C"}).json()["id"] == second + 1


def test_a_key_may_be_brought_along(shop: Stand) -> None:
    """Where it is not the server's; the next number that is given lies above it."""
    assert shop.post("/parcels", json={"code": 41, "weight": 1}).json()["code"] == 41
    assert shop.post("/parcels", json={"weight": 1}).json()["code"] == 42
    assert shop.post("/parcels", json={"code": 7, "weight": 1}).json()["code"] == 7
    assert shop.post("/parcels", json={"weight": 1}).json()["code"] == 43


@pytest.mark.parametrize("code", [41, 41.0])
def test_a_key_that_is_taken_is_refused(shop: Stand, code: float) -> None:
    """The document under it stays as it was."""
    shop.post("/parcels", json={"code": 41, "weight": 1})
    before = shop.dump()
    answer = shop.post("/parcels", json={"code": code, "weight": 2})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["in"], error["path"], error["rule"]) == ("body", ["code"], "unique")
    assert "/collections/parcels/key; " in answer.headers["Understudy-Reason"]
    assert shop.dump() == before


def test_a_whole_number_is_a_key_however_it_is_spelt(shop: Stand) -> None:
    """1.0 is an integer; the next number lies above it all the same."""
    answer = shop.post(
        "/parcels", data=b'{"code": 5.0, "weight": 1}', headers={"Content-Type": "application/json"}
    )
    assert answer.json()["code"] == 5
    assert shop.post("/parcels", json={"weight": 1}).json()["code"] == 6
    assert shop.patch("/parcels/5", json={"weight": 2}).json() == {"code": 5, "weight": 2}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_what_is_not_there_is_not_found(shop: Stand, method: str) -> None:
    """For every operation on one document; the reason is the answer in the contract."""
    path = "/orders/00000000-0000-4000-8000-000000000000"
    answer = shop.request(method, path, json={"title": "x"}, headers=ME)
    assert answer.status_code == 404
    reason = answer.headers["Understudy-Reason"]
    assert reason.startswith("/components/responses/Problem; ")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_nobody_finds_what_belongs_to_others(shop: Stand, method: str) -> None:
    """And it is not changed."""
    made = _make(shop)
    before = shop.dump()
    answer = shop.request(method, _path(made), json={"title": "x"}, headers=THEM)
    assert answer.status_code == 404
    assert shop.dump() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_document_stays_its_owners_and_keeps_its_key(shop: Stand, method: str) -> None:
    """Whatever the body says about who owns it, or what it is called."""
    made = _make(shop, shop="theirs")
    assert made["shop"] == "mine"
    answer = shop.request(method, _path(made), json={"title": "x", "shop": "theirs"}, headers=ME)
    assert answer.json()["shop"] == "mine"
    assert shop.get(_path(made), headers=THEM).status_code == 404
    shop.post("/parcels", json={"code": 1, "weight": 1})
    shop.post("/parcels", json={"code": 2, "weight": 2})
    changed = shop.request(method, "/parcels/1", json={"code": 2, "weight": 9})
    assert changed.json() == {"code": 1, "weight": 9}
    assert [p["weight"] for p in shop.get("/parcels").json()["parcels"]] == [9, 2]


def test_a_replacement_clears_what_it_leaves_out(shop: Stand) -> None:
    """To the stored default, or away; the server's and the hidden members stay, stamps are new."""
    made = _make(shop, total=3, is_test=True, address={"street": "Here"})
    stored = {**shop.documents("orders")[0], "secret": "hush"}
    shop.store("orders", stored)
    shop.advance(hours=1)
    answer = shop.put(_path(made), json={"title": "Coffee"}, headers=ME).json()
    assert answer == {
        "id": made["id"],
        "title": "Coffee",
        "number": 0,
        "state": "open",
        "made_at": NOON,
        "changed_at": "2026-01-15T13:00:00Z",
        "is_test": False,
        "shop": "mine",
    }
    assert shop.documents("orders")[0]["secret"] == "hush"


def test_a_merge_leaves_what_it_does_not_name(shop: Stand) -> None:
    """Objects member by member; null is a value; the server's members are not taken."""
    made = _make(shop, total=3, address={"street": "Here", "country": "CH"})
    change = {"total": None, "address": {"street": "There"}, "state": "paid"}
    answer = shop.patch(_path(made), json=change, headers=ME).json()
    assert answer == {
        **made,
        "total": None,
        "address": {"street": "There", "country": "CH"},
        "changed_at": NOON,
    }
    assert shop.get(_path(made), headers=ME).json() == answer


def test_a_merge_without_a_body_changes_nothing_but_its_stamp(shop: Stand) -> None:
    """Where the body may be left out."""
    made = _make(shop)
    answer = shop.patch(_path(made), headers=ME)
    assert answer.json() == {**made, "changed_at": NOON}


def test_a_softly_deleted_document_is_gone_and_kept(shop: Stand) -> None:
    """Not found by key, hidden from lists, still stored with the time of its deletion."""
    made = _make(shop)
    assert shop.delete(_path(made), headers=ME).json() == made
    assert shop.get(_path(made), headers=ME).status_code == 404
    assert shop.delete(_path(made), headers=ME).status_code == 404
    assert [order["deleted_at"] for order in shop.documents("orders")] == [NOON]


def test_a_deleted_document_is_gone(shop: Stand) -> None:
    """Where the contract does not keep it; the answer has no body, nor the length of one."""
    shop.post("/parcels", json={"weight": 1})
    answer = shop.delete("/parcels/1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers
    assert shop.documents("parcels") == ()
    assert shop.delete("/parcels/1").status_code == 404


def test_an_expired_document_does_not_exist(shop: Stand) -> None:
    """From its last moment on."""
    made = _make(shop, kept_until="2026-01-15T12:00:10Z")
    shop.advance(seconds=9)
    assert shop.get(_path(made), headers=ME).ok
    shop.advance(seconds=1)
    assert shop.get(_path(made), headers=ME).status_code == 404


def test_the_same_request_twice_makes_one_document(shop: Stand) -> None:
    """An equal body is answered with the first document, as it is now."""
    made = _make(shop, reference="r1", total=1)
    assert _make(shop, reference="r1", total=1.0) == made
    shop.patch(_path(made), json={"total": 5}, headers=ME)
    assert _make(shop, total=1, reference="r1")["total"] == 5
    assert len(shop.documents("orders")) == 1


def test_another_body_with_the_same_value_is_refused(shop: Stand) -> None:
    """And nothing is made; the clause is the reason."""
    _make(shop, reference="r1", total=1)
    before = shop.dump()
    body = {"title": "Tea", "reference": "r1", "total": 2}
    answer = shop.post("/orders", json=body, headers=ME)
    assert answer.status_code == 409
    reason = answer.headers["Understudy-Reason"]
    assert reason.startswith("/paths/~1orders/post/x-understudy/resource/once; ")
    assert shop.dump() == before


def test_null_or_no_value_is_never_the_same(shop: Stand) -> None:
    """Each request makes its own document."""
    ids = {_make(shop)["id"], _make(shop)["id"], _make(shop, reference=None)["id"]}
    ids.add(_make(shop, reference=None)["id"])
    assert len(ids) == 4


def test_values_that_only_look_alike_are_not_the_same(shop: Stand) -> None:
    """Text, number, boolean and object; and one owner's value is not another's."""
    values = ["1", 1, True, "True", ["1"], {"a": 1}, "None", "a b", "b"]
    ids = [_make(shop, reference=value)["id"] for value in values]
    ids.append(_make(shop, THEM, reference="1")["id"])
    ids.append(_make(shop, {"X-Shop": "mine a"}, reference="b")["id"])
    assert len(set(ids)) == len(values) + 2
    assert _make(shop, reference={"a": 1})["id"] == ids[values.index({"a": 1})]


def test_a_value_is_free_again_when_its_document_is_gone(shop: Stand) -> None:
    """An expired first document is no answer."""
    made = _make(shop, reference="r1", kept_until="2026-01-15T12:00:10Z")
    shop.advance(seconds=10)
    assert _make(shop, reference="r1")["id"] != made["id"]


def test_a_cookie_may_name_the_document(shop: Stand) -> None:
    """None, an unknown one and the right one."""
    cart = shop.post("/cart", data={"name": "Ada's"}).json()
    assert shop.get("/cart").status_code == 404
    assert shop.get("/cart", headers={"Cookie": "cart=none"}).status_code == 404
    assert shop.get("/cart", headers={"Cookie": f"a=b; cart={cart['id']}"}).json() == cart


def test_a_body_may_name_the_document(shop: Stand) -> None:
    """By a pointer into it; whatever is no key names nothing."""
    cart = shop.post("/cart", data={"name": "one"}).json()
    answer = shop.post("/cart/rename", json={"cart": {"id": cart["id"]}, "name": "two"})
    assert answer.json() == {"id": cart["id"], "name": "two"}
    for nothing in ("none", None, 1, 1.5, True, ["x"], {"x": 1}):
        answer = shop.post("/cart/rename", json={"cart": {"id": nothing}, "name": "three"})
        assert answer.status_code == 404, nothing
    assert shop.delete("/cart/rename", json={"id": cart["id"]}).json()["name"] == "two"
    assert shop.get("/cart", headers={"Cookie": f"cart={cart['id']}"}).status_code == 404


def test_deep_bodies_are_compared_without_an_error(shop: Stand) -> None:
    """As deep as bodies may be."""
    reference: Any = "leaf"
    for _ in range(150):
        reference = [reference]
    made = _make(shop, reference=reference)
    assert _make(shop, reference=reference) == made


def test_what_an_anonymous_request_made_is_for_the_anonymous(shop: Stand) -> None:
    """By its key and in the list alike; who is somebody sees their own."""
    nobodys = shop.post("/wishes", json={"text": "a"}).json()
    mine = shop.post("/wishes", json={"text": "b"}, headers=ME).json()
    assert (nobodys["by"], mine["by"]) == (None, "mine")
    for wish, headers, others in ((nobodys, {}, ME), (mine, ME, {}), (mine, ME, THEM)):
        assert shop.get("/wishes", headers=headers).json()["wishes"] == [wish]
        assert shop.get(f"/wishes/{wish['id']}", headers=headers).json() == wish
        assert shop.get(f"/wishes/{wish['id']}", headers=others).status_code == 404


def test_a_taken_key_is_refused_with_409_where_that_is_documented(shop: Stand) -> None:
    """The collection's key is the reason; nothing is said about whose it is."""
    shop.post("/wishes", json={"id": "x", "text": "a"})
    before = shop.dump()
    answer = shop.post("/wishes", json={"id": "x", "text": "b"}, headers=ME)
    assert answer.status_code == 409
    assert "/collections/wishes/key; " in answer.headers["Understudy-Reason"]
    assert shop.dump() == before


def test_a_fixed_order_needs_no_parameter(shop: Stand) -> None:
    """It is always the same."""
    for text in "bca":
        shop.post("/wishes", json={"text": text})
    assert [wish["text"] for wish in shop.get("/wishes").json()["wishes"]] == ["c", "b", "a"]
