"""The list of abandoned baskets: which are on it, in which order, after which moment."""

from datetime import timedelta
from itertools import pairwise

import pytest

from ..stand import Stand
from .shop import (
    ABANDONED,
    CLIENT,
    COMPLETED,
    EXPIRED,
    FREE,
    Basket,
    abandoned,
    begun,
    ids,
    initiated,
    listed,
    moment,
    refused,
    stored,
    walked,
)


@pytest.mark.ruling("L16")
def test_oldest_baskets_come_first_and_ties_by_id(limio: Stand) -> None:
    """The order is that of `created`, then of the id; the fixture has ties and is not sorted."""
    expected = abandoned(limio)
    times = [basket["created"] for basket in expected]

    assert len(set(times)) < len(times)
    assert [b["id"] for b in limio.documents("baskets")] != [b["id"] for b in expected]
    assert walked(limio) == [basket["id"] for basket in expected]


@pytest.mark.ruling("L6", "L16")
def test_both_kinds_of_basket_are_listed(limio: Stand) -> None:
    """One store: a new basket of either kind stands at the end of the list."""
    limio.advance(seconds=1)  # the fixture ends with a basket of this very moment
    first = initiated(limio, "both-kinds")
    limio.advance(seconds=1)
    second = begun(limio, id=FREE)["order"]["checkoutId"]

    assert walked(limio)[-2:] == [first, second]


@pytest.mark.ruling("L16", "L20")
def test_completed_and_expired_baskets_are_not_listed(limio: Stand) -> None:
    """Each of the fixture's is stored, and not on the list."""
    found = set(walked(limio))
    completed = {b["id"] for b in limio.documents("baskets") if b["completed"]}
    expired = {b["id"] for b in limio.documents("baskets") if moment(b["expiresAt"]) <= limio.now}

    assert COMPLETED in completed
    assert EXPIRED in expired
    assert not found & (completed | expired)


@pytest.mark.ruling("L20")
def test_a_basket_leaves_the_list_two_weeks_after_its_creation(limio: Stand) -> None:
    """One millisecond before it is there, on the moment it is not."""
    limio.reset("empty")
    identity = initiated(limio, "two-weeks")

    limio.advance(days=14, milliseconds=-1)
    assert walked(limio) == [identity]
    limio.advance(milliseconds=1)
    assert listed(limio) == {"items": []}


@pytest.mark.ruling("L16")
def test_a_listed_basket_shows_what_is_kept_of_it(limio: Stand) -> None:
    """Every documented member, as stored, and no hidden one."""
    members = {
        *("id", "created", "customerDetails", "orderItems", "tracking", "identities"),
        *("entry", "completed", "recoveryLink"),
    }

    for item in listed(limio, limit=100)["items"]:
        kept = stored(limio, item["id"])
        assert item == {name: kept[name] for name in members}


@pytest.mark.ruling("L1", "L16")
@pytest.mark.parametrize("limit", [1, 2, 49, 50, 51, 100])
def test_limit_bounds_a_page(limio: Stand, limit: int) -> None:
    """A page has `limit` baskets, or all that there are."""
    expected = [basket["id"] for basket in abandoned(limio)]
    assert 51 < len(expected) < 100

    assert ids(listed(limio, limit=limit)) == expected[:limit]


@pytest.mark.ruling("L1", "L16")
def test_a_page_has_fifty_baskets_without_a_limit(limio: Stand) -> None:
    """`limit` is optional."""
    assert ids(listed(limio)) == [basket["id"] for basket in abandoned(limio)][:50]


