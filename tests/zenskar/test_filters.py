"""The list's 69 filters, each against what a plain computation over the stored sessions keeps."""

from collections.abc import Callable, Sequence
from statistics import mode
from typing import Any

import pytest

from understudy.specs.contract import load

from ..stand import Stand
from .sales import (
    MINE,
    NOBODY,
    OTHERS,
    PAYMENTS,
    STATUSES,
    Session,
    created,
    ids,
    moment,
    stored,
    visible,
)

TIMES = (
    "confirmed_at",
    "paid_at",
    "expires_at",
    "last_activity_at",
    "created_at",
    "updated_at",
    "deleted_at",
)
Keeps = Callable[[Session], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda value, operand: value == operand,
    "__gt": lambda value, operand: value > operand,
    "__gte": lambda value, operand: value >= operand,
    "__lt": lambda value, operand: value < operand,
    "__lte": lambda value, operand: value <= operand,
}
AMOUNTS = (0, 0.3, 99.5, 99.99, 100, 100.01, 1200)
UUIDS = (
    "id",
    "organisation_id",
    "contract_id",
    "customer_id",
    "business_entity_id",
    "execution_id",
)
TEXTS = ("payment_intent_id", "currency", "idempotency_key", "correlation_id")
STATES = {"checkout_session_status": STATUSES, "payment_status": PAYMENTS}
NULLABLE = (
    "contract_id",
    "customer_id",
    "execution_id",
    "payment_intent_id",
    "confirmed_at",
    "paid_at",
    "expires_at",
)
TESTED = {
    *(f"{name}{suffix}" for name in TIMES for suffix in COMPARE),
    *(f"amount_due{suffix}" for suffix in COMPARE if suffix),
    *(f"{name}{suffix}" for name in UUIDS for suffix in ("", "__in")),
    *TEXTS,
    "currency__in",
    *(f"{name}{suffix}" for name in STATES for suffix in ("", "__in")),
    *(f"{name}__isnull" for name in (*NULLABLE, "deleted_at")),
    "guest_checkout",
}
"""The parameters that a test below sends."""


def seen(stand: Stand, parameter: str) -> list[Session]:
    """What the parameter filters: deleted sessions too, when it asks for them."""
    if parameter.startswith("deleted_at"):
        return [s for s in stored(stand) if s["organisation_id"] == MINE]
    return list(visible(stand))


def check(stand: Stand, parameter: str, sent: Any, keeps: Keeps) -> int:
    """The list keeps what `keeps` holds of; how many that are."""
    expected = {s["id"] for s in seen(stand, parameter) if keeps(s)}
    found = ids(stand, **{parameter: sent})
    assert len(found) == len(set(found))
    assert set(found) == expected
    return len(expected)


def equals(name: str, value: Any) -> Keeps:
    """Whether the member has that value."""
    return lambda session: bool(session[name] == value)


def among(name: str, many: Sequence[Any]) -> Keeps:
    """Whether the member has one of those values."""
    return lambda session: session[name] in many


def stands(name: str, suffix: str, text: str) -> Keeps:
    """Whether the time of that name stands in the suffix's relation to `text`."""
    compare, operand = COMPARE[suffix], moment(text)
    return lambda session: session[name] is not None and compare(moment(session[name]), operand)


def values(stand: Stand, name: str) -> list[Any]:
    """The different values of a member among the sessions that can be seen, null left out."""
    return sorted({s[name] for s in seen(stand, name) if s[name] is not None})


@pytest.mark.ruling("Z19")
def test_every_filter_of_the_contract_is_tested() -> None:
    """What the tests below send, and the three that page and order, are all 72 parameters."""
    parameters = load("zenskar").operations["list_checkout_sessions"].parameters

    assert TESTED | {"cursor", "limit", "order"} == {parameter.name for parameter in parameters}


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize("suffix", COMPARE)
@pytest.mark.parametrize("name", TIMES)
def test_a_time_is_compared_at_before_and_after_each_stored_moment(
    zenskar: Stand, name: str, suffix: str
) -> None:
    """At the ends of a range equal moments tell `gt` from `gte`; null meets no comparison."""
    stops = values(zenskar, name)
    shared = mode(s[name] for s in seen(zenskar, name) if s[name] is not None)
    kept = {
        check(zenskar, f"{name}{suffix}", stop, stands(name, suffix, stop))
        for stop in (*stops[:2], shared, *stops[-2:])
    }

    assert max(kept) > 0
    assert min(kept) < len(seen(zenskar, name))


