"""What the Zenskar subject keeps, the sessions it starts with, and how it filters and orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from random import Random
from typing import Any

from .common import Variant, new_uuid, shuffled
from .values import BadValueError, boolean, is_uuid, moment, number, stamp

STATUSES = ("open", "processing", "completed", "closed", "cancelled")
PAYMENTS = ("not_started", "pending", "paid", "failed", "no_payment_required")
CONFIRMED = ("contract_id", "execution_id", "confirmed_at", "paid_at", "completed_at")
HIDDEN = ("organisation_id", "deleted_at", "cancelled_at", "cancellation_details")
"""What is kept with a session and never shown."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who may ask, with which key."""

    name: str
    key: str
    id: str


@dataclass(slots=True)
class State:
    """All that changes, the organisations, and the prices of the plans."""

    organisations: Mapping[str, Organisation]
    plans: Mapping[str, Decimal]
    sessions: list[Record]
    firsts: dict[tuple[str, str], tuple[str, Record]]
    """By organisation and idempotency key: the canonical body, and the session it made."""


def estimates(variant: Variant, amounts: list[tuple[Record, Decimal]]) -> Record:
    """What the lines of a contract come to."""
    due = plain(sum((amount for _, amount in amounts), Decimal(0)))
    return {
        "estimation_id": new_uuid(variant),
        "current_invoice": {
            "id": new_uuid(variant),
            "invoice_number": None,
            "status": "estimate",
            "customer": None,
            "line_items": [{**line, "amount": plain(amount)} for line, amount in amounts],
            "features": [],
            "subtotal": due,
            "total": due,
        },
        "future_invoices": [],
        "amount_due": due,
        "credit_notes": [],
    }


def plain(amount: Decimal) -> float | int:
    """The amount as a JSON number, whole where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def product_lines(contract: Record) -> list[tuple[Record, Decimal]]:
    """The first phase's pricings, each with what it comes to."""
    return [
        (pricing, Decimal(str(pricing["unit_amount"])) * Decimal(str(pricing["quantity"])))
        for pricing in contract["phases"][0]["pricings"]
    ]


def blank(variant: Variant, organisation: str, now: str) -> Record:
    """A session with nothing in it yet."""
    return {
        "id": new_uuid(variant),
        "checkout_session_status": "open",
        "payment_status": "not_started",
        "contract": None,
        "guest_checkout": False,
        "contract_id": None,
        "execution_id": None,
        "confirmed_at": None,
        "paid_at": None,
        "payment_intent_id": None,
        "estimates": None,
        "customer_id": None,
        "business_entity_id": None,
        "customer": None,
        "expires_at": None,
        "last_activity_at": now,
        "completed_at": None,
        "idempotency_key": None,
        "correlation_id": None,
        "currency": None,
        "success_url": None,
        "cancel_url": None,
        "pending_url": None,
        "attribution": None,
        "custom_data": None,
        "created_at": now,
        "updated_at": now,
        "organisation_id": organisation,
        "deleted_at": None,
        "cancelled_at": None,
        "cancellation_details": None,
    }


# --------------------------------------------------------------------------------------- at start


def _contract(currency: str, unit_amount: float, quantity: int) -> Record:
    return {
        "is_plan_based": False,
        "currency": currency,
        "start_date": "2026-02-01T00:00:00Z",
        "phases": [
            {"name": "Main", "pricings": [{"unit_amount": unit_amount, "quantity": quantity}]}
        ],
    }


def _row(variant: Variant, organisation: str, random: Random, now: datetime) -> Record:
    ids = [new_uuid(variant, Random(f"zenskar-{index}")) for index in range(3)]
    # Few distinct times, so that many rows tie.
    times = [
        datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 1, 2, 12, 34, 56, tzinfo=UTC),
    ]

    def time() -> str:
        return stamp(random.choice(times))

    row = blank(variant, organisation, time())
    currency = random.choice(("USD", "EUR", "GBP"))
    contract = _contract(
        currency, random.choice((0, 0.01, 19.99, 999999999)), random.choice((1, 3))
    )
    status = random.choice(STATUSES)
    payment = {
        "completed": random.choice(("paid", "no_payment_required")),
        "processing": "pending",
    }.get(status, random.choice(("not_started", "failed")))
    guest = random.random() < 0.3
    confirmed = status in ("completed", "processing")
    row |= {
        "id": new_uuid(variant, random),
        "checkout_session_status": status,
        "payment_status": payment,
        "contract": contract,
        "guest_checkout": guest,
        "customer_id": None if guest and not confirmed else random.choice(ids),
        "customer": {"customer_name": "Ada Guest"} if guest else None,
        "business_entity_id": random.choice((ids[0], ids[1])) if guest else None,
        "currency": random.choice((currency, currency, None)),
        "estimates": random.choice((None, estimates(variant, product_lines(contract)))),
        "correlation_id": random.choice((None, "", "corr-1", "Corr-1", "ñ-2")),
        "success_url": random.choice((None, "https://shop.example/thanks")),
        "expires_at": random.choice((None, None, stamp(now + timedelta(days=30)))),
        "last_activity_at": time(),
        "updated_at": time(),
        "deleted_at": time() if random.random() < 0.1 else None,
    }
    if confirmed:
        row |= {"contract_id": random.choice(ids), "confirmed_at": time()}
        row["execution_id"] = random.choice((None, ids[2]))
    if status == "completed":
        row["completed_at"] = row["confirmed_at"]
    if payment == "paid":
        row |= {
            "paid_at": row["confirmed_at"],
            "payment_intent_id": random.choice(("pi_1", "pi_2")),
        }
    if status == "closed":
        row["expires_at"] = time()
    return row


