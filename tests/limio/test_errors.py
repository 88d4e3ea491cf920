"""What any request may meet: unknown paths, methods, media types, sizes; and what is said first."""

from typing import Any

import pytest

from ..stand import Stand
from .shop import (
    ABANDONED,
    CHECKOUT,
    COMPLETED,
    HUMAN,
    INITIATE,
    LOCKED,
    SUBSCRIPTION,
    TOKEN,
    action,
    changed,
    landing,
    order,
    refused,
    settled,
    update_of,
)

LIMIT = 1024 * 1024
WRITES = [("POST", INITIATE), ("POST", SUBSCRIPTION), ("PUT", SUBSCRIPTION), ("POST", TOKEN)]


@pytest.mark.ruling("G5", "L13")
@pytest.mark.parametrize(
    "path",
    ["/", "/api", "/checkout/abandoned", f"{ABANDONED}/", f"{SUBSCRIPTION}/x", "/api/checkout"],
)
@pytest.mark.parametrize("headers", [{}, HUMAN], ids=["anonymous", "authenticated"])
def test_an_unknown_path_is_not_found(limio: Stand, path: str, headers: dict[str, str]) -> None:
    """Before anybody is asked who they are."""
    refused(limio.get(path, headers=headers), 404)


@pytest.mark.ruling("G5", "L12", "L13")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", ABANDONED, {"GET", "HEAD"}),
        ("GET", INITIATE, {"POST"}),
        ("PUT", INITIATE, {"POST"}),
        ("DELETE", SUBSCRIPTION, {"GET", "HEAD", "POST", "PUT"}),
        ("PATCH", SUBSCRIPTION, {"GET", "HEAD", "POST", "PUT"}),
        ("GET", TOKEN, {"POST"}),
    ],
)
def test_another_method_is_not_allowed(
    limio: Stand, method: str, path: str, allowed: set[str]
) -> None:
    """`Allow` names the methods of the path."""
    response = limio.request(method, path)

    refused(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.ruling("G5", "L13")
@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data"])
def test_another_media_type_is_not_read(limio: Stand, method: str, path: str, media: str) -> None:
    """415, and nothing changes."""
    before = settled(limio)
    headers = {**HUMAN, "Content-Type": media}

    refused(limio.request(method, path, headers=headers, data=b"{}"), 415)
    assert limio.dump() == before


@pytest.mark.ruling("G5", "L12")
@pytest.mark.parametrize(
    ("path", "media"),
    [(INITIATE, "application/x-www-form-urlencoded"), (TOKEN, "application/json")],
)
def test_forms_are_for_tokens_and_json_for_the_rest(limio: Stand, path: str, media: str) -> None:
    """Either is 415 at the other."""
    refused(limio.post(path, headers={**HUMAN, "Content-Type": media}, data=b"{}"), 415)


@pytest.mark.ruling("G5", "L13")
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_over_the_limit_is_too_large(limio: Stand, method: str, path: str) -> None:
    """One byte over a MiB; nothing changes."""
    before = settled(limio)

    refused(limio.request(method, path, headers=HUMAN, data=b" " * (LIMIT + 1)), 413)
    assert limio.dump() == before


@pytest.mark.ruling("G5", "L7", "L14")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", INITIATE, 502), ("POST", SUBSCRIPTION, 400), ("PUT", SUBSCRIPTION, 400)],
)
@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"nonsense", b"\xff", b'{"a": 1e999}', b'{"a":' * 201 + b"1" + b"}" * 201],
    ids=["empty", "unfinished", "words", "no UTF-8", "infinite", "deep"],
)
def test_a_body_that_is_no_json_is_a_bad_request(
    limio: Stand, method: str, path: str, status: int, raw: bytes
) -> None:
    """Each operation's own status for bad requests; nothing changes."""
    before = settled(limio)
    headers = {**HUMAN, "Content-Type": "application/json"}

    message = refused(
        limio.request(method, path, headers=headers, data=raw, cookies=landing(CHECKOUT)), status
    )
    assert message.startswith("The body is ")
    assert limio.dump() == before


@pytest.mark.ruling("L10", "L14")
def test_a_bad_request_is_said_before_what_it_names(limio: Stand) -> None:
    """400 before 404 and 423, and before 404 of the cookie."""
    unknown, locked = update_of(id="sub-0"), update_of(id=LOCKED)
    for body in (unknown, locked):
        refused(limio.post(SUBSCRIPTION, headers=HUMAN, json={**body, "tracking": 1}), 400)
    lost = landing("basket-0")
    offers = [action("add", "offer", "a"), action("add", "offer", "b")]

    refused(changed(limio, action("add", "offer", ""), cookies=lost), 400)
    refused(changed(limio, *offers, cookies=lost), 400)
    refused(changed(limio, cookies=lost), 404)


@pytest.mark.ruling("L10", "L14")
def test_that_nothing_is_there_is_said_before_the_lock(limio: Stand) -> None:
    """A locked subscription under another's name is not found."""
    body = update_of(id=LOCKED, name="A-S00001001")

    refused(limio.post(SUBSCRIPTION, headers=HUMAN, json=body), 404)
    refused(limio.post(SUBSCRIPTION, headers=HUMAN, json=update_of(id=LOCKED)), 423)


@pytest.mark.ruling("L13")
@pytest.mark.parametrize(
    ("method", "path", "options", "reason"),
    [
        ("GET", f"{ABANDONED}?limit=0", {}, "get/parameters/0"),
        ("GET", f"{ABANDONED}?queryMore=x", {}, "listing/paging/refuse"),
        ("GET", ABANDONED, {"headers": {}}, "/components/responses/Unauthorized"),
        ("GET", SUBSCRIPTION, {}, "/components/responses/NoBasket"),
        ("POST", INITIATE, {"json": order("")}, "/components/schemas/Text"),
        ("POST", SUBSCRIPTION, {"json": update_of(id="sub-0")}, "post/responses/404"),
        ("POST", SUBSCRIPTION, {"json": update_of(id=LOCKED)}, "post/responses/423"),
        (
            "PUT",
            SUBSCRIPTION,
            {"json": {"order": {"orderItems": []}}, "cookies": landing(COMPLETED)},
            "put/x-understudy/transition/when",
        ),
        ("POST", TOKEN, {"data": {"grant_type": "x"}}, "/components/schemas/TokenRequest"),
    ],
)
def test_a_refusal_points_into_the_contract(
    limio: Stand, method: str, path: str, options: dict[str, Any], reason: str
) -> None:
    """`Understudy-Reason` names the place that refused, and its line in the file."""
    response = limio.request(method, path, **{"headers": HUMAN, **options})

    pointer, _, place = response.headers["Understudy-Reason"].partition("; ")
    assert reason in pointer
    assert place == limio.contract.place(pointer)
