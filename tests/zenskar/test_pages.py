"""The list's order and pages: cursors lead through everything once, whatever comes and goes."""

from collections.abc import Iterator
from typing import Any

import pytest

from understudy.specs.contract import load, members_of

from ..stand import Stand
from .sales import (
    MINE,
    OTHER_PAIR,
    PAIR,
    PATH,
    Session,
    created,
    ids,
    moment,
    page,
    stored,
    visible,
)

NAMES = (
    "id",
    "checkout_session_status",
    "payment_status",
    "guest_checkout",
    "contract_id",
    "execution_id",
    "confirmed_at",
    "paid_at",
    "payment_intent_id",
    "customer_id",
    "business_entity_id",
    "expires_at",
    "last_activity_at",
    "completed_at",
    "idempotency_key",
    "correlation_id",
    "currency",
    "success_url",
    "cancel_url",
    "pending_url",
    "created_at",
    "updated_at",
    "deleted_at",
)
WALKS = ("-created_at", "paid_at", "-paid_at", "guest_checkout", "-correlation_id", "id")
"""Orders with ties, with nulls, and without either."""


def ordered(sessions: list[Session], name: str, *, descending: bool) -> list[str]:
    """The ids by plain sorting: ties by id, then the values, then null at the end."""
    by_id = sorted(sessions, key=lambda s: str(s["id"]))
    have = [s for s in by_id if s[name] is not None]

    def value(session: Session) -> Any:
        return moment(session[name]) if name.endswith("_at") else session[name]

    # Sorting is stable also in reverse, so that ties stay ascending.
    have.sort(key=value, reverse=descending)
    return [s["id"] for s in (*have, *(s for s in by_id if s[name] is None))]


def walk(stand: Stand, **query: Any) -> Iterator[list[str]]:
    """The pages from the first to the last, as lists of ids."""
    answer = page(stand, **query)
    while True:
        yield [session["id"] for session in answer["results"]]
        if answer["next"] is None:
            return
        answer = page(stand, cursor=answer["next"], **query)


def flat(pages: Iterator[list[str]]) -> list[str]:
    return [id_ for found in pages for id_ in found]


def changed(stand: Stand, id_: str, **members: Any) -> None:
    """Put `members` into a stored session."""
    session = next(s for s in stored(stand) if s["id"] == id_)
    stand.store("checkout_sessions", {**session, **members})


def added(stand: Stand, id_: str, like: str, **members: Any) -> None:
    """A further session, like another one."""
    session = next(s for s in stored(stand) if s["id"] == like)
    stand.store("checkout_sessions", {**session, "id": id_, **members})


@pytest.mark.ruling("Z19")
def test_the_orders_are_the_scalar_members_of_the_answer_and_deleted_at() -> None:
    """Each with and without the sign of descending, and nothing else."""
    contract = load("zenskar")
    parameters = contract.operations["list_checkout_sessions"].parameters
    order = next(p for p in parameters if p.name == "order").schema["enum"]
    schema = contract.document["components"]["schemas"]["CheckoutSession"]
    scalar = {
        name
        for name, member in members_of(contract.document, schema)
        if member.get("type") in ("string", "boolean", "number", "integer")
    }

    assert set(NAMES) == scalar | {"deleted_at"}
    assert sorted(order) == sorted([*NAMES, *(f"-{name}" for name in NAMES)])


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", NAMES)
def test_the_list_comes_in_the_order_asked_for(zenskar: Stand, name: str, sign: str) -> None:
    """Ties by id ascending and null last, in both directions; text by code point."""
    sessions, query = list(visible(zenskar)), {}
    if name == "deleted_at":
        sessions = [s for s in stored(zenskar) if s["organisation_id"] == MINE]
        query = {"deleted_at__lt": "2999-01-01T00:00:00Z"}
        sessions = [s for s in sessions if s["deleted_at"] is not None]
    expected = ordered(sessions, name, descending=sign == "-")
    first = [s["id"] for s in sessions]

    assert ids(zenskar, order=f"{sign}{name}", **query) == expected != first


