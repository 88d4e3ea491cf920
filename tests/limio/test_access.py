"""Who may call: bearer tokens, and the endpoint that gives them."""

from typing import Any

import pytest
from requests import Response

from ..stand import Stand
from .shop import (
    ABANDONED,
    CHECKOUT,
    CLIENT,
    FREE,
    HUMAN,
    INITIATE,
    SUBSCRIPTION,
    TOKEN,
    landing,
    order,
    refused,
    settled,
    update_of,
)

FORM = {
    "grant_type": "client_credentials",
    "client_id": "limio-client",
    "client_secret": "limio-secret",
}
SECURED: list[tuple[str, str, Any]] = [
    ("GET", ABANDONED, None),
    ("POST", INITIATE, order("order-1")),
    ("GET", SUBSCRIPTION, None),
    ("POST", SUBSCRIPTION, update_of(id=FREE)),
    ("PUT", SUBSCRIPTION, {"order": {"orderItems": []}}),
]
SCHEMES: list[dict[str, str]] = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer limio-expired"},
    {"Authorization": "Bearer Limio-Token"},
    {"Authorization": "Basic bGltaW8tY2xpZW50OmxpbWlvLXNlY3JldA=="},
    {"Authorization": "limio-token"},
]


def granted(stand: Stand, **form: str) -> Response:
    """The token endpoint's answer to the good form, changed."""
    return stand.post(TOKEN, data={**FORM, **form})


@pytest.mark.ruling("L9", "L13", "L14")
@pytest.mark.parametrize("headers", SCHEMES, ids=lambda h: h.get("Authorization", "none"))
@pytest.mark.parametrize(("method", "path", "body"), SECURED, ids=lambda part: str(part)[:30])
def test_without_a_good_token_nothing_is_done(
    limio: Stand, method: str, path: str, body: Any, headers: dict[str, str]
) -> None:
    """401 in the vendor's shape, asking for a bearer token; what a browser sends does not help."""
    before = settled(limio)
    browser = {"x-limio-recaptcha": "passed", **headers}

    response = limio.request(method, path, headers=browser, json=body, cookies=landing(CHECKOUT))

    refused(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert limio.dump() == before


@pytest.mark.ruling("L9", "L13")
@pytest.mark.parametrize(("method", "path", "body"), SECURED, ids=lambda part: str(part)[:30])
def test_with_the_fixtures_token_each_operation_works(
    limio: Stand, method: str, path: str, body: Any
) -> None:
    """It never expires."""
    limio.advance(days=1)

    response = limio.request(method, path, headers=HUMAN, json=body, cookies=landing(CHECKOUT))

    assert response.status_code == 200


@pytest.mark.ruling("L14")
@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", f"{ABANDONED}?limit=0", {}),
        ("POST", INITIATE, {"json": {}}),
        ("POST", SUBSCRIPTION, {"json": {}}),
        ("GET", SUBSCRIPTION, {"cookies": {"limio_state": "x"}}),
        ("PUT", SUBSCRIPTION, {"data": b"{", "headers": {"Content-Type": "application/json"}}),
    ],
)
def test_the_missing_token_is_said_first(
    limio: Stand, method: str, path: str, options: dict[str, Any]
) -> None:
    """Whatever else is wrong."""
    refused(limio.request(method, path, **options), 401)


@pytest.mark.ruling("L12")
def test_a_client_gets_a_token_that_works(limio: Stand) -> None:
    """The answer says how long."""
    response = granted(limio)

    answer = response.json()
    assert response.status_code == 200
    assert answer == {
        "access_token": answer["access_token"],
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    assert limio.get(ABANDONED, headers=bearer).status_code == 200


@pytest.mark.ruling("L12")
def test_a_token_lives_an_hour(limio: Stand) -> None:
    """To the millisecond, on the clock; a second token has its own hour."""
    bearer = {"Authorization": f"Bearer {granted(limio).json()['access_token']}"}

    limio.advance(hours=1, milliseconds=-1)
    later = {"Authorization": f"Bearer {granted(limio).json()['access_token']}"}
    assert limio.get(ABANDONED, headers=bearer).status_code == 200
    limio.advance(milliseconds=1)
    assert limio.get(ABANDONED, headers=bearer).status_code == 401
    assert limio.get(ABANDONED, headers=later).status_code == 200


@pytest.mark.ruling("L12", "L13")
@pytest.mark.parametrize(
    "form",
    [
        {"client_id": "another"},
        {"client_secret": "another"},
        {"client_secret": "limio-secret "},
        {"client_id": "limio-secret", "client_secret": "limio-client"},
    ],
)
def test_bad_credentials_get_no_token(limio: Stand, form: dict[str, str]) -> None:
    """401, and nothing changes."""
    before = settled(limio)

    refused(granted(limio, **form), 401)
    assert limio.dump() == before


@pytest.mark.ruling("L12", "L13")
@pytest.mark.parametrize(
    ("form", "named"),
    [
        (b"", "body"),
        (b"grant_type=client_credentials", "client_id is required"),
        (b"grant_type=client_credentials&client_id=limio-client", "client_secret is required"),
        (b"client_id=limio-client&client_secret=limio-secret", "grant_type is required"),
        (b"grant_type=password&client_id=limio-client&client_secret=limio-secret", "grant_type"),
        (b"grant_type=client_credentials&client_id=&client_secret=limio-secret", "client_id"),
        (b"\xff=1", "body"),
    ],
)
def test_a_bad_form_gets_no_token(limio: Stand, form: bytes, named: str) -> None:
    """400 names what is wrong, and nothing changes."""
    before = settled(limio)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert named in refused(limio.post(TOKEN, headers=headers, data=form), 400)
    assert limio.dump() == before


@pytest.mark.ruling("L12")
def test_the_token_endpoint_lies_outside_api(limio: Stand) -> None:
    """And asks for no token."""
    assert limio.post(f"/api{TOKEN}", data=FORM).status_code == 404
    assert limio.post(TOKEN, data=FORM, headers={"Authorization": "x"}).status_code == 200


@pytest.mark.ruling("L9", "L14", "L18")
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("recaptcha", [None, ""], ids=["missing", "empty"])
def test_a_recaptcha_token_is_needed(limio: Stand, method: str, recaptcha: str | None) -> None:
    """Beginning and changing a checkout: 400 names the header, and nothing changes."""
    before = settled(limio)
    body = update_of(id=FREE) if method == "POST" else {"order": {"orderItems": []}}
    headers = CLIENT if recaptcha is None else {**CLIENT, "x-limio-recaptcha": recaptcha}

    response = limio.request(
        method, SUBSCRIPTION, headers=headers, json=body, cookies=landing(CHECKOUT)
    )

    assert "x-limio-recaptcha" in refused(response, 400)
    assert limio.dump() == before


@pytest.mark.ruling("L8", "L9")
@pytest.mark.parametrize("name", ["x-limio-recaptcha", "X-Limio-Recaptcha"])
def test_any_recaptcha_token_passes(limio: Stand, name: str) -> None:
    """Under the name on the wire, in any case; the printed name is another header."""
    body = update_of(id=FREE)

    good = limio.post(SUBSCRIPTION, headers={**CLIENT, name: "0"}, json=body)
    printed = limio.post(SUBSCRIPTION, headers={**CLIENT, "xLimioRecaptcha": "0"}, json=body)

    assert good.status_code == 200
    refused(printed, 400)
