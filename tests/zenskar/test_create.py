"""Creating a session: what it needs, what it costs, and that it is made once."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.specs.contract import load, members_of

from ..stand import Stand
from .sales import (
    CUSTOMER,
    GUEST,
    LINK,
    MINE,
    NOBODY,
    NOON,
    OTHER_PAIR,
    PAIR,
    PATH,
    PLAN,
    PRODUCTS,
    TEAM,
    Session,
    answered,
    created,
    ids,
    page,
    read,
    stored,
)


def on(*pricings: tuple[float, float]) -> Session:
    """A contract on products."""
    rows = [{"unit_amount": amount, "quantity": quantity} for amount, quantity in pricings]
    return {**PRODUCTS, "phases": [{"pricings": rows}]}


@pytest.mark.ruling("Z22")
def test_a_new_session_is_open_and_not_paid(zenskar: Stand) -> None:
    """With all members of the answer, the server's own set and the rest null."""
    session = created(zenskar)

    contract = load("zenskar")
    schema = contract.document["components"]["schemas"]["CheckoutSession"]
    assert set(session) == {name for name, _ in members_of(contract.document, schema)}
    said = {name: value for name, value in session.items() if value is not None}
    assert said.pop("id")
    assert said.pop("estimates")
    assert said == {
        **CUSTOMER,
        "checkout_session_status": "open",
        "payment_status": "not_started",
        "guest_checkout": False,
        "currency": "USD",
        "created_at": NOON,
        "updated_at": NOON,
        "last_activity_at": NOON,
    }


@pytest.mark.ruling("G2", "G3", "Z22")
def test_what_was_sent_is_what_is_read(zenskar: Stand) -> None:
    """Every member that can be sent comes back, by id and in the list."""
    sent = {
        **GUEST,
        "expires_at": "2026-01-16T00:00:00Z",
        "idempotency_key": "once",
        "correlation_id": "basket-7",
        "currency": "EUR",
        "success_url": "http://localhost:5173/thanks?a=b#c",
        "cancel_url": f"{LINK}basket",
        "pending_url": f"{LINK}wait",
        "attribution": {"utm_source": "mail", "utm_term": None, "other": [1, {"a": None}]},
        "custom_data": {"table": 7, "names": ["Ä", "😀"]},
    }
    session = created(zenskar, sent)

    assert {name: session[name] for name in sent} == sent
    assert read(zenskar, session["id"]) == session
    assert page(zenskar, limit=1)["results"] == [session]


@pytest.mark.ruling("Z21")
def test_nothing_hidden_is_shown(zenskar: Stand) -> None:
    """What is kept of the organisation and of deletion is in no answer."""
    session = created(zenskar)
    (kept,) = (s for s in stored(zenskar) if s["id"] == session["id"])

    assert kept["organisation_id"] == MINE
    assert set(kept) - set(session) == {"organisation_id", "deleted_at", "cancelled_at"}


@pytest.mark.ruling("Z22")
def test_what_the_server_says_cannot_be_sent(zenskar: Stand) -> None:
    """Members of the answer, hidden ones and unknown ones are ignored in a body."""
    session = created(
        zenskar,
        id=NOBODY,
        checkout_session_status="completed",
        payment_status="paid",
        contract_id=NOBODY,
        estimates=None,
        created_at="2000-01-01T00:00:00Z",
        deleted_at="2000-01-01T00:00:00Z",
        cancelled_at="2000-01-01T00:00:00Z",
        unheard_of=1,
    )

    assert session["id"] != NOBODY
    assert session["checkout_session_status"] == "open"
    assert session["payment_status"] == "not_started"
    assert session["contract_id"] is None
    assert session["estimates"] is not None
    assert session["created_at"] == NOON
    (kept,) = (s for s in stored(zenskar) if s["id"] == session["id"])
    assert kept["deleted_at"] is None
    assert kept["cancelled_at"] is None