@pytest.mark.ruling("G4", "L7", "L16")
@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=-1", "limit=ten", "limit=", "limit=1.5", "limit=01"),
        *("limit=%2B1", "limit=10&limit=10", f"limit={'9' * 5000}"),
        *("createdAfter=", "createdAfter=yesterday", "createdAfter=2026-01-15"),
        *("createdAfter=2026-01-15T12:00Z", "createdAfter=2026-02-30T00:00:00Z"),
        "createdAfter=2026-01-15T12:00:00Z&createdAfter=2026-01-15T12:00:00Z",
        *("queryMore=", "queryMore=x", "queryMore=a&queryMore=a"),
        "queryMore=DnF1ZXJ5VGhlbkZldGNoBQAAAAAAGHOK",
    ],
    ids=lambda query: query[:40],
)
def test_a_bad_value_is_answered_with_bad_gateway(limio: Stand, query: str) -> None:
    """Out of bounds, of another type, sent twice: 502, and the parameter is named."""
    message = refused(limio.get(f"{ABANDONED}?{query}", headers=CLIENT), 502)

    assert query.partition("=")[0] in message


@pytest.mark.ruling("G4")
def test_an_unknown_parameter_is_ignored(limio: Stand) -> None:
    """Also one that differs in case alone."""
    assert listed(limio, Limit=1, created_after="x") == listed(limio)


def after(stand: Stand, text: str) -> list[str]:
    """The ids of the baskets created after a moment, computed here."""
    begin = moment(text)
    return [b["id"] for b in abandoned(stand) if moment(b["created"]) > begin]


@pytest.mark.ruling("L2", "L16")
@pytest.mark.parametrize("index", [0, 5, 20, -1])
@pytest.mark.parametrize("offset", [-1, 0, 1], ids=["just before", "at it", "just after"])
def test_created_after_excludes_its_own_moment(limio: Stand, index: int, offset: int) -> None:
    """A second around the creation of a basket decides whether it is listed."""
    basket = abandoned(limio)[index]
    text = (moment(basket["created"]) + timedelta(seconds=offset)).isoformat()
    expected = after(limio, text)

    assert (basket["id"] in expected) is (offset < 0)
    assert walked(limio, createdAfter=text) == expected


@pytest.mark.ruling("L16")
def test_created_after_excludes_all_of_a_tie(limio: Stand) -> None:
    """Baskets of the same moment are in or out together."""
    baskets = abandoned(limio)
    one: Basket = next(a for a, b in pairwise(baskets) if a["created"] == b["created"])

    assert walked(limio, createdAfter=one["created"]) == after(limio, one["created"])


@pytest.mark.ruling("G3", "L16")
@pytest.mark.parametrize(
    "text",
    [
        "2026-01-10T11:00:00",
        "2026-01-10T11:00:00Z",
        "2026-01-10t11:00:00z",
        "2026-01-10T13:00:00+02:00",
        "2026-01-10T05:30:00-05:30",
        "2026-01-10T10:59:59.999Z",
    ],
)
def test_created_after_is_a_moment_whatever_its_zone(limio: Stand, text: str) -> None:
    """Without a zone it is UTC; a fraction counts. Five baskets were created at 11:00:00Z."""
    tie = {b["id"] for b in abandoned(limio) if b["created"] == "2026-01-10T11:00:00Z"}
    found = set(walked(limio, createdAfter=text))

    assert len(tie) > 4
    assert found > tie if text.endswith("999Z") else not found & tie
    assert found == set(after(limio, "2026-01-10T11:00:00Z")) | (found & tie)


@pytest.mark.ruling("L16")
def test_created_after_compares_milliseconds(limio: Stand) -> None:
    """Baskets are created to the millisecond, and so compared."""
    limio.advance(milliseconds=250)
    identity = initiated(limio, "milliseconds")

    assert stored(limio, identity)["created"] == "2026-01-15T12:00:00.250Z"
    assert walked(limio, createdAfter="2026-01-15T12:00:00.249Z") == [identity]
    assert walked(limio, createdAfter="2026-01-15T12:00:00.250Z") == []


@pytest.mark.ruling("L16")
def test_an_empty_shop_has_no_abandoned_baskets(limio: Stand) -> None:
    """No items, and no `queryMore`."""
    limio.reset("empty")

    assert listed(limio) == {"items": []}
