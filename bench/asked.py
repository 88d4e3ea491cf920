"""The requests that are measured, and the answers that all servers give to them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from understudy.specs.contract import load as load_contract
from understudy.specs.contract import resolve

from .load import Request

ADMIN = {"Authorization": "Bearer nexudus-admin"}
SESSIONS = "/api/billing/basketsessions"
_PAGE = {"page": 1, "size": 25, "orderBy": "Id", "dir": 1}
_SESSION = {"BusinessId": 7, "SessionId": "bench", "JsonContents": '{"Items": []}'}
_FILTERS = {
    "checkout_session_status__in": "open,completed",
    "payment_status__in": "not_started,paid,no_payment_required",
    "currency__in": "USD,EUR,GBP",
    "amount_due__gte": 1,
    "created_at__gte": "2020-01-01T00:00:00Z",
    "order": "-created_at",
}

LIST = Request("list", "nexudus", "GET", f"{SESSIONS}?{urlencode(_PAGE)}", ADMIN)
CREATE = Request("create", "nexudus", "POST", SESSIONS, ADMIN, json.dumps(_SESSION))
ADD = Request(
    "add", "akinon", "POST", "/baskets/basket/", {}, json.dumps({"product": 2021, "quantity": 1})
)
FILTERED = Request(
    "five filters",
    "zenskar",
    "GET",
    f"/checkout?{urlencode(_FILTERS, safe=',:')}",
    {"x-api-key": "zenskar-key", "organisation": "zenskar-org"},
)
APART = replace(CREATE, name="create apart", sandboxes=16)
"""As clients have it each of which has a sandbox of its own."""
REQUESTS = (LIST, CREATE, ADD, FILTERED)
SHARED = (*REQUESTS, APART)
"""What many workers are asked."""
Answers = Mapping[str, Any]
"""The body that each request is answered with, by the request's name."""
CROWDS = (64, 256)
"""Clients: with 16, four workers have four each to do something for."""
WHAT: Mapping[str, str] = {
    "list": "Nexudus, a page of 25 sessions",
    "create": "Nexudus, a session created",
    "create apart": "Nexudus, sessions created in 16 sandboxes",
    "add": "Akinon, a product added by a new guest",
    "five filters": "Zenskar, a page of 20 with five filters",
}


def by_crowds(request: Request) -> Sequence[Request]:
    """The same of few clients, and of as many as it takes to have all workers busy."""
    names = {clients: f"{request.name}, {clients} clients" for clients in CROWDS}
    return [request, *(replace(request, name=n, clients=clients) for clients, n in names.items())]


def exemplified(contract: str, answers: Answers) -> dict[str, Any]:
    """The document of a contract whose examples are what the stand-in answers.

    So that what a mock server shows is as long as what the stand-in finds.
    """
    document: dict[str, Any] = json.loads(json.dumps(load_contract(contract).document))
    for request in REQUESTS:
        if request.contract == contract:
            path = request.path.partition("?")[0]
            responses = document["paths"][path][request.method.lower()]["responses"]
            response = json.loads(json.dumps(resolve(document, responses["200"])))
            media = response["content"]["application/json"]
            media.pop("examples", None)
            media["example"] = answers[request.name]
            responses["200"] = response
    return document