@pytest.mark.ruling("Z22")
def test_a_guest_has_no_customer_id(zenskar: Stand) -> None:
    """Also when one is sent: the customer is made when the session is confirmed."""
    session = created(zenskar, GUEST, customer_id=NOBODY)

    assert session["guest_checkout"] is True
    assert session["customer_id"] is None
    assert session["customer"] == GUEST["customer"]


def without(body: Session, *names: str) -> Session:
    return {name: value for name, value in body.items() if name not in names}


def contract(**members: Any) -> Session:
    return {**CUSTOMER, "contract": {**PRODUCTS, **members}}


def contract_without(name: str) -> Session:
    return {**CUSTOMER, "contract": without(PRODUCTS, name)}


def pricing(**members: Any) -> Session:
    row = {"unit_amount": 1, "quantity": 1, **members}
    return contract(phases=[{"pricings": [row]}])


FIRST: list[str | int] = ["body", "contract", "phases", 0]
INVALID: list[tuple[str, Session, list[str | int]]] = [
    ("no contract", without(CUSTOMER, "contract"), ["body", "contract"]),
    ("no customer_id", without(CUSTOMER, "customer_id"), ["body", "customer_id"]),
    ("customer_id null", {**CUSTOMER, "customer_id": None}, ["body", "customer_id"]),
    ("customer_id no uuid", {**CUSTOMER, "customer_id": "me"}, ["body", "customer_id"]),
    ("not a guest", {**GUEST, "guest_checkout": False}, ["body", "customer_id"]),
    ("guest not said", without(GUEST, "guest_checkout"), ["body", "customer_id"]),
    ("guest without customer", without(GUEST, "customer"), ["body", "customer"]),
    ("guest without entity", without(GUEST, "business_entity_id"), ["body", "business_entity_id"]),
    ("guest no boolean", {**CUSTOMER, "guest_checkout": "no"}, ["body", "guest_checkout"]),
    ("entity no uuid", {**GUEST, "business_entity_id": 7}, ["body", "business_entity_id"]),
    ("customer no object", {**GUEST, "customer": "Ada"}, ["body", "customer"]),
    ("kind not said", contract_without("is_plan_based"), ["body", "contract", "is_plan_based"]),
    ("no phases", contract_without("phases"), ["body", "contract", "phases"]),
    ("phases empty", contract(phases=[]), ["body", "contract", "phases"]),
    ("pricings missing", contract(phases=[{}]), [*FIRST, "pricings"]),
    ("pricings empty", contract(phases=[{"pricings": []}]), [*FIRST, "pricings"]),
    ("amount text", pricing(unit_amount="1"), [*FIRST, "pricings", 0, "unit_amount"]),
    ("amount negative", pricing(unit_amount=-0.01), [*FIRST, "pricings", 0, "unit_amount"]),
    ("amount huge", pricing(unit_amount=1e300), [*FIRST, "pricings", 0, "unit_amount"]),
    ("quantity negative", pricing(quantity=-1), [*FIRST, "pricings", 0, "quantity"]),
    (
        "no plan",
        {**CUSTOMER, "contract": without(PLAN, "plan_id")},
        ["body", "contract", "plan_id"],
    ),
    (
        "no start",
        {**CUSTOMER, "contract": without(PLAN, "start_date")},
        ["body", "contract", "start_date"],
    ),
    ("start no time", contract(start_date="soon"), ["body", "contract", "start_date"]),
    ("no such currency", contract(currency="usd"), ["body", "contract", "currency"]),
    ("another currency", {**CUSTOMER, "currency": "EUR"}, ["body", "currency"]),
    ("expiry no time", {**CUSTOMER, "expires_at": "soon"}, ["body", "expires_at"]),
    (
        "expiry without zone",
        {**CUSTOMER, "expires_at": "2026-02-01T00:00:00"},
        ["body", "expires_at"],
    ),
    ("leap second", {**CUSTOMER, "expires_at": "2016-12-31T23:59:60Z"}, ["body", "expires_at"]),
    ("key empty", {**CUSTOMER, "idempotency_key": ""}, ["body", "idempotency_key"]),
    ("key no text", {**CUSTOMER, "idempotency_key": 7}, ["body", "idempotency_key"]),
    ("url no url", {**CUSTOMER, "success_url": "/thanks"}, ["body", "success_url"]),
    ("url with break", {**CUSTOMER, "success_url": f"{LINK}\r\nx: y"}, ["body", "success_url"]),
    ("url too long", {**CUSTOMER, "cancel_url": LINK + "x" * 2083}, ["body", "cancel_url"]),
    ("url empty", {**CUSTOMER, "pending_url": ""}, ["body", "pending_url"]),
    ("attribution", {**CUSTOMER, "attribution": "mail"}, ["body", "attribution"]),
    ("custom_data", {**CUSTOMER, "custom_data": [1]}, ["body", "custom_data"]),
]


