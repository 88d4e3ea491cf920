"""Zenskar's estimates: what a contract will cost (ruling Z22)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..refusal import Refusal
from ..state import Document, State

_PLAN = "/components/schemas/PlanContract/properties/plan_id"


def estimates(contract: Mapping[str, Any], state: State) -> dict[str, Any]:
    """The estimates of a contract; Refusal(404) when it is on a plan that nobody sells."""
    lines = _plan_line(contract, state) if contract["is_plan_based"] else _product_lines(contract)
    due = _number(sum((Decimal(str(line["amount"])) for line in lines), Decimal()))
    return {
        "estimation_id": state.uuid(),
        "current_invoice": {
            "id": state.uuid(),
            "invoice_number": None,
            "status": "estimate",
            "customer": None,
            "line_items": lines,
            "features": [],
            "subtotal": due,
            "total": due,
        },
        "future_invoices": [],
        "amount_due": due,
        "credit_notes": [],
    }


def _plan_line(contract: Mapping[str, Any], state: State) -> list[dict[str, Any]]:
    plan: Document | None = state.get("plans", contract["plan_id"])
    if plan is None:
        raise Refusal(404, "There is no such plan.", at=_PLAN)
    return [{"name": plan["name"], "amount": plan["amount"]}]


def _product_lines(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line for each pricing of the first phase."""
    return [
        {
            "name": pricing.get("name"),
            "unit_amount": pricing["unit_amount"],
            "quantity": pricing["quantity"],
            "amount": _number(
                Decimal(str(pricing["unit_amount"])) * Decimal(str(pricing["quantity"]))
            ),
        }
        for pricing in contract["phases"][0]["pricings"]
    ]


def _number(amount: Decimal) -> int | float:
    """The JSON number that reads as `amount`."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
