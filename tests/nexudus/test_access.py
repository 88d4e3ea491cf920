"""Who may do what: bearer tokens, HTTP Basic, roles."""

from base64 import b64encode
from typing import Any

import pytest

from ..stand import Stand
from .office import ADMIN, DENIED, PATH, TOKEN, bearer, ids

BODY = {"Id": 1084, "BusinessId": 1, "SessionId": "s"}
OPERATIONS: list[tuple[str, str, Any]] = [
    ("BasketSession-List", f"GET {PATH}", None),
    ("BasketSession-Read", f"GET {PATH}/1084", None),
    ("BasketSession-Create", f"POST {PATH}", BODY),
    ("BasketSession-Edit", f"PUT {PATH}", BODY),
    ("BasketSession-Delete", f"DELETE {PATH}/1084", None),
]
operations = pytest.mark.parametrize(
    ("role", "request_line", "body"), OPERATIONS, ids=[role for role, _, _ in OPERATIONS]
)


def denied(response: Any) -> None:
    """401, in the vendor's words, with the ways to authenticate."""
    assert (response.status_code, response.json()) == (401, DENIED)
    assert response.headers["WWW-Authenticate"] == 'Basic realm="nexudus", Bearer'


def basic(text: str) -> dict[str, str]:
    """The headers of HTTP Basic with `text` in place of `name:password`."""
    return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}


def hired(stand: Stand, *roles: str) -> tuple[dict[str, str], dict[str, str]]:
    """A new user with these roles: the headers with a token, and with name and password."""
    user = {"Email": "clerk@example.com", "Password": "a:b", "Roles": list(roles)}
    stand.store("users", user)
    stand.store("access_tokens", {"Token": "clerk", "Email": "clerk@example.com"})
    return bearer("clerk"), basic("clerk@example.com:a:b")


BAD: dict[str, dict[str, str]] = {
    "no credential": {},
    "unknown token": bearer("nobody"),
    "expired token": bearer("nexudus-expired"),
    "empty token": {"Authorization": "Bearer "},
    "no token": {"Authorization": "Bearer"},
    "token of a user without roles": bearer("nexudus-no-roles"),
    "another scheme": {"Authorization": "Digest nexudus-admin"},
    "token without a scheme": {"Authorization": "nexudus-admin"},
    "wrong password": basic("admin@example.com:nexudus-admin"),
    "unknown user": basic("nobody@example.com:admin-password"),
    "no password": basic("admin@example.com"),
    "no base64": {"Authorization": "Basic admin@example.com:admin-password"},
    "user without roles": basic("no-roles@example.com:no-roles-password"),
}


@pytest.mark.ruling("N12", "N16", "N17")
@pytest.mark.parametrize("headers", BAD.values(), ids=BAD)
@operations
def test_nobody_else_gets_in(
    nexudus: Stand, role: str, request_line: str, body: Any, headers: dict[str, str]
) -> None:
    """A missing, bad or expired credential and a missing role are answered alike."""
    before = nexudus.dump()
    method, path = request_line.split(" ")

    denied(nexudus.request(method, path, headers=headers, json=body))
    assert nexudus.dump() == before


@pytest.mark.ruling("N16", "N17")
@pytest.mark.parametrize("shown", [0, 1], ids=["bearer", "basic"])
@operations
def test_its_role_opens_an_operation(
    nexudus: Stand, role: str, request_line: str, body: Any, shown: int
) -> None:
    """One role is enough, with a token and with a password."""
    method, path = request_line.split(" ")

    response = nexudus.request(method, path, headers=hired(nexudus, role)[shown], json=body)

    assert response.status_code == 200


@pytest.mark.ruling("N12", "N16")
@pytest.mark.parametrize("shown", [0, 1], ids=["bearer", "basic"])
@operations
def test_all_the_other_roles_do_not_open_it(
    nexudus: Stand, role: str, request_line: str, body: Any, shown: int
) -> None:
    """Each operation asks for its own role, and takes no other for it."""
    others = [other for other, _, _ in OPERATIONS if other != role]
    headers = hired(nexudus, *others)[shown]
    before = nexudus.dump()
    method, path = request_line.split(" ")

    denied(nexudus.request(method, path, headers=headers, json=body))
    assert nexudus.dump() == before


@pytest.mark.ruling("N16", "N17")
@pytest.mark.parametrize(
    "headers",
    [
        ADMIN,
        basic("admin@example.com:admin-password"),
        {"Authorization": "bearer nexudus-admin"},
        {"Authorization": "BEARER  nexudus-admin"},
    ],
    ids=["bearer", "basic", "lower case", "two spaces"],
)
@operations
def test_the_administrator_may_do_all(
    nexudus: Stand, role: str, request_line: str, body: Any, headers: dict[str, str]
) -> None:
    """Without any role; schemes are read without regard to case."""
    method, path = request_line.split(" ")

    assert nexudus.request(method, path, headers=headers, json=body).status_code == 200


@pytest.mark.ruling("N17")
def test_the_fixture_tokens_do_not_expire(nexudus: Stand) -> None:
    """Years later, curl still works."""
    nexudus.advance(days=3650)

    assert nexudus.get(PATH, headers=ADMIN).status_code == 200
    assert nexudus.get(PATH, headers=bearer("nexudus-list-only")).status_code == 200


@pytest.mark.ruling("N17")
def test_the_empty_fixture_lets_the_same_people_in(nexudus: Stand) -> None:
    """One can authenticate and begin from nothing."""
    nexudus.reset("empty")

    assert ids(nexudus) == []
    assert nexudus.post(PATH, headers=ADMIN, json=BODY).status_code == 200


@pytest.mark.ruling("N16", "G5")
def test_a_missing_role_is_told_before_anything_in_the_request(nexudus: Stand) -> None:
    """401 comes before a bad parameter, body, media type or length, with a password too."""
    for headers in (bearer("nexudus-no-roles"), basic("no-roles@example.com:no-roles-password")):
        denied(nexudus.get(PATH, headers=headers, params={"page": "x"}))
        denied(nexudus.get(f"{PATH}/x", headers=headers))
        denied(nexudus.post(PATH, headers=headers, data=b"{"))
        text = {**headers, "Content-Type": "text/plain"}
        denied(nexudus.post(PATH, headers=text, data=b"{}"))


def test_the_contract_names_the_role_of_each_operation(nexudus: Stand) -> None:
    """A token's role stands in the contract, as a scope; the token endpoint asks for nothing."""
    operations = nexudus.contract.operations.values()
    scopes = {
        f"{each.method} {each.path}": [
            scope for group in each.security for _, named in group for scope in named
        ]
        for each in operations
    }

    assert scopes == {
        f"get {PATH}": ["BasketSession-List"],
        f"post {PATH}": ["BasketSession-Create"],
        f"put {PATH}": ["BasketSession-Edit"],
        f"get {PATH}/{{id}}": ["BasketSession-Read"],
        f"delete {PATH}/{{id}}": ["BasketSession-Delete"],
        f"post {TOKEN}": [],
    }