@pytest.mark.ruling("Z17", "Z22")
@pytest.mark.parametrize(
    ("body", "where"), [each[1:] for each in INVALID], ids=[each[0] for each in INVALID]
)
def test_what_is_wrong_is_named_and_nothing_is_made(
    zenskar: Stand, body: Session, where: list[str | int]
) -> None:
    """422 with one entry whose `loc` leads to the member."""
    before = zenskar.dump()

    response = zenskar.post(PATH, headers=PAIR, json=body)

    assert response.status_code == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == [where]
    assert zenskar.dump() == before


@pytest.mark.ruling("Z22")
def test_an_unknown_plan_is_not_found(zenskar: Stand) -> None:
    """404, and nothing is made."""
    before = zenskar.dump()
    body = {**CUSTOMER, "contract": {**PLAN, "plan_id": NOBODY}}

    response = zenskar.post(PATH, headers=PAIR, json=body)

    assert response.status_code == 404
    assert response.json() == {"detail": "There is no such plan."}
    assert zenskar.dump() == before


@pytest.mark.ruling("Z22")
def test_a_plan_costs_its_price(zenskar: Stand) -> None:
    """The fixture's, whatever the currency."""
    session = created(zenskar, GUEST)
    (plan,) = (p for p in zenskar.documents("plans") if p["id"] == TEAM)

    assert session["estimates"]["amount_due"] == plan["amount"] == 99.5
    assert session["estimates"]["current_invoice"]["total"] == 99.5


@pytest.mark.ruling("Z22")
@pytest.mark.parametrize(
    ("pricings", "due"),
    [
        ([(19.99, 3)], 59.97),
        ([(19.99, 3), (40.03, 1)], 100),
        ([(0.1, 3)], 0.3),
        ([(0.1, 1), (0.2, 1)], 0.3),
        ([(1.005, 1000)], 1005),
        ([(0, 5), (5, 0)], 0),
        ([(2.5, 0.5)], 1.25),
        ([(999999999, 999999999)], 999999998000000001),
    ],
)
def test_products_cost_the_sum_of_amount_times_quantity(
    zenskar: Stand, pricings: list[tuple[float, float]], due: float
) -> None:
    """To the last digit, and with nothing of binary fractions."""
    estimates = created(zenskar, CUSTOMER, contract=on(*pricings))["estimates"]

    assert estimates["amount_due"] == due
    assert estimates["current_invoice"]["subtotal"] == due
    assert len(estimates["current_invoice"]["line_items"]) == len(pricings)


CENTS = st.integers(0, 10_000_000).map(lambda cents: cents / 100)


@pytest.mark.ruling("Z22")
@settings(
    max_examples=25,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pricings=st.lists(st.tuples(CENTS, st.integers(0, 1000)), min_size=1, max_size=5))
def test_any_products_cost_exactly_their_sum(
    zenskar: Stand, pricings: list[tuple[float, int]]
) -> None:
    """The number written is the decimal sum, for any amounts in cents."""
    due = created(zenskar, CUSTOMER, contract=on(*pricings))["estimates"]["amount_due"]

    exact = sum(Decimal(str(amount)) * quantity for amount, quantity in pricings)
    assert Decimal(str(due)) == exact