@pytest.mark.ruling("G3", "Z4")
@pytest.mark.parametrize(
    "text",
    [
        "2025-12-01T00:00:00",
        "2025-12-01T00:00:00Z",
        "2025-12-01T01:00:00+01:00",
        "2025-11-30T18:30:00.000-05:30",
    ],
)
def test_one_moment_is_the_same_in_every_spelling(zenskar: Stand, text: str) -> None:
    """Times are compared as moments, and one without a zone is UTC."""
    expected = {s["id"] for s in visible(zenskar) if s["created_at"] == "2025-12-01T00:00:00Z"}

    assert len(expected) > 1
    assert set(ids(zenskar, created_at=text)) == expected


@pytest.mark.ruling("Z8", "Z19", "Z21")
@pytest.mark.parametrize("suffix", ["__gt", "__gte", "__lt", "__lte"])
@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_compared_with_what_the_estimates_say_is_due(
    zenskar: Stand, suffix: str, amount: float
) -> None:
    """Exactly at the amounts stored; a session without estimates meets no comparison."""

    def keeps(session: Session) -> bool:
        estimates = session["estimates"]
        return estimates is not None and COMPARE[suffix](estimates["amount_due"], amount)

    due = [s["estimates"] and s["estimates"]["amount_due"] for s in visible(zenskar)]
    assert amount in due
    assert None in due
    check(zenskar, f"amount_due{suffix}", amount, keeps)


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize("name", [*(n for n in UUIDS if n != "organisation_id"), *TEXTS])
def test_equality_keeps_the_sessions_with_that_value(zenskar: Stand, name: str) -> None:
    """For values that one session has and values that several share."""
    for value in values(zenskar, name)[:6]:
        kept = check(zenskar, name, value, equals(name, value))
        assert 0 < kept < len(visible(zenskar))


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("currency", "usd"),
        ("currency", ""),
        ("currency", "US"),
        ("correlation_id", "ORDER-2"),
        ("correlation_id", "order-"),
        ("correlation_id", "Ordnung-1"),
        ("payment_intent_id", "null"),
        ("idempotency_key", "key-%"),
    ],
)
def test_equality_is_of_the_whole_text(zenskar: Stand, name: str, text: str) -> None:
    """Neither a part, nor another case, nor a pattern, nor the word null matches."""
    assert ids(zenskar, **{name: text}) == []


@pytest.mark.ruling("Z19")
def test_the_case_of_a_text_counts(zenskar: Stand) -> None:
    """Two correlation ids that differ by case alone keep different sessions."""
    lower, upper = ids(zenskar, correlation_id="order-2"), ids(zenskar, correlation_id="Order-2")

    assert lower
    assert upper
    assert not set(lower) & set(upper)


@pytest.mark.ruling("Z13", "Z19")
@pytest.mark.parametrize("name", [*(n for n in UUIDS if n != "organisation_id"), "currency"])
def test_a_list_keeps_the_sessions_with_any_of_its_values(zenskar: Stand, name: str) -> None:
    """One value, two, one twice, and one that no session has beside one that some have."""
    first, second = values(zenskar, name)[:2]
    missing = NOBODY if name in UUIDS else "XXX"
    kept = {}
    for wanted in ([first], [second], [first, second], [first, first], [missing, first]):
        sent = ",".join(wanted)
        kept[sent] = check(zenskar, f"{name}__in", sent, among(name, wanted))

    assert kept[f"{first},{second}"] == kept[first] + kept[second]
    assert ids(zenskar, **{f"{name}__in": missing}) == []


@pytest.mark.ruling("Z9", "Z17")
@pytest.mark.parametrize("suffix", ["", "__in"])
def test_another_organisations_id_finds_nothing(zenskar: Stand, suffix: str) -> None:
    """One's own id keeps all, another's keeps none, though that organisation has sessions."""
    parameter = f"organisation_id{suffix}"
    mine = {s["id"] for s in visible(zenskar)}

    assert set(ids(zenskar, **{parameter: MINE})) == mine
    assert ids(zenskar, **{parameter: OTHERS}) == []
    assert any(s["organisation_id"] == OTHERS for s in stored(zenskar))
    if suffix:
        assert set(ids(zenskar, **{parameter: f"{OTHERS},{MINE}"})) == mine


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize(("name", "value"), [(n, v) for n, all_ in STATES.items() for v in all_])
def test_a_state_keeps_the_sessions_in_it(zenskar: Stand, name: str, value: str) -> None:
    """Every value of both enums, each of which some session has."""
    kept = check(zenskar, name, value, equals(name, value))

    assert 0 < kept < len(visible(zenskar))


