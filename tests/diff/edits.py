"""Deliberate edits of the four contracts: what a consumer would feel of each, and who notices.

`laws` are those of the old contract that concern the edit, held against a server of the new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.conformance.diff.change import Severity
from understudy.specs import pointer
from understudy.specs.contract import Contract
from understudy.specs.mutation import DROP, edited
from understudy.specs.pointer import Path

ADD = "+"
"""Stands in an edit for the end of a list."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`at` begins at an operation (its id), at a schema (`#Name`) or at the root (empty)."""

    contract: str
    name: str
    severity: Severity
    at: str
    below: str
    new: Any
    laws: tuple[str, ...]


def changed(contract: Contract, edit: Edit) -> Mapping[str, Any]:
    """The contract's document with the edit made."""
    path = (*_start(contract, edit.at), *pointer.split(edit.below))
    path = tuple(_index(contract.document, path, n, token) for n, token in enumerate(path))
    new = edit.new
    if path[-1] == ADD:
        path = path[:-1]
        new = [*pointer.value(contract.document, path), new]
    found: Mapping[str, Any] = edited(contract.document, {path: new})
    return found


def _start(contract: Contract, at: str) -> Path:
    if at.startswith("#"):
        return "components", "schemas", at[1:]
    return pointer.split(contract.operations[at].pointer) if at else ()


def _index(document: Mapping[str, Any], path: Path, at: int, token: str) -> str:
    """A parameter by its name, where a number is asked for."""
    if at == 0 or path[at - 1] != "parameters" or token.isdigit() or token == ADD:
        return token
    named = [node.get("name") for node in pointer.value(document, path[:at])]
    return str(named.index(token))


LISTING = "/x-understudy/listing"
MOVE = "/x-understudy/transition"
EXTRA = {"name": "verbose", "in": "query", "schema": {"type": "boolean"}}
NEEDED = {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}

