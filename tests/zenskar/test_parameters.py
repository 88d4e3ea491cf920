"""Parameters of the list that are not what they must be."""

from typing import Any

import pytest

from ..stand import Stand
from .sales import NOBODY, PAIR, PATH

BAD: list[tuple[str, Any]] = [
    ("id", "abc"),
    ("id", ""),
    ("id__in", f"{NOBODY},abc"),
    ("id__in", f"{NOBODY},"),
    ("customer_id__in", ""),
    ("checkout_session_status", "Open"),
    ("checkout_session_status__in", "open,paid"),
    ("payment_status", "open"),
    ("payment_status__in", "paid, failed"),
    ("guest_checkout", "True"),
    ("guest_checkout", "1"),
    ("guest_checkout", ""),
    ("contract_id__isnull", "yes"),
    ("amount_due__gt", "1,5"),
    ("amount_due__gt", ".5"),
    ("amount_due__gt", "NaN"),
    ("amount_due__gte", "1e999"),
    ("amount_due__lt", ""),
    ("amount_due__lte", "+1"),
    ("created_at", "2025-12-01"),
    ("created_at__gt", "yesterday"),
    ("deleted_at__lte", "2025-02-29T00:00:00Z"),
    ("paid_at__lt", "2025-12-01T24:00:00Z"),
    ("confirmed_at__isnull", "null"),
    ("limit", "0"),
    ("limit", "101"),
    ("limit", "ten"),
    ("limit", "1.5"),
    ("limit", ""),
    ("order", "amount_due"),
    ("order", "-amount_due"),
    ("order", "contract"),
    ("order", "--id"),
    ("order", "organisation_id"),
    ("order", ""),
    ("currency", ["USD", "EUR"]),
    ("limit", ["5", "6"]),
    ("id__in", [NOBODY, NOBODY]),
]


@pytest.mark.ruling("G4", "Z5", "Z12", "Z13", "Z17", "Z19")
@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_by_name(zenskar: Stand, name: str, value: Any) -> None:
    """422 with a list whose only entry points at the parameter."""
    response = zenskar.get(PATH, headers=PAIR, params={name: value})

    assert response.status_code == 422
    (entry,) = response.json()["detail"]
    assert entry["loc"][:2] == ["query", name]
    assert entry["msg"]
    assert entry["type"]


@pytest.mark.ruling("Z17")
def test_everything_that_is_wrong_is_listed(zenskar: Stand) -> None:
    """Three bad parameters give three entries."""
    response = zenskar.get(PATH, headers=PAIR, params={"id": "x", "limit": 0, "guest_checkout": 2})

    assert response.status_code == 422
    assert sorted(entry["loc"] for entry in response.json()["detail"]) == [
        ["query", "guest_checkout"],
        ["query", "id"],
        ["query", "limit"],
    ]