def fresh_state(variant: Variant, now: datetime) -> State:
    """The organisations, plans and sessions at the start."""
    random = Random("zenskar")
    organisations = {
        name: Organisation(name, key, new_uuid(variant, Random(name)))
        for name, key in (("zenskar-org", "zenskar-key"), ("zenskar-org-2", "zenskar-key-2"))
    }
    first, second = (organisation.id for organisation in organisations.values())
    owners = [first] * 62 + [second] * 8
    sessions = [_row(variant, owner, random, now) for owner in owners]
    for index, row in enumerate(sessions[:4]):
        row["idempotency_key"] = f"key-{index}"
    if Variant.OTHER_IDS not in variant:
        # The contract's examples name these; each can still be moved.
        for row, last in zip(sessions[4:], ("000", "003", "004"), strict=False):
            row |= {"id": f"123e4567-e89b-12d3-a456-426614174{last}", "deleted_at": None}
            row |= {"checkout_session_status": "open", "payment_status": "not_started"}
            row |= {"expires_at": None, **dict.fromkeys(CONFIRMED)}
    plans = {
        "00000000-0000-4000-8000-0000000f0001": Decimal("49.90"),
        "00000000-0000-4000-8000-0000000f0002": Decimal(0),
    }
    return State(organisations, plans, shuffled(variant, sessions), {})


# -------------------------------------------------------------------------------- filters, order


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise BadValueError(f"value is not one of {', '.join(allowed)}")
        return text

    return parse


def _uuid(text: str) -> str:
    if not is_uuid(text):
        raise BadValueError("value is not a valid uuid")
    return text


def _many(parse: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    def parse_all(text: str) -> list[Any]:
        return [parse(part) for part in text.split(",")]

    return parse_all


UUIDS = (
    "id",
    "organisation_id",
    "contract_id",
    "customer_id",
    "business_entity_id",
    "execution_id",
)
TIMES = (
    "confirmed_at", "paid_at", "expires_at", "last_activity_at", "created_at", "updated_at",
    "deleted_at",
)  # fmt: skip
TEXTS = ("payment_intent_id", "currency", "idempotency_key", "correlation_id")
NULLABLE = (
    "contract_id", "customer_id", "payment_intent_id", "execution_id", "confirmed_at", "paid_at",
    "expires_at", "deleted_at",
)  # fmt: skip
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: bool(value == wanted),
    "in": lambda value, wanted: value in wanted,
    "gt": lambda value, wanted: bool(value > wanted),
    "gte": lambda value, wanted: bool(value >= wanted),
    "lt": lambda value, wanted: bool(value < wanted),
    "lte": lambda value, wanted: bool(value <= wanted),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter that keeps some of the sessions."""

    member: str
    operator: str
    parse: Callable[[str], Any]

    def keeps(self, row: Record, wanted: Any) -> bool:
        """Whether the row stays."""
        value = value_of(row, self.member)
        if self.operator == "isnull":
            return (value is None) is wanted
        # Null is neither equal to anything nor before or after it.
        return value is not None and COMPARE[self.operator](value, wanted)


def _filters() -> dict[str, Filter]:
    found: dict[str, Filter] = {}
    enums = {"checkout_session_status": STATUSES, "payment_status": PAYMENTS}
    parsers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(UUIDS, _uuid),
        **{name: _one_of(*allowed) for name, allowed in enums.items()},
        "guest_checkout": boolean,
        **dict.fromkeys(TEXTS, str),
        **dict.fromkeys(TIMES, moment),
    }
    for name, parse in parsers.items():
        found[name] = Filter(name, "eq", parse)
    for name in (*UUIDS, *enums, "currency"):
        found[f"{name}__in"] = Filter(name, "in", _many(parsers[name]))
    for name in NULLABLE:
        found[f"{name}__isnull"] = Filter(name, "isnull", boolean)
    for name in (*TIMES, "amount_due"):
        for operator in ("gt", "gte", "lt", "lte"):
            parse = number if name == "amount_due" else moment
            found[f"{name}__{operator}"] = Filter(name, operator, parse)
    return found


FILTERS: Mapping[str, Filter] = _filters()
SORTABLE = (
    "id", "checkout_session_status", "payment_status", "guest_checkout", "contract_id",
    "execution_id", "confirmed_at", "paid_at", "payment_intent_id", "customer_id",
    "business_entity_id", "expires_at", "last_activity_at", "completed_at", "idempotency_key",
    "correlation_id", "currency", "success_url", "cancel_url", "pending_url", "created_at",
    "updated_at", "deleted_at",
)  # fmt: skip


def value_of(row: Record, member: str) -> Any:
    """A member as it is compared: times as moments, amounts as decimals."""
    if member == "amount_due":
        return None if row["estimates"] is None else Decimal(str(row["estimates"]["amount_due"]))
    value = row[member]
    return moment(value) if value is not None and member.endswith("_at") else value


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows: nulls last and equal ones by id, in either direction."""

    member: str
    descending: bool

    def place(self, row: Record) -> tuple[Any, str]:
        """What decides where a row stands."""
        return value_of(row, self.member), row["id"]

    def precedes(self, one: tuple[Any, str], other: tuple[Any, str]) -> bool:
        """Whether one place comes before another."""
        (value, key), (other_value, other_key) = one, other
        if value == other_value:
            return key < other_key
        if value is None or other_value is None:
            return other_value is None
        return bool(value > other_value if self.descending else value < other_value)

    def sorted(self, rows: list[Record]) -> list[Record]:
        """The rows in this order."""

        def compare(one: tuple[tuple[Any, str], Record], other: tuple[Any, Record]) -> int:
            return -1 if self.precedes(one[0], other[0]) else 1

        placed = [(self.place(row), row) for row in rows]
        return [row for _, row in sorted(placed, key=cmp_to_key(compare))]
