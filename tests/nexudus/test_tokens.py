"""The token endpoint: grants, expiry on the clock, refresh tokens and their clients."""

from typing import Any

import pytest

from ..stand import Stand
from .office import PATH, TOKEN, bearer, granted, tokens

WRONG_GRANT = {"error": "invalid_grant"}
NO_GRANT = {"error": "unsupported_grant_type"}
PASSWORD = {
    "grant_type": "password",
    "username": "admin@example.com",
    "password": "admin-password",
}


def works(stand: Stand, token: str) -> bool:
    """Whether the token opens the list."""
    status = stand.get(PATH, headers=bearer(token)).status_code
    assert status in (200, 401)
    return status == 200


def refreshed(stand: Stand, token: str, **form: str) -> Any:
    """The endpoint's answer to a refresh token."""
    return granted(stand, grant_type="refresh_token", refresh_token=token, **form)


def refuses(response: Any, error: dict[str, str]) -> None:
    """400 in OAuth's words; only the description's text is free."""
    assert response.status_code == 400
    answer = response.json()
    assert isinstance(answer.pop("error_description", ""), str)
    assert answer == error


def test_a_password_buys_a_token(nexudus: Stand) -> None:
    """The answer has the four members that OAuth names, and the token works."""
    answer = tokens(nexudus)

    assert set(answer) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 604799)
    assert works(nexudus, answer["access_token"])
    assert not works(nexudus, answer["refresh_token"])


def test_a_token_is_its_users(nexudus: Stand) -> None:
    """It opens what the user's roles open, and no more."""
    answer = tokens(nexudus, username="list-only@example.com", password="list-only-password")
    token = answer["access_token"]

    assert works(nexudus, token)
    assert nexudus.get(f"{PATH}/1084", headers=bearer(token)).status_code == 401


@pytest.mark.ruling("N17")
def test_a_token_expires_on_the_clock(nexudus: Stand) -> None:
    """After the 604799 seconds that were promised."""
    token = tokens(nexudus)["access_token"]
    nexudus.advance(seconds=604798)
    assert works(nexudus, token)

    nexudus.advance(seconds=1)

    assert not works(nexudus, token)


def test_a_refresh_token_buys_a_new_pair_once(nexudus: Stand) -> None:
    """The new tokens work, the old refresh token does not, the old access token still does."""
    first = tokens(nexudus)
    response = refreshed(nexudus, first["refresh_token"])
    assert response.status_code == 200
    second = response.json()

    assert not {first["access_token"], first["refresh_token"]} & set(second.values())
    assert works(nexudus, first["access_token"])
    assert works(nexudus, second["access_token"])
    refuses(refreshed(nexudus, first["refresh_token"]), WRONG_GRANT)
    assert refreshed(nexudus, second["refresh_token"]).status_code == 200


def test_a_new_grant_ends_the_refresh_tokens_of_its_client_alone(nexudus: Stand) -> None:
    """One refresh token for each user and client; without a name the client is the user's."""
    plain, till = tokens(nexudus), tokens(nexudus, client_id="till")
    other = tokens(
        nexudus,
        username="list-only@example.com",
        password="list-only-password",
        client_id="till",
    )
    again = tokens(nexudus, client_id="till")

    refuses(refreshed(nexudus, till["refresh_token"], client_id="till"), WRONG_GRANT)
    assert refreshed(nexudus, plain["refresh_token"]).status_code == 200
    assert refreshed(nexudus, other["refresh_token"], client_id="till").status_code == 200
    assert refreshed(nexudus, again["refresh_token"], client_id="till").status_code == 200
    assert works(nexudus, till["access_token"])


@pytest.mark.parametrize(
    ("made", "sent"),
    [
        ({"client_id": "till"}, {}),
        ({"client_id": "till"}, {"client_id": "Till"}),
        ({"client_id": "till"}, {"client_id": "admin@example.com"}),
        ({}, {"client_id": "till"}),
    ],
)
def test_a_refresh_token_is_its_clients(
    nexudus: Stand, made: dict[str, str], sent: dict[str, str]
) -> None:
    """Another client is refused, and the token stays good for its own."""
    token = tokens(nexudus, **made)["refresh_token"]
    before = nexudus.dump()

    refuses(refreshed(nexudus, token, **sent), WRONG_GRANT)
    assert nexudus.dump() == before
    assert refreshed(nexudus, token, **made).status_code == 200


