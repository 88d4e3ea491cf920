"""Cursors: a walk sees everything once, comes back the way it went, and takes no other's cursor."""

import base64
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.server.cursor import Cursor, bound_to, read, write

from ..stand import Stand

ME = {"X-Shop": "mine"}
ORDERS = ["total", "-total", "title", "-title", "-due_at", "-total,title", "title,-due_at"]


def _order(number: int, total: int | None, title: str, due: int | None) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "number": number,
        "title": title,
        "total": total,
        "shop": "mine",
        "made_at": "2026-01-01T00:00:00Z",
        "due_at": None if due is None else f"2027-01-0{due}T00:00:00Z",
    }


def _page(shop: Stand, **query: Any) -> Any:
    answer = shop.get("/orders", params=query, headers=ME)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _numbers(body: Any) -> list[int]:
    return [order["number"] for order in body["page"]["orders"]]


def _fill(shop: Stand, count: int) -> None:
    for number in range(1, count + 1):
        shop.store("orders", _order(number, number % 3, "t", None))


rows = st.lists(
    st.tuples(
        st.none() | st.integers(0, 2),
        st.sampled_from(["a", "B", "\u00e9", "\U0001f600"]),
        st.none() | st.integers(1, 2),
    ),
    max_size=9,
)


@settings(
    max_examples=40,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=rows, size=st.integers(1, 10), order=st.sampled_from(ORDERS))
def test_a_walk_with_pages_of_any_size_is_the_whole_list_forth_and_back(
    shop: Stand, rows: list[tuple[int | None, str, int | None]], size: int, order: str
) -> None:
    """Ties, nulls and all; `next` then `previous` comes back to the same page."""
    shop.reset()
    for number, row in enumerate(rows, 1):
        shop.store("orders", _order(number, *row))
    whole = _numbers(_page(shop, order=order, limit=100))
    assert sorted(whole) == list(range(1, len(rows) + 1))
    pages = [_page(shop, order=order, limit=size)]
    while pages[-1]["page"]["next"] is not None:
        pages.append(_page(shop, order=order, limit=size, cursor=pages[-1]["page"]["next"]))
    assert [number for page in pages for number in _numbers(page)] == whole
    assert all(len(_numbers(page)) == size for page in pages[:-1])
    assert [page["less"] for page in pages] == [False] + [True] * (len(pages) - 1)
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = _page(shop, order=order, limit=size, cursor=back["page"]["previous"])
        assert _numbers(back) == _numbers(page)
        assert back["more"] is True
    assert back["page"]["previous"] is None


def test_the_size_may_change_on_the_way(shop: Stand) -> None:
    """A cursor is bound to a place, not to a size."""
    _fill(shop, 9)
    first = _page(shop, order="number", limit=2)
    second = _page(shop, order="number", limit=5, cursor=first["page"]["next"])
    assert _numbers(second) == [3, 4, 5, 6, 7]
    back = _page(shop, order="number", limit=1, cursor=second["page"]["previous"])
    assert _numbers(back) == [2]
    assert back["page"]["previous"] is not None


@pytest.mark.ruling("Z20")
def test_a_walk_misses_and_repeats_nothing_while_others_come_and_go(shop: Stand) -> None:
    """What is there all the time is seen once, whatever is stored and removed meanwhile."""
    steady = list(range(10, 60, 5))
    luck = random.Random(7)
    for _ in range(5):
        shop.reset()
        for number in steady:
            shop.store("orders", _order(number, 0, "t", None))
        seen: list[int] = []
        cursor: dict[str, Any] = {}
        while True:
            body = _page(shop, order="number", limit=2, **cursor)
            seen += _numbers(body)
            if body["page"]["next"] is None:
                break
            cursor = {"cursor": body["page"]["next"]}
            for _ in range(3):
                number = luck.choice([n for n in range(1, 70) if n not in steady])
                identity = f"/orders/00000000-0000-4000-8000-{number:012d}"
                if luck.random() < 0.5:
                    shop.store("orders", _order(number, 0, "t", None))
                else:
                    assert shop.delete(identity, headers=ME).status_code in (200, 404)
        assert len(seen) == len(set(seen))
        assert [number for number in seen if number in steady] == steady
        assert seen == sorted(seen)


def _remove(shop: Stand, *numbers: int) -> None:
    for number in numbers:
        path = f"/orders/00000000-0000-4000-8000-{number:012d}"
        assert shop.delete(path, headers=ME).status_code == 200


@pytest.mark.ruling("Z20")
def test_a_cursor_holds_when_the_rows_around_it_are_gone(shop: Stand) -> None:
    """Also the row that it was made from."""
    _fill(shop, 6)
    first = _page(shop, order="number", limit=2)
    _remove(shop, 1, 2, 3)
    second = _page(shop, order="number", limit=2, cursor=first["page"]["next"])
    assert _numbers(second) == [4, 5]
    assert second["page"]["previous"] is None


def test_a_page_that_emptied_leads_back_to_what_is_left(shop: Stand) -> None:
    """Forward into nothing: `previous` has the rows before, with the one the cursor stood on."""
    _fill(shop, 4)
    first = _page(shop, order="number", limit=2)
    _remove(shop, 3, 4)
    second = _page(shop, order="number", limit=2, cursor=first["page"]["next"])
    assert _numbers(second) == []
    assert second["page"]["next"] is None
    assert second["less"] is True
    back = _page(shop, order="number", limit=2, cursor=second["page"]["previous"])
    assert _numbers(back) == [1, 2]


