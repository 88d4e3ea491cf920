"""What the Nexudus subject keeps, the rows it starts with, and how it filters and sorts them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from .common import Variant, new_uuid, shuffled
from .values import BadValueError, integer, is_integer, moment

LONG = (-(2**63), 2**63 - 1)
ROLES = {name: f"BasketSession-{name}" for name in ("List", "Read", "Create", "Edit", "Delete")}
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may authenticate; an administrator needs no roles."""

    email: str
    password: str
    roles: tuple[str, ...] = ()
    administrator: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One basket session as it is kept."""

    id: int
    unique_id: str
    business: int
    session: str
    contents: str | None
    created: datetime
    updated: datetime
    by: str
    system: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose a token is, for which client, and until when it is good."""

    email: str
    client: str
    until: datetime | None

    def good(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return self.until is None or now < self.until


@dataclass(slots=True)
class State:
    """All that changes."""

    users: dict[str, User]
    sessions: list[Session]
    next_id: int
    access: dict[str, Grant]
    refresh: dict[str, Grant]


def _users() -> dict[str, User]:
    users = (
        User("admin@example.com", "admin-password", administrator=True),
        User("list-only@example.com", "list-only-password", (ROLES["List"],)),
        User("no-roles@example.com", "no-roles-password"),
    )
    return {user.email: user for user in users}


def _rows(variant: Variant, now: datetime) -> list[Session]:
    random = Random("nexudus")
    first = 5_000_000_003 if Variant.OTHER_IDS in variant else 87654321
    contents = (
        None, "", "{}", '{"Items":[{"ProductId":101,"Quantity":2}]}', '{"Items":[]}',
        '{"note":"Çay & 🎸"}', '{"productid":101}',
    )  # fmt: skip
    # Both ends of the ranges in the vendor's example, and a second beyond them.
    moments = [
        datetime(2025, *rest, tzinfo=UTC)
        for rest in (
            (1, 1, 0, 0, 0), (1, 10, 8, 0, 0), (1, 15, 10, 30, 0), (1, 15, 10, 30, 1),
            (6, 30, 12, 0, 59), (12, 31, 23, 59, 0), (12, 31, 23, 59, 1),
        )
    ]  # fmt: skip
    rows = [
        Session(
            first + 3 * index,
            new_uuid(variant, random),
            random.choice((0, 1, 1415, 1416, 2**31, -(2**63), 2**63 - 1)),
            random.choice(("", "cart-1001", "CART-1001", "cart-1002", "example-value", "ñandú")),
            random.choice(contents),
            random.choice(moments[:4]),
            random.choice(moments[3:]),
            random.choice(("admin@example.com", "Admin@example.com", "list-only@example.com")),
            random.choice((None, None, "", "crm-77", "crm-8")),
        )
        for index in range(62)
    ]
    # Some that are still new, and some that have just ceased to be.
    for index, hours in enumerate((0, 1, 23, 24, 25)):
        made = now - timedelta(hours=hours)
        rows[7 * index] = replace(rows[7 * index], created=made, updated=made)
    return shuffled(variant, rows)


def fresh_state(variant: Variant, now: datetime) -> State:
    """The users, tokens and rows at the start."""
    rows = _rows(variant, now)
    admin, lister, nobody = (Grant(email, "fixtures", None) for email in _users())
    return State(
        _users(),
        rows,
        max((row.id for row in rows), default=400) + 1,
        {
            "nexudus-admin": admin,
            "nexudus-list-only": lister,
            "nexudus-no-roles": nobody,
            "nexudus-expired": replace(admin, until=datetime(2025, 1, 1, tzinfo=UTC)),
        },
        {"nexudus-refresh": admin},
    )


def _minute(text: str) -> datetime:
    if not _MINUTE.fullmatch(text):
        raise BadValueError(text)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadValueError(text) from error


def _field(text: str) -> str:
    if text not in FIELDS:
        raise BadValueError(text)
    return text


def _direction(text: str) -> int:
    if (value := integer(text, -1, 1)) == 0:
        raise BadValueError(text)
    return value


FIELDS = (
    "Id", "UniqueId", "BusinessId", "SessionId", "JsonContents", "CreatedOn", "UpdatedOn",
    "UpdatedBy", "IsNew", "SystemId", "ToStringText", "LocalizationDetails", "CustomFields",
)  # fmt: skip

PARAMETERS: Mapping[str, Callable[[str], Any]] = {
    "page": partial(integer, low=1, high=LONG[1]),
    "size": partial(integer, low=1, high=1000),
    "orderBy": _field,
    "dir": _direction,
    "BasketSession_Business": partial(integer, low=LONG[0], high=LONG[1]),
    "BasketSession_SessionId": str,
    "BasketSession_JsonContents": str,
    "from_BasketSession_CreatedOn": _minute,
    "to_BasketSession_CreatedOn": _minute,
    "from_BasketSession_UpdatedOn": _minute,
    "to_BasketSession_UpdatedOn": _minute,
}

FILTERS: Mapping[str, Callable[[Session, Any], bool]] = {
    "BasketSession_Business": lambda row, value: row.business == value,
    "BasketSession_SessionId": lambda row, value: row.session == value,
    "BasketSession_JsonContents": lambda row, value: (
        row.contents is not None and value in row.contents
    ),
    "from_BasketSession_CreatedOn": lambda row, value: row.created >= value,
    "to_BasketSession_CreatedOn": lambda row, value: row.created <= value,
    "from_BasketSession_UpdatedOn": lambda row, value: row.updated >= value,
    "to_BasketSession_UpdatedOn": lambda row, value: row.updated <= value,
}

MEMBERS: Mapping[str, Callable[[Any], bool]] = {
    "Id": lambda value: is_integer(value, *LONG),
    "BusinessId": lambda value: is_integer(value, *LONG),
    "SessionId": lambda value: isinstance(value, str),
    "JsonContents": lambda value: isinstance(value, str),
    "SystemId": lambda value: isinstance(value, str),
}


def matches(row: Session, query: Mapping[str, Any]) -> bool:
    """Whether a row passes all filters."""
    return all(keeps(row, query[name]) for name, keeps in FILTERS.items() if name in query)


def sort_value(record: Mapping[str, Any], name: str) -> Any:
    """What a record is sorted by."""
    value = record[name]
    return moment(value) if name.endswith("edOn") else value