@pytest.mark.parametrize("made", [{}, {"client_id": "admin@example.com"}])
def test_the_users_name_is_the_client_that_is_left_out(
    nexudus: Stand, made: dict[str, str]
) -> None:
    """Said or left out, it is the same client."""
    token = tokens(nexudus, **made)["refresh_token"]

    assert refreshed(nexudus, token, client_id="admin@example.com").status_code == 200


def test_a_refresh_token_lasts_fifteen_days(nexudus: Stand) -> None:
    """On the clock, to the second."""
    early, late = tokens(nexudus, client_id="a"), tokens(nexudus, client_id="b")
    nexudus.advance(days=15, seconds=-1)
    assert refreshed(nexudus, early["refresh_token"], client_id="a").status_code == 200

    nexudus.advance(seconds=1)

    refuses(refreshed(nexudus, late["refresh_token"], client_id="b"), WRONG_GRANT)


@pytest.mark.parametrize(
    "form",
    [
        {**PASSWORD, "password": "wrong"},
        {**PASSWORD, "password": "Admin-Password"},
        {**PASSWORD, "password": ""},
        {**PASSWORD, "username": "nobody@example.com"},
        {**PASSWORD, "username": ""},
        {"grant_type": "password", "username": "admin@example.com"},
        {"grant_type": "password", "password": "admin-password"},
        {"grant_type": "password", "refresh_token": "nexudus-refresh"},
        {"grant_type": "password"},
        {"grant_type": "refresh_token"},
        {"grant_type": "refresh_token", "refresh_token": "nobody's", "client_id": "fixtures"},
        {"grant_type": "refresh_token", "refresh_token": "nexudus-admin"},
        {**PASSWORD, "grant_type": "refresh_token"},
    ],
)
def test_a_grant_without_good_credentials_is_refused(nexudus: Stand, form: dict[str, str]) -> None:
    """Missing or wrong: `invalid_grant`, and nothing changes."""
    before = nexudus.dump()

    refuses(granted(nexudus, **form), WRONG_GRANT)
    assert nexudus.dump() == before


@pytest.mark.ruling("N26")
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": ""},
        {"grant_type": "Password"},
        {"grant_type": "client_credentials"},
        {"username": "admin@example.com", "password": "admin-password"},
    ],
)
def test_an_unknown_grant_is_not_supported(nexudus: Stand, form: dict[str, str]) -> None:
    """Also when there is none at all, or no form."""
    before = nexudus.dump()

    refuses(granted(nexudus, **form), NO_GRANT)
    assert nexudus.dump() == before


@pytest.mark.ruling("N26")
@pytest.mark.parametrize("raw", [b'{"grant_type": "password"}', b"{}", b"{", b"[]", b""])
def test_a_json_body_is_not_a_supported_grant(nexudus: Stand, raw: bytes) -> None:
    """Whatever it says, good credentials included."""
    before = nexudus.dump()
    headers = {"Content-Type": "application/json"}

    refuses(nexudus.post(TOKEN, headers=headers, data=raw), NO_GRANT)
    refuses(nexudus.post(TOKEN, json=PASSWORD), NO_GRANT)
    assert nexudus.dump() == before


@pytest.mark.ruling("N26", "G5")
@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data", "application/xml"])
def test_another_media_type_is_not_read(nexudus: Stand, media: str) -> None:
    """A form or JSON; anything else is 415."""
    headers = {"Content-Type": media}

    response = nexudus.post(TOKEN, headers=headers, data=b"grant_type=password")

    assert response.status_code == 415
    assert set(response.json()) == {"Message"}


def test_a_form_may_say_its_character_set(nexudus: Stand) -> None:
    """Parameters of the media type do not make it another one."""
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}

    assert nexudus.post(TOKEN, headers=headers, data=PASSWORD).status_code == 200