def test_a_page_that_emptied_leads_on_to_what_is_left(shop: Stand) -> None:
    """Backward into nothing: `next` begins with the row the cursor stood on, and so back again."""
    _fill(shop, 4)
    first = _page(shop, order="number", limit=2)
    second = _page(shop, order="number", limit=2, cursor=first["page"]["next"])
    _remove(shop, 1, 2)
    before = _page(shop, order="number", limit=2, cursor=second["page"]["previous"])
    assert _numbers(before) == []
    assert before["page"]["previous"] is None
    on = _page(shop, order="number", limit=2, cursor=before["page"]["next"])
    assert _numbers(on) == [3, 4]
    _remove(shop, 3, 4)
    nothing = _page(shop, order="number", limit=2, cursor=before["page"]["next"])
    assert nothing["page"] == {"orders": [], "next": None, "previous": None}


def test_the_row_that_a_cursor_stands_on_is_enough_to_lead_back(shop: Stand) -> None:
    """Where it is all that is left, on either side."""
    _fill(shop, 2)
    first = _page(shop, order="number", limit=1)
    second = _page(shop, order="number", limit=1, cursor=first["page"]["next"])
    _remove(shop, 2)
    nothing = _page(shop, order="number", limit=1, cursor=first["page"]["next"])
    assert (_numbers(nothing), nothing["less"]) == ([], True)
    back = _page(shop, order="number", limit=1, cursor=nothing["page"]["previous"])
    assert _numbers(back) == [1]
    _fill(shop, 2)
    _remove(shop, 1)
    nothing = _page(shop, order="number", limit=1, cursor=second["page"]["previous"])
    assert (_numbers(nothing), nothing["more"]) == ([], True)
    on = _page(shop, order="number", limit=1, cursor=nothing["page"]["next"])
    assert _numbers(on) == [2]


def _cursor(shop: Stand, **query: Any) -> str:
    found: str = _page(shop, **{"limit": 2, "order": "number", **query})["page"]["next"]
    return found


@pytest.mark.ruling("Z20")
@pytest.mark.parametrize(
    "change",
    [
        {"order": "-number"},
        {"order": "number,total"},
        {"order": "total"},
        {"min_total": 1},
        {"title": "t"},
        {"state": "open"},
        {"deleted": "true"},
    ],
    ids=str,
)
def test_a_cursor_of_another_question_is_refused(shop: Stand, change: dict[str, Any]) -> None:
    """Other filters or another order; the clause `refuse` is the reason."""
    _fill(shop, 5)
    cursor = _cursor(shop)
    answer = shop.get("/orders", params={"order": "number", **change, "cursor": cursor}, headers=ME)
    assert answer.status_code == 400
    assert answer.headers["Understudy-Reason"].startswith(
        "/paths/~1orders/get/x-understudy/listing/paging/refuse; "
    )
    assert shop.get(
        "/orders", params={"order": "number", "cursor": cursor, "limit": 9}, headers=ME
    ).ok


def test_a_cursor_of_another_identity_is_refused(shop: Stand) -> None:
    """It would show a place in what is not theirs."""
    _fill(shop, 5)
    query = {"order": "number", "cursor": _cursor(shop)}
    assert shop.get("/orders", params=query, headers={"X-Shop": "theirs"}).status_code == 400


def test_a_cursor_holds_with_a_filter_of_any_size(shop: Stand) -> None:
    """Numbers beyond 64 bits are values, too."""
    _fill(shop, 5)
    small = f"-{10**30}"
    query = {"order": "number", "min_total": small, "cursor": _cursor(shop, min_total=small)}
    assert _numbers(_page(shop, **query)) == [3, 4, 5]


@pytest.mark.parametrize(
    "text",
    ["", "x", "=", "null", "0", "%00", "A" * 11, "A" * 5000, "\u00e9", "a b", "../..", "{}", "-1"],
)
def test_what_is_no_cursor_is_refused(shop: Stand, text: str) -> None:
    """Whatever it is."""
    _fill(shop, 5)
    assert shop.get("/orders", params={"cursor": text}, headers=ME).status_code == 400


def test_a_damaged_cursor_is_refused(shop: Stand) -> None:
    """Each character counts; none may be missing, added, or spelt in another way."""
    _fill(shop, 5)
    good = _cursor(shop)
    damaged = {good[:-1], good + "A", good + "=", good.swapcase(), good + "\n", " " + good}
    for index in range(0, len(good), 7):
        other = "A" if good[index] != "A" else "B"
        damaged.add(good[:index] + other + good[index + 1 :])
        damaged.add(good[:index] + good[index + 1 :])
        damaged.add(good[:index] + "!" + good[index:])
    for text in damaged - {good}:
        query = {"order": "number", "cursor": text}
        assert shop.get("/orders", params=query, headers=ME).status_code == 400, text


@given(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.booleans(), max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_a_cursor_is_read_as_it_was_written(values: list[Any], is_back: bool, at: bool) -> None:
    """With the same binding, and with no other."""
    cursor = Cursor(tuple(values), is_back, at)
    text = write(cursor, bound_to("a", {"b": [1]}))
    assert read(text, bound_to("a", {"b": [1]})) == cursor
    assert read(text, bound_to("a", {"b": [2]})) is None
    assert text.isascii()
    assert text == base64.urlsafe_b64encode(base64.urlsafe_b64decode(text + "==")).decode().rstrip(
        "="
    )


def test_a_cursor_does_not_depend_on_the_order_of_the_filters(shop: Stand) -> None:
    """The same filters in another order are the same filters."""
    _fill(shop, 5)
    cursor = _cursor(shop, title="t", min_total=0)
    query = {"cursor": cursor, "min_total": 0, "title": "t", "order": "number"}
    assert _numbers(_page(shop, **query)) == [3, 4, 5]