@pytest.mark.ruling("Z19")
def test_the_newest_come_first_unless_asked_otherwise(zenskar: Stand) -> None:
    """Without `order` it is `-created_at`."""
    expected = ordered(list(visible(zenskar)), "created_at", descending=True)

    assert ids(zenskar) == expected


@pytest.mark.ruling("Z7", "Z18")
@pytest.mark.parametrize(("limit", "shown"), [(None, 20), (1, 1), (7, 7), (100, None)])
def test_a_page_has_as_many_sessions_as_asked_for(
    zenskar: Stand, limit: int | None, shown: int | None
) -> None:
    """20 without `limit`; `total_count` counts what is on all pages together."""
    everything = len(visible(zenskar))
    answer = page(zenskar, **({} if limit is None else {"limit": limit}))

    assert len(answer["results"]) == (shown or everything)
    assert answer["total_count"] == everything > 20
    assert (answer["next"] is None) == (shown is None)
    assert answer["previous"] is None


@pytest.mark.ruling("Z14", "Z18")
def test_the_count_is_of_what_meets_the_filters(zenskar: Stand) -> None:
    """On every page the same, and 0 when nothing meets them."""
    expected = sum(s["checkout_session_status"] == "open" for s in visible(zenskar))
    first = page(zenskar, checkout_session_status="open", limit=5)
    second = page(zenskar, checkout_session_status="open", limit=5, cursor=first["next"])

    assert first["total_count"] == second["total_count"] == expected > 10
    assert page(zenskar, currency="XXX") == {
        "results": [],
        "next": None,
        "previous": None,
        "total_count": 0,
    }


@pytest.mark.ruling("Z20")
@pytest.mark.parametrize("limit", [1, 7, 34, 36, 68])
@pytest.mark.parametrize("order", WALKS)
def test_a_walk_shows_everything_once_and_in_order(zenskar: Stand, order: str, limit: int) -> None:
    """Also where a page ends in the middle of a tie, or of the nulls."""
    expected = ids(zenskar, order=order)
    pages = list(walk(zenskar, order=order, limit=limit))

    assert [id_ for found in pages for id_ in found] == expected
    assert all(len(found) == limit for found in pages[:-1])
    assert 0 < len(pages[-1]) <= limit


@pytest.mark.ruling("Z2", "Z20")
@pytest.mark.parametrize("order", WALKS)
def test_next_and_then_previous_is_the_same_page(zenskar: Stand, order: str) -> None:
    """From every page of a walk, back to the first, whose `previous` is null."""
    query = {"order": order, "limit": 9}
    answer = page(zenskar, **query)
    while answer["next"] is not None:
        following = page(zenskar, cursor=answer["next"], **query)
        back = page(zenskar, cursor=following["previous"], **query)
        assert back["results"] == answer["results"]
        assert (back["previous"] is None) == (answer["previous"] is None)
        assert page(zenskar, cursor=back["next"], **query)["results"] == following["results"]
        answer = following


@pytest.mark.ruling("Z20")
def test_a_cursor_goes_with_any_limit(zenskar: Stand) -> None:
    """The size of a page may change during a walk."""
    expected = ids(zenskar)
    first = page(zenskar, limit=5)
    second = page(zenskar, limit=30, cursor=first["next"])

    assert [s["id"] for s in second["results"]] == expected[5:35]


@pytest.mark.ruling("Z20")
@pytest.mark.parametrize("order", WALKS)
def test_sessions_that_leave_hide_no_others(zenskar: Stand, order: str) -> None:
    """Seen ones, the one that the page ended with, and coming ones may go."""
    expected = ids(zenskar, order=order)
    pages = walk(zenskar, order=order, limit=10)
    seen = next(pages)
    gone = {expected[0], expected[9], expected[10], expected[15]}
    for id_ in gone:
        changed(zenskar, id_, deleted_at="2026-01-15T12:00:00Z")

    rest = flat(pages)

    assert seen == expected[:10]
    assert rest == [id_ for id_ in expected[10:] if id_ not in gone]