N, L, A, Z = "nexudus", "limio", "akinon", "zenskar"
SESSIONS, ABANDONED, CHECKOUTS = (
    "list_basket_sessions",
    "list_abandoned_baskets",
    "list_checkout_sessions",
)
EDITS: tuple[Edit, ...] = (
    Edit(
        N,
        "page size bound lowered",
        "breaking",
        SESSIONS,
        "/parameters/size/schema/maximum",
        3,
        ("filter.keeps list_basket_sessions to_BasketSession_CreatedOn",),
    ),
    Edit(
        N,
        "default order changed",
        "breaking",
        SESSIONS,
        "/parameters/orderBy/schema/default",
        "SessionId",
        ("order.default list_basket_sessions",),
    ),
    Edit(
        N,
        "default direction changed",
        "breaking",
        SESSIONS,
        "/parameters/dir/schema/default",
        -1,
        ("order.default list_basket_sessions",),
    ),
    Edit(
        N,
        "filter dropped",
        "breaking",
        SESSIONS,
        "/parameters/BasketSession_Business/x-understudy",
        {},
        ("filter.keeps list_basket_sessions BasketSession_Business",),
    ),
    Edit(
        N,
        "filter on another field",
        "breaking",
        SESSIONS,
        "/parameters/from_BasketSession_CreatedOn/x-understudy/filter/field",
        "/UpdatedOn",
        ("filter.keeps list_basket_sessions from_BasketSession_CreatedOn",),
    ),
    Edit(
        N,
        "nulls as the largest",
        "breaking",
        SESSIONS,
        LISTING + "/order/nulls",
        "largest",
        ("order.monotone list_basket_sessions",),
    ),
    Edit(
        N,
        "total no longer reported",
        "breaking",
        SESSIONS,
        LISTING + "/report/total",
        DROP,
        ("paging.empty list_basket_sessions",),
    ),
    Edit(
        N,
        "another role asked for",
        "breaking",
        SESSIONS,
        "/security/0",
        {"oauth": ["BasketSession-Edit"]},
        ("roles.enough list_basket_sessions",),
    ),
    Edit(
        N,
        "required parameter added",
        "breaking",
        SESSIONS,
        "/parameters/+",
        NEEDED,
        ("filter.subset list_basket_sessions BasketSession_SessionId",),
    ),
    Edit(
        N,
        "optional parameter added",
        "safe",
        SESSIONS,
        "/parameters/+",
        EXTRA,
        ("order.default list_basket_sessions", "report.total list_basket_sessions"),
    ),
    Edit(
        N,
        "operation deprecated",
        "safe",
        SESSIONS,
        "/deprecated",
        True,
        ("paging.ends list_basket_sessions", "report.page list_basket_sessions"),
    ),
    Edit(
        N,
        "ordering by a member dropped",
        "breaking",
        SESSIONS,
        "/parameters/orderBy/schema/enum",
        ["Id", "SessionId"],
        ("report.order list_basket_sessions",),
    ),
    Edit(
        N,
        "new member required of a create",
        "breaking",
        "#NewBasketSession",
        "/required/+",
        "JsonContents",
        ("resource.new-keys create_basket_session",),
    ),
    Edit(
        N,
        "text of a create shortened",
        "breaking",
        "#NewBasketSession",
        "/properties/SessionId",
        {"type": "string", "maxLength": 2},
        ("records.new create_basket_session",),
    ),
    Edit(
        N,
        "ties by another field",
        "risky",
        SESSIONS,
        LISTING + "/order/ties",
        ["/UniqueId"],
        ("order.ties list_basket_sessions",),
    ),
    Edit(
        N,
        "new optional member of a create",
        "safe",
        "#NewBasketSession",
        "/properties/Note",
        {"type": "string"},
        (
            "resource.created-is-read create_basket_session",
            "records.envelope create_basket_session",
        ),
    ),
    Edit(
        L,
        "page size bound lowered",
        "breaking",
        ABANDONED,
        "/parameters/limit/schema/maximum",
        3,
        ("order.ties list_abandoned_baskets",),
    ),
    Edit(
        L,
        "filter turned round",
        "breaking",
        ABANDONED,
        "/parameters/createdAfter/x-understudy/filter/op",
        "lt",
        ("filter.complete list_abandoned_baskets createdAfter",),
    ),
    Edit(
        L,
        "filter dropped",
        "breaking",
        ABANDONED,
        "/parameters/createdAfter/x-understudy",
        {},
        ("filter.keeps list_abandoned_baskets createdAfter",),
    ),
    Edit(
        L,
        "another order",
        "breaking",
        ABANDONED,
        LISTING + "/order/fixed",
        ["-/created"],
        ("order.monotone list_abandoned_baskets",),
    ),
    Edit(
        L,
        "end of a page told by null",
        "breaking",
        ABANDONED,
        LISTING + "/paging/end",
        "null",
        ("paging.empty list_abandoned_baskets",),
    ),
    Edit(
        L,
        "required parameter added",
        "breaking",
        ABANDONED,
        "/parameters/+",
        NEEDED,
        ("paging.full-pages list_abandoned_baskets",),
    ),
    Edit(
        L,
        "another refusal of a cursor",
        "breaking",
        ABANDONED,
        LISTING + "/paging/refuse",
        "401",
        ("paging.foreign-cursor list_abandoned_baskets",),
    ),
    Edit(
        L,
        "required header of a checkout",
        "breaking",
        "initiate_checkout",
        "/parameters",
        [{**NEEDED, "in": "header"}],
        ("baskets.another initiate_checkout",),
    ),
    Edit(
        L,
        "move allowed where it was forbidden",
        "risky",
        "update_subscription_checkout",
        MOVE + "/when",
        {"/completed": [False, True]},
        ("transition.refuses update_subscription_checkout",),
    ),
    Edit(
        L,
        "optional parameter added",
        "safe",
        ABANDONED,
        "/parameters/+",
        EXTRA,
        ("order.monotone list_abandoned_baskets", "paging.ends list_abandoned_baskets"),
    ),
    Edit(
        A,
        "required parameter of the basket",
        "breaking",
        "get_basket",
        "/parameters",
        [NEEDED],
        ("stock.taken-out get_basket",),
    ),
    Edit(
        A,
        "optional parameter of the basket",
        "safe",
        "get_basket",
        "/parameters",
        [EXTRA],
        ("basket.segment get_basket", "session.cookie get_basket"),
    ),
    Edit(
        A,
        "session asked for",
        "breaking",
        "get_basket",
        "/security",
        [{"session": []}],
        ("session.guest get_basket",),
    ),
    Edit(
        A,
        "operation deprecated",
        "safe",
        "add_product",
        "/deprecated",
        True,
        ("lines.add add_product",),
    ),
    Edit(
        Z,
        "page size bound lowered",
        "breaking",
        CHECKOUTS,
        "/parameters/limit/schema/maximum",
        3,
        ("filter.keeps list_checkout_sessions expires_at__lte",),
    ),
    Edit(
        Z,
        "default order changed",
        "breaking",
        CHECKOUTS,
        "/parameters/order/schema/default",
        "created_at",
        ("order.default list_checkout_sessions",),
    ),
    Edit(
        Z,
        "filter dropped",
        "breaking",
        CHECKOUTS,
        "/parameters/payment_status/x-understudy",
        {},
        ("filter.keeps list_checkout_sessions payment_status",),
    ),
    Edit(
        Z,
        "filter of another relation",
        "breaking",
        CHECKOUTS,
        "/parameters/created_at__gt/x-understudy/filter/op",
        "lte",
        ("filter.complete list_checkout_sessions created_at__gt",),
    ),
    Edit(
        Z,
        "nulls first",
        "breaking",
        CHECKOUTS,
        LISTING + "/order/nulls",
        "first",
        ("order.monotone list_checkout_sessions",),
    ),
    Edit(
        Z,
        "cursor bound no longer",
        "risky",
        CHECKOUTS,
        LISTING + "/paging/bound",
        ["order", "scope"],
        ("paging.bound-cursor list_checkout_sessions",),
    ),
    Edit(
        Z,
        "documents of others shown",
        "risky",
        "",
        "/x-understudy/collections/checkout_sessions/scope",
        DROP,
        ("access.scope get_checkout_session",),
    ),
    Edit(
        Z,
        "deleted ones shown",
        "breaking",
        "",
        "/x-understudy/collections/checkout_sessions/soft-delete",
        DROP,
        ("create.deleted get_checkout_session",),
    ),
    Edit(
        Z,
        "timer dropped",
        "breaking",
        "",
        "/x-understudy/collections/checkout_sessions/timers",
        DROP,
        ("timers.fires create_checkout_session /expires_at",),
    ),
    Edit(
        Z,
        "timer shortened",
        "breaking",
        "",
        "/x-understudy/collections/checkout_sessions/timers/0/at",
        "/created_at",
        ("create.begins create_checkout_session",),
    ),
    Edit(
        Z,
        "move forbidden",
        "breaking",
        "confirm_checkout_session",
        MOVE + "/when",
        {"/checkout_session_status": ["processing"]},
        ("moves.no-redirect confirm_checkout_session",),
    ),
    Edit(
        Z,
        "move sets something else",
        "breaking",
        "confirm_checkout_session",
        MOVE + "/cases/0/set",
        {"/checkout_session_status": "processing", "/payment_status": "pending"},
        ("transition.moves confirm_checkout_session",),
    ),
    Edit(
        Z,
        "refused with another status",
        "breaking",
        "cancel_checkout_session",
        MOVE + "/refuse",
        "404",
        ("transition.refuses cancel_checkout_session",),
    ),
    Edit(
        Z,
        "creates repeated",
        "breaking",
        "create_checkout_session",
        "/x-understudy/resource/once",
        DROP,
        ("create.equal create_checkout_session",),
    ),
    Edit(
        Z,
        "optional parameter added",
        "safe",
        CHECKOUTS,
        "/parameters/+",
        EXTRA,
        ("order.default list_checkout_sessions",),
    ),
)
