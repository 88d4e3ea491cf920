"""The mask: no secret is left in any part of a result, however it is written there."""

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from understudy.conformance.mask import MASK, Mask

from .results import exchange, result

SECRET = 'cañary "s/ecret" & +1'


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        json.dumps({"a": SECRET}),
        json.dumps({"a": SECRET}, ensure_ascii=False),
        f"http://a/?q={quote(SECRET, safe='')}",
        f"http://a/?q={quote_plus(SECRET)}",
        f"twice: {SECRET}{SECRET}",
    ],
)
def test_a_known_secret_is_hidden_however_it_is_written(written: str) -> None:
    """As text, in JSON and in URLs."""
    found = Mask([SECRET]).text(written)
    assert "ecret" not in found
    assert MASK in found


def test_the_longer_secret_goes_first() -> None:
    """One that is a part of another leaves nothing of it."""
    assert Mask(["abc", "abc-def"]).text("abc-def abc") == f"{MASK} {MASK}"


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token": "issued", "token_type": "bearer"}',
        '{"refresh_token":"issued"}',
        '{"osessionid": "issued"}',
        "grant_type=password&username=ada&password=issued",
        "client_secret=issued&grant_type=client_credentials",
        '{"PASSWORD" : "issued"}',
    ],
)
def test_what_stands_where_secrets_stand_is_hidden(text: str) -> None:
    """Tokens that are given out during a run are not known before."""
    found = Mask([]).text(text)
    assert "issued" not in found
    assert MASK in found


def test_the_rest_is_left_as_it_is() -> None:
    """A report must still be of use."""
    text = '{"id": 7, "token_type": "bearer", "note": "the password is secret"}'
    assert Mask(["canary-token"]).text(text) == text


@pytest.mark.parametrize(
    "members",
    [
        {"sent_headers": {"Authorization": "Bearer canary-token"}},
        {"sent_headers": {"Cookie": "a=canary-token"}},
        {"sent_headers": {"x-own": "canary-token"}},
        {"sent_headers": {"X-API-Key": "of another persona canary"}},
        {"headers": {"x-trace": "for canary-token"}},
        {"headers": {"set-cookie": "osessionid=issued-canary; Path=/"}},
        {"set_cookies": ("osessionid=issued-canary; Path=/; HttpOnly",)},
        {"url": "http://a/canary-token/b?c=canary-token"},
        {"sent_body": '{"a": "canary-token"}'},
        {"text": '{"a": ["canary-token"]}', "data": {"a": ["canary-token"]}},
    ],
    ids=lambda members: next(iter(members)),
)
def test_no_part_of_an_exchange_shows_a_secret(members: Any) -> None:
    """Header, cookie, URL or body, sent or answered."""
    shown = Mask(["canary-token"]).exchange(exchange(**members))
    assert "canary" not in json.dumps(asdict(shown))
    assert "canary" not in shown.curl()


def test_a_cookie_keeps_its_name_and_attributes() -> None:
    """They are what laws are about."""
    shown = Mask([]).exchange(exchange(set_cookies=("a=b; Path=/; HttpOnly",)))
    assert shown.set_cookies == (f"a={MASK}; Path=/; HttpOnly",)


def test_a_result_is_masked_whole() -> None:
    """Its message, its reason and its trail."""
    shown = Mask(["canary-token"]).result(
        result(
            "violates",
            message="got canary-token",
            reason="no canary-token",
            trail=(exchange(text="canary-token"),),
        )
    )
    assert "canary" not in json.dumps(asdict(shown))