@pytest.mark.ruling("Z20")
def test_sessions_that_come_repeat_no_others(zenskar: Stand) -> None:
    """What comes before the place reached is not shown, what comes after it is."""
    expected = ids(zenskar, order="-created_at")
    pages = walk(zenskar, order="-created_at", limit=10)
    seen = next(pages)
    new = created(zenskar)["id"]
    old = "00000000-0000-4000-8000-000000000001"
    added(zenskar, old, expected[0], created_at="2020-01-01T00:00:00Z")
    tied = "ffffffff-ffff-4fff-bfff-ffffffffffff"
    added(zenskar, tied, expected[9])
    before = "00000000-0000-4000-8000-000000000000"
    added(zenskar, before, expected[9])

    rest = flat(pages)

    assert seen == expected[:10]
    assert [id_ for id_ in rest if id_ not in (old, tied)] == expected[10:]
    assert rest[-1] == old
    assert tied in rest
    assert new not in rest
    assert before not in rest


@pytest.mark.ruling("Z20")
def test_a_page_whose_sessions_are_all_gone_is_empty(zenskar: Stand) -> None:
    """The cursor stays good, and leads back to what is left."""
    expected = ids(zenskar)
    query = {"limit": len(expected) - 2}
    first = page(zenskar, **query)
    for id_ in expected[-2:]:
        changed(zenskar, id_, deleted_at="2026-01-15T12:00:00Z")

    answer = page(zenskar, cursor=first["next"], **query)

    assert answer["results"] == []
    assert answer["next"] is None
    assert answer["total_count"] == len(expected) - 2
    back = page(zenskar, cursor=answer["previous"], **query)
    assert [s["id"] for s in back["results"]] == expected[:-2]


@pytest.mark.ruling("Z12", "Z20")
@pytest.mark.parametrize(
    "other",
    [
        {"order": "created_at"},
        {"order": "-updated_at"},
        {"currency": "EUR"},
        {"currency": "USD", "guest_checkout": "false"},
        {"deleted_at__isnull": "true"},
    ],
)
def test_a_cursor_is_good_for_its_filters_and_order_alone(
    zenskar: Stand, other: dict[str, Any]
) -> None:
    """Another order, another filter, one more or one fewer: 400."""
    base = {"limit": 3, "currency": "USD"}
    cursor = page(zenskar, **base)["next"]
    assert zenskar.get(PATH, headers=PAIR, params={**base, "cursor": cursor}).status_code == 200

    for query in ({**base, **other}, {"limit": 3}):
        response = zenskar.get(PATH, headers=PAIR, params={**query, "cursor": cursor})
        assert response.status_code == 400
        assert isinstance(response.json()["detail"], str)
        assert "/listing/paging/" in response.headers["Understudy-Reason"]


@pytest.mark.ruling("Z17", "Z20")
def test_a_cursor_is_good_for_its_organisation_alone(zenskar: Stand) -> None:
    """Another organisation that finds one gets nowhere with it."""
    cursor = page(zenskar, limit=3)["next"]

    response = zenskar.get(PATH, headers=OTHER_PAIR, params={"limit": 3, "cursor": cursor})

    assert response.status_code == 400


@pytest.mark.ruling("Z3", "Z12", "Z20")
@pytest.mark.parametrize("change", ["", "abc", "V2VsbCBhcmV1IGN1cmlvdxM=", "cut", "longer", "ö"])
def test_a_text_that_is_no_cursor_is_refused(zenskar: Stand, change: str) -> None:
    """Nothing at all, the vendor's example, and cursors with a letter less or more."""
    cursor = page(zenskar, limit=3)["next"]
    text = {"cut": cursor[:-1], "longer": f"{cursor}A"}.get(change, change)

    response = zenskar.get(PATH, headers=PAIR, params={"limit": 3, "cursor": text})

    assert response.status_code == 400
    assert isinstance(response.json()["detail"], str)
