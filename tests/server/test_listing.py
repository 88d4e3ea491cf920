"""What a listing shows: filters, order, pages, and what the answer says about them."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ..stand import Stand

ME = {"X-Shop": "mine"}


def _order(number: int, **members: Any) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "number": number,
        "title": f"order {number}",
        "shop": "mine",
        "made_at": "2026-01-01T00:00:00Z",
        **members,
    }


def _fill(shop: Stand, *orders: Mapping[str, Any]) -> None:
    """Store orders, numbered from one, not in the order of their numbers."""
    made = [_order(number, **order) for number, order in enumerate(orders, 1)]
    random.Random(3).shuffle(made)
    for order in made:
        shop.store("orders", order)


def _list(shop: Stand, query: str = "", **headers: str) -> Any:
    answer = shop.get(f"/orders?limit=100&{query}", headers=headers or ME)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _numbers(body: Any) -> list[int]:
    return [order["number"] for order in body["page"]["orders"]]


@pytest.fixture
def books(library: Stand) -> Stand:
    """Seven books, two of them without pages."""
    pages: Sequence[int | None] = (300, 120, None, 900, 120, None, 50)
    for number, count in enumerate(pages, 1):
        book = {"id": number, "title": f"Book {number}", "pages": count}
        library.store("books", {**book, "added_at": "2026-01-01T00:00:00Z"})
    return library


def test_a_page_holds_its_part_and_says_what_follows(books: Stand) -> None:
    """Pages cut the whole list into pieces of `size`, without gap or overlap."""
    titles = []
    for number, more in ((1, True), (2, True), (3, False)):
        page = books.get(f"/books?page={number}&size=3").json()
        titles += [book["title"] for book in page["books"]]
        assert (page["total"], page["more"]) == (7, more)
    assert titles == [f"Book {number}" for number in range(1, 8)]


def test_the_defaults_of_the_contract_hold_without_parameters(books: Stand) -> None:
    """Five books by title."""
    page = books.get("/books").json()
    assert [book["id"] for book in page["books"]] == [1, 2, 3, 4, 5]
    assert page["more"] is True


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("pages", [7, 2, 5, 1, 4, 3, 6]),
        ("-pages", [4, 1, 2, 5, 7, 3, 6]),
        ("-title", [7, 6, 5, 4, 3, 2, 1]),
    ],
)
def test_nulls_come_last_both_ways_and_ties_ascend(
    books: Stand, sort: str, expected: list[int]
) -> None:
    """As the clause says."""
    page = books.get(f"/books?size=50&sort={sort}").json()
    assert [book["id"] for book in page["books"]] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title=BOOK%204", [4]),
        ("title=ook", [1, 2, 3, 4, 5, 6, 7]),
        ("title=none", []),
        ("min_pages=120", [1, 2, 4, 5]),
        ("min_pages=120&title=5", [5]),
        ("unknown=1", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_filters_are_combined_and_counted(books: Stand, query: str, expected: list[int]) -> None:
    """All must hold; unknown parameters are ignored; `total` counts what is left."""
    page = books.get(f"/books?size=50&{query}").json()
    assert [book["id"] for book in page["books"]] == expected
    assert page["total"] == len(expected)


def test_a_page_past_the_end_is_refused_where_the_clause_says_so(books: Stand) -> None:
    """And the reason is that clause; the first page of nothing is no such page."""
    answer = books.get("/books?page=3&size=5")
    assert answer.status_code == 404
    assert answer.headers["Understudy-Reason"].startswith(
        "/paths/~1books/get/x-understudy/listing/paging/past-end; "
    )
    assert books.get("/books?title=none").json() == {"books": [], "total": 0, "more": False}


def test_a_page_past_the_end_is_empty_elsewhere(shop: Stand) -> None:
    """However far past; what lies before is said, if anything does."""
    assert shop.get("/parcels?page=2&size=1").json()["back"] is False
    shop.post("/parcels", json={"weight": 1})
    for page in (2, 10**18):
        answer = shop.get(f"/parcels?page={page}&size=1").json()
        assert answer["parcels"] == []
        assert (answer["first"], answer["last"], answer["page"]) == (0, 0, page)
        assert (answer["next"], answer["back"], answer["pages"]) == (False, True, 1)


@pytest.mark.parametrize("number", ["99999999999999999999", "9" * 300, "1e300"])
@pytest.mark.parametrize("name", ["page", "size"])
def test_a_page_of_any_number_can_be_asked_for(shop: Stand, name: str, number: str) -> None:
    """However large; the answer says it."""
    shop.post("/parcels", json={"weight": 1})
    answer = shop.get("/parcels", params={name: number})
    assert answer.status_code == 200
    assert answer.json()[name] == int(float(number)) or answer.json()[name] == int(number)


def test_the_answer_says_where_the_page_lies(shop: Stand) -> None:
    """Counting from one, in every place that the clause names; the order as asked."""
    for weight in (5, None, 3, 4, None):
        shop.post("/parcels", json={"weight": weight})
    body = shop.get("/parcels?page=2&size=2&by=weight&way=-1").json()
    assert [parcel["code"] for parcel in body.pop("parcels")] == [1, 4]
    assert body == {
        "total": 5,
        "again": {"total": 5},
        "pages": 3,
        "page": 2,
        "size": 2,
        "by": "weight",
        "way": -1,
        "first": 3,
        "last": 4,
        "next": True,
        "back": True,
    }


def test_without_page_size_and_order_the_ties_decide(shop: Stand) -> None:
    """A contract that sets no defaults gets a hundred by their ties."""
    for _ in range(3):
        shop.post("/parcels", json={"weight": 1})
    body = shop.get("/parcels?way=-1").json()
    assert [parcel["code"] for parcel in body["parcels"]] == [1, 2, 3]
    assert (body["size"], body["page"], body["by"], body["way"]) == (100, 1, None, -1)


def test_an_order_may_name_a_field_deep_inside(shop: Stand) -> None:
    """By the pointer that the clause gives the name; what lacks it counts as null."""
    for sent in ("2026-01-02T00:00:00Z", None, "2026-01-01T00:00:00Z"):
        shop.post("/parcels", json={"weight": 1, "journey": {"sent_at": sent}})
    shop.post("/parcels", json={"weight": 1})
    assert [p["code"] for p in shop.get("/parcels?by=sent").json()["parcels"]] == [2, 4, 3, 1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("total", [3, 1, 4, 2, 5]),
        ("-total", [2, 5, 1, 4, 3]),
        ("total,-title", [3, 4, 1, 5, 2]),
        ("-total,-title", [5, 2, 4, 1, 3]),
        ("-title,total", [5, 4, 2, 3, 1]),
        ("-number", [5, 4, 3, 2, 1]),
        ("total,-number", [3, 4, 1, 5, 2]),
    ],
)
def test_several_names_order_one_after_the_other(
    shop: Stand, order: str, expected: list[int]
) -> None:
    """An order whose parameter is a list has as many keys; the answer says them all."""
    rows: list[tuple[int | None, str]] = [(2, "a"), (3, "b"), (None, "a"), (2, "b"), (3, "c")]
    _fill(shop, *({"total": total, "title": title} for total, title in rows))
    body = _list(shop, f"order={order}")
    assert _numbers(body) == expected
    assert body["order"] == order.split(",")


def test_a_filter_on_a_list_keeps_any_of_it(shop: Stand) -> None:
    """Values of one parameter are alternatives, parameters are not."""
    states = ("open", "late", "closed", "paid", "open")
    _fill(shop, *({"state": state, "total": n} for n, state in enumerate(states)))
    assert _numbers(_list(shop, "state=open,paid&order=number")) == [1, 4, 5]
    assert _numbers(_list(shop, "state=open,paid&min_total=3&order=number")) == [4, 5]


@pytest.mark.ruling("G3")
def test_a_date_time_without_a_zone_is_utc(shop: Stand) -> None:
    """In a filter; the stored one may have any zone."""
    _fill(
        shop,
        {"due_at": "2026-02-01T12:00:00Z"},
        {"due_at": "2026-02-01T12:59:59+01:00"},
        {"due_at": "2026-02-01T11:00:00-02:00"},
        {"due_at": None},
    )
    assert _numbers(_list(shop, "due_before=2026-02-01T12:00:00")) == [2]
    assert _numbers(_list(shop, "due_before=2026-02-01T12:00:00.001")) == [1, 2]


def test_deleted_documents_show_only_to_a_filter_on_deletion(shop: Stand) -> None:
    """They are hidden otherwise, whatever else is asked."""
    _fill(shop, {}, {"deleted_at": "2026-01-01T00:00:00Z"}, {})
    assert _numbers(_list(shop)) == [1, 3]
    assert _numbers(_list(shop, "deleted=false")) == [2]
    assert _numbers(_list(shop, "deleted=true")) == [1, 3]
    assert _list(shop)["total"] == 2


def test_expired_documents_are_not_there(shop: Stand) -> None:
    """From the second on that their time has come."""
    _fill(shop, {"kept_until": "2026-01-15T12:00:01Z"}, {"kept_until": None})
    assert _numbers(_list(shop)) == [1, 2]
    shop.advance(seconds=1)
    assert _numbers(_list(shop)) == [2]


def test_a_listing_shows_only_what_its_clause_lets(shop: Stand) -> None:
    """A fixed condition holds always, and members that are never shown are not."""
    _fill(shop, {"is_test": True}, {"secret": "hush"})
    body = _list(shop)
    assert _numbers(body) == [2]
    assert "secret" not in body["page"]["orders"][0]
    assert "deleted_at" not in body["page"]["orders"][0]


def test_everybody_sees_their_own(shop: Stand) -> None:
    """Documents belong to the identity that the clause names."""
    _fill(shop, {}, {"shop": "theirs"}, {"shop": "mine"})
    assert _numbers(_list(shop)) == [1, 3]
    assert _numbers(_list(shop, **{"X-Shop": "theirs"})) == [2]
    assert _numbers(_list(shop, **{"X-Shop": "nobody"})) == []


def test_the_walk_says_how_many_there_are(shop: Stand) -> None:
    """In all, and on this page."""
    _fill(shop, {}, {}, {}, {})
    body = shop.get("/orders", headers=ME).json()
    assert body.pop("page")["next"] is not None
    assert body == {
        "total": 4,
        "size": 3,
        "order": ["total"],
        "first": 1,
        "last": 3,
        "more": True,
        "less": False,
    }


def test_an_empty_walk_ends_where_it_begins(shop: Stand) -> None:
    """No neighbours, nothing counted."""
    body = shop.get("/orders", headers=ME).json()
    assert body["page"] == {"orders": [], "next": None, "previous": None}
    assert (body["total"], body["first"], body["last"]) == (0, 0, 0)
    assert (body["more"], body["less"]) == (False, False)