@pytest.mark.ruling("Z13", "Z19")
@pytest.mark.parametrize("name", STATES)
def test_a_list_of_states_keeps_the_sessions_in_any(zenskar: Stand, name: str) -> None:
    """Two states keep what each of them keeps; all states keep everything."""
    one, other = STATES[name][0], STATES[name][-1]
    parameter = f"{name}__in"

    check(zenskar, parameter, one, equals(name, one))
    check(zenskar, parameter, f"{one},{other}", among(name, (one, other)))
    assert len(ids(zenskar, **{parameter: ",".join(STATES[name])})) == len(visible(zenskar))


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize("name", NULLABLE)
def test_isnull_parts_the_sessions_in_two(zenskar: Stand, name: str) -> None:
    """True keeps those without a value, false the others."""
    without = check(zenskar, f"{name}__isnull", "true", equals(name, None))
    with_ = check(zenskar, f"{name}__isnull", "false", lambda s: s[name] is not None)

    assert without > 0
    assert with_ > 0
    assert without + with_ == len(visible(zenskar))


@pytest.mark.ruling("Z10", "Z21")
def test_deleted_sessions_show_only_when_asked_for(zenskar: Stand) -> None:
    """Any filter on `deleted_at` lifts the veil; without one they are not there."""
    mine = [s for s in stored(zenskar) if s["organisation_id"] == MINE]
    gone = {s["id"] for s in mine if s["deleted_at"] is not None}
    here = {s["id"] for s in mine} - gone

    assert gone
    assert set(ids(zenskar)) == here
    assert set(ids(zenskar, deleted_at__isnull="false")) == gone
    assert set(ids(zenskar, deleted_at__isnull="true")) == here
    assert set(ids(zenskar, deleted_at__gte="2000-01-01T00:00:00Z")) == gone
    assert set(ids(zenskar, id__in=",".join(gone))) == set()


@pytest.mark.ruling("Z19")
@pytest.mark.parametrize("text", ["true", "false"])
def test_guests_are_told_from_customers(zenskar: Stand, text: str) -> None:
    """`guest_checkout` compares with the boolean."""
    kept = check(zenskar, "guest_checkout", text, equals("guest_checkout", text == "true"))

    assert 0 < kept < len(visible(zenskar))


@pytest.mark.ruling("Z19")
def test_filters_are_joined_by_and(zenskar: Stand) -> None:
    """Several filters keep what each of them keeps, and each narrows the rest."""
    query = {
        "checkout_session_status__in": "open,processing",
        "guest_checkout": "false",
        "amount_due__lte": "1200",
        "created_at__gte": "2025-11-17T18:30:00",
        "contract_id__isnull": "true",
    }

    def keeps(s: Session) -> bool:
        return (
            s["checkout_session_status"] in ("open", "processing")
            and not s["guest_checkout"]
            and s["estimates"] is not None
            and s["estimates"]["amount_due"] <= 1200
            and moment(s["created_at"]) >= moment("2025-11-17T18:30:00Z")
            and s["contract_id"] is None
        )

    found = ids(zenskar, **query)

    assert set(found) == {s["id"] for s in visible(zenskar) if keeps(s)}
    for name in query:
        fewer = {other: value for other, value in query.items() if other != name}
        assert len(ids(zenskar, **fewer)) > len(found) > 0


def test_a_filter_finds_what_was_just_written(zenskar: Stand) -> None:
    """A session is found by its correlation id once it is created."""
    assert ids(zenskar, correlation_id="quite-new") == []

    session = created(zenskar, correlation_id="quite-new")

    assert ids(zenskar, correlation_id="quite-new") == [session["id"]]


@pytest.mark.ruling("G4", "Z6", "Z12")
def test_an_unknown_parameter_is_ignored(zenskar: Stand) -> None:
    """Neither `offset`, nor a suffix that a member lacks, nor another spelling filters."""
    everything = ids(zenskar)

    query = {"offset": 3, "amount_due": 1, "currency__gt": "A", "Currency": "XXX", "id__isnull": 1}
    assert ids(zenskar, **query) == everything
