"""Walks through the abandoned baskets by `queryMore`, also while baskets come and go."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import ABANDONED, CLIENT, abandoned, ids, initiated, listed, refused, stored, walked

AFTER = "2026-01-05T00:00:00Z"


def expected(stand: Stand) -> list[str]:
    """The ids of all abandoned baskets, in order."""
    return [basket["id"] for basket in abandoned(stand)]


@pytest.mark.ruling("L3", "L16")
@pytest.mark.parametrize("limit", [1, 3, 7, 50, 100])
def test_a_walk_meets_every_basket_once(limio: Stand, limit: int) -> None:
    """In order, whatever the size of the pages, also where a page ends inside a tie."""
    assert walked(limio, limit) == expected(limio)


@pytest.mark.ruling("L16")
def test_the_last_page_has_no_query_more(limio: Stand) -> None:
    """Also when it is exactly full."""
    total = len(expected(limio))
    first = listed(limio, limit=total - 1)

    assert "queryMore" in first
    assert "queryMore" not in listed(limio, limit=total)
    assert set(listed(limio, limit=1, queryMore=first["queryMore"])) == {"items"}


@pytest.mark.ruling("L16")
def test_query_more_is_not_bound_to_the_limit(limio: Stand) -> None:
    """A walk may change the size of its pages on the way."""
    more = listed(limio, limit=2)["queryMore"]

    assert ids(listed(limio, limit=5, queryMore=more)) == expected(limio)[2:7]
    assert ids(listed(limio, queryMore=more)) == expected(limio)[2:52]


@pytest.mark.ruling("L16")
@pytest.mark.parametrize(
    ("given", "used"),
    [
        ({}, {"createdAfter": AFTER}),
        ({"createdAfter": AFTER}, {}),
        ({"createdAfter": AFTER}, {"createdAfter": "2026-01-06T00:00:00Z"}),
    ],
    ids=["added", "left out", "changed"],
)
def test_query_more_is_bound_to_created_after(
    limio: Stand, given: dict[str, Any], used: dict[str, Any]
) -> None:
    """Under another filter, or none, it is refused with 502."""
    more = listed(limio, limit=2, **given)["queryMore"]
    query = {"limit": 2, "queryMore": more, **used}

    refused(limio.get(ABANDONED, headers=CLIENT, params=query), 502)


@pytest.mark.ruling("L3", "L16")
@pytest.mark.parametrize("spoil", ["{}x", "x{}", " {}", "{}="])
def test_a_changed_query_more_is_refused(limio: Stand, spoil: str) -> None:
    """It is opaque: what the shop did not write is answered with 502."""
    more = spoil.format(listed(limio, limit=2)["queryMore"])

    refused(limio.get(ABANDONED, headers=CLIENT, params={"queryMore": more}), 502)


@pytest.mark.ruling("L16")
def test_a_walk_goes_on_while_baskets_come_and_go(limio: Stand) -> None:
    """What was begun is met once; what is completed or expires before is not met; none repeats."""
    before = abandoned(limio)
    first = listed(limio, limit=10)
    shown, last, ahead, behind = before[9], before[-1], before[10], before[3]
    for gone in (shown, ahead, behind):
        limio.store("baskets", {**stored(limio, gone["id"]), "completed": True})
    limio.advance(seconds=5)
    late = initiated(limio, "late")

    rest = []
    page = first
    while "queryMore" in page:
        page = listed(limio, limit=10, queryMore=page["queryMore"])
        rest.extend(ids(page))

    gone_by_now = {b["id"] for b in before} - set(expected(limio))
    assert ids(first) == [b["id"] for b in before[:10]]
    assert rest == [b["id"] for b in before[10:] if b["id"] not in gone_by_now] + [late]
    assert ahead["id"] not in rest
    assert last["id"] in rest


@pytest.mark.ruling("L16")
def test_a_basket_that_comes_before_the_place_is_not_met(limio: Stand) -> None:
    """A walk goes on after the last basket it has shown; nothing moves to the next page."""
    before = expected(limio)
    page = listed(limio, limit=10)
    oldest = stored(limio, before[0])
    limio.store("baskets", {**oldest, "id": "basket-0", "external_id": "earlier"})

    assert ids(listed(limio, limit=5, queryMore=page["queryMore"])) == before[10:15]
    assert "basket-0" in walked(limio)


@pytest.mark.ruling("L16")
def test_a_walk_ends_when_all_that_is_left_is_gone(limio: Stand) -> None:
    """A place at which nothing follows any more gives an empty last page."""
    page = listed(limio, limit=10)
    for basket in abandoned(limio)[10:]:
        limio.store("baskets", {**basket, "completed": True})

    assert listed(limio, queryMore=page["queryMore"]) == {"items": []}