@pytest.mark.ruling("Z22")
def test_later_phases_cost_nothing_yet(zenskar: Stand) -> None:
    """Only the first phase counts."""
    phases = [*on((10, 2))["phases"], *on((1000, 1))["phases"]]
    session = created(zenskar, CUSTOMER, contract={**PRODUCTS, "phases": phases})

    assert session["estimates"]["amount_due"] == 20


@pytest.mark.ruling("Z22")
def test_the_same_key_and_body_make_one_session(zenskar: Stand) -> None:
    """The first is answered again, as it is now; equal as JSON, in any order of members."""
    first = created(zenskar, idempotency_key="once")
    before = ids(zenskar)
    zenskar.advance(minutes=5)
    turned = dict(reversed({**CUSTOMER, "idempotency_key": "once"}.items()))

    assert created(zenskar, turned) == first
    assert ids(zenskar) == before

    cancel = zenskar.post(f"{PATH}/{first['id']}/cancel", headers=PAIR)
    assert cancel.status_code == 200
    assert created(zenskar, turned)["checkout_session_status"] == "cancelled"


@pytest.mark.ruling("Z22")
@pytest.mark.parametrize(
    "other", [{"correlation_id": "x"}, {"correlation_id": None}, {"customer_id": NOBODY}]
)
def test_the_same_key_with_another_body_is_refused(zenskar: Stand, other: Session) -> None:
    """400, and nothing changes."""
    created(zenskar, idempotency_key="once")
    before = zenskar.dump()

    body = {**CUSTOMER, "idempotency_key": "once", **other}
    response = zenskar.post(PATH, headers=PAIR, json=body)

    assert response.status_code == 400
    assert isinstance(response.json()["detail"], str)
    assert "/resource/once;" in response.headers["Understudy-Reason"]
    assert zenskar.dump() == before


@pytest.mark.ruling("Z17", "Z22")
def test_another_key_organisation_or_none_makes_another_session(zenskar: Stand) -> None:
    """A key belongs to its organisation, and null is no key."""
    body = {**CUSTOMER, "idempotency_key": "once"}
    made = [
        created(zenskar, body),
        answered(zenskar.post(PATH, headers=OTHER_PAIR, json=body)),
        created(zenskar, idempotency_key="twice"),
        created(zenskar, idempotency_key=None),
        created(zenskar, idempotency_key=None),
        created(zenskar),
        created(zenskar),
    ]

    assert len({session["id"] for session in made}) == len(made)


@pytest.mark.ruling("Z22", "Z27")
@pytest.mark.parametrize(
    ("expires_at", "status"),
    [
        ("2020-01-01T00:00:00Z", "closed"),
        ("2026-01-15T12:00:00Z", "closed"),
        ("2026-01-15T13:00:00+01:00", "closed"),
        ("2026-01-15T12:00:01Z", "open"),
        ("2026-01-15T11:59:00-00:30", "open"),
        (None, "open"),
    ],
)
def test_a_session_made_past_its_end_is_closed_at_once(
    zenskar: Stand, expires_at: str | None, status: str
) -> None:
    """The answer says so, and so does every later one."""
    session = created(zenskar, expires_at=expires_at)

    assert session["checkout_session_status"] == status
    assert session["expires_at"] == expires_at
    assert read(zenskar, session["id"]) == session


@pytest.mark.ruling("Z24")
def test_the_history_of_updates_cannot_be_sent(zenskar: Stand) -> None:
    """A new session has none, whatever its `custom_data` says."""
    entry = {
        "timestamp": NOON,
        "updated_fields": [],
        "metadata": {"reason": None, "note": None, "timestamp": NOON},
    }
    session = created(zenskar, custom_data={"a": 1, "update_history": [entry]})

    assert session["custom_data"] == {"a": 1}
