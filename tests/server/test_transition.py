"""Moves in a document's life: the allowed ones do what the clause says, the others nothing."""

from typing import Any

import pytest

from ..stand import Stand

ME = {"X-Shop": "mine"}
NOON = "2026-01-15T12:00:00Z"


def _order(shop: Stand, **members: Any) -> str:
    """The path of an order as it may have come to be."""
    identity = "00000000-0000-4000-8000-000000000001"
    shop.store(
        "orders", {"id": identity, "title": "Tea", "shop": "mine", "made_at": NOON, **members}
    )
    return f"/orders/{identity}"


def test_a_move_sets_what_its_case_says(shop: Stand) -> None:
    """The first case that matches the body; its stamps, the clause's and the resource's."""
    path = _order(shop, address={"street": "Here"})
    answer = shop.post(f"{path}/pay", json={"by": "card"}, headers=ME).json()
    assert answer["state"] == "paid"
    assert answer["address"] == {"street": "Here", "checked": True}
    assert (answer["paid_at"], answer["moved_at"], answer["changed_at"]) == (NOON, NOON, NOON)
    assert shop.get(path, headers=ME).json() == answer


@pytest.mark.parametrize(
    ("body", "state", "is_paid"),
    [
        ({"by": "card", "cents": 0}, "closed", False),
        ({"by": "card", "cents": 1}, "paid", True),
        ({"by": "bill"}, "late", False),
        ({"by": "hand"}, "open", False),
    ],
)
def test_the_first_case_that_matches_counts(
    shop: Stand, body: Any, state: str, is_paid: bool
) -> None:
    """All its conditions must; without a case only the stamps of the clause are set."""
    answer = shop.post(f"{_order(shop)}/pay", json=body, headers=ME).json()
    assert answer["state"] == state
    assert ("paid_at" in answer) is is_paid
    assert answer["moved_at"] == NOON


@pytest.mark.parametrize("state", ["closed", "paid"])
def test_an_illegal_move_is_refused_and_changes_nothing(shop: Stand, state: str) -> None:
    """With the clause's status, and the condition that is not met as the reason."""
    path = _order(shop, state=state)
    before = shop.dump()
    answer = shop.post(f"{path}/pay", json={"by": "card"}, headers=ME)
    assert answer.status_code == 409
    assert answer.json()["detail"] == f"state is {state}; it must be open or late."
    reason, _, place = answer.headers["Understudy-Reason"].partition("; ")
    assert reason == "/paths/~1orders~1{order-id}~1pay/post/x-understudy/transition/when/~1state"
    line = shop.contract.source.text.splitlines()[int(place.rpartition(":")[2]) - 1]
    assert "/state: [open, late]" in line
    assert shop.dump() == before


@pytest.mark.parametrize(
    ("country", "status"), [("CH", 200), (None, 200), ("DE", 409)], ids=["listed", "null", "other"]
)
def test_every_condition_must_be_met(shop: Stand, country: str | None, status: int) -> None:
    """Null may be one of the values, and is what a missing member counts as."""
    path = _order(shop, address={"country": country})
    answer = shop.post(f"{path}/pay", json={"by": "hand"}, headers=ME)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["detail"] == "address.country is DE; it must be null or CH."
        assert "/when/~1address~1country; " in answer.headers["Understudy-Reason"]


def test_the_document_is_looked_for_before_its_state(shop: Stand) -> None:
    """404 goes before the refusal, and both after what is wrong in the request."""
    path = _order(shop, state="paid")
    assert shop.post(f"{path}/pay", json={"by": "cow"}, headers=ME).status_code == 400
    there = {"X-Shop": "theirs"}
    assert shop.post(f"{path}/pay", json={"by": "card"}, headers=there).status_code == 404


@pytest.mark.parametrize(("state", "status"), [("open", 200), ("late", 200), ("paid", 409)])
def test_a_merge_with_a_transition_is_a_move(shop: Stand, state: str, status: int) -> None:
    """Only where it is allowed are the members set."""
    path = _order(shop, state=state)
    before = shop.dump()
    answer = shop.patch(path, json={"title": "Coffee"}, headers=ME)
    assert answer.status_code == status
    if status == 409:
        assert shop.dump() == before
    else:
        assert answer.json()["title"] == "Coffee"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_replacement_and_a_deletion_can_be_moves(shop: Stand, method: str) -> None:
    """Refused like any other, with nothing changed; else what the case sets is kept."""
    made = shop.post("/parcels", json={"weight": 1}).json()
    before = shop.dump()
    path = f"/parcels/{made['code']}/seal"
    assert shop.request(method, path, json={"weight": 2}).status_code == 409
    assert shop.dump() == before
    shop.patch(f"/parcels/{made['code']}", json={"weight": 5})
    answer = shop.request(method, path, json={"weight": 2})
    assert answer.status_code == 200
    if method == "PUT":
        assert answer.json() == {"code": made["code"], "weight": 2, "is_sealed": True}
    else:
        assert answer.json()["is_sealed"] is True
        assert shop.documents("parcels") == ()


def test_a_book_is_lent_once(library: Stand) -> None:
    """A user's own contract works likewise."""
    book = library.post("/books", json={"title": "A"}).json()
    lent = library.post(f"/books/{book['id']}/lend").json()
    assert (lent["state"], lent["lent_at"]) == ("lent", NOON)
    answer = library.post(f"/books/{book['id']}/lend")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "state is lent; it must be in."
