"""Cookies: read one by one, and written so that browsers keep them."""

import pytest

from understudy.server.call import cookie
from understudy.server.cookies import parse

from ..stand import Stand


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("a=b", {"a": ["b"]}),
        ("a=b; c=d", {"a": ["b"], "c": ["d"]}),
        ("a=b;c=d", {"a": ["b"], "c": ["d"]}),
        ("a=", {"a": [""]}),
        ("a=b=c", {"a": ["b=c"]}),
        ('a="b c"', {"a": ["b c"]}),
        ("a=first; a=second", {"a": ["first"]}),
        ("bad[]=1; @=2; a=b", {"bad[]": ["1"], "@": ["2"], "a": ["b"]}),
        ("nothing; ; =; a=b", {"": [""], "a": ["b"]}),
        ("$Version=1; a=b", {"$Version": ["1"], "a": ["b"]}),
        ("a=%41", {"a": ["%41"]}),
    ],
)
def test_cookies_are_read_one_by_one(header: str, expected: dict[str, list[str]]) -> None:
    """What is malformed does not hide the others; of two with a name the first counts."""
    assert parse([header]) == expected


def test_cookies_may_come_in_several_lines() -> None:
    """The first line first."""
    assert parse(["a=1; b=2", "b=3; c=4"]) == {"a": ["1"], "b": ["2"], "c": ["4"]}


@pytest.mark.parametrize(
    ("secure", "http_only", "expected"),
    [
        (False, True, "a=b; Path=/; HttpOnly; SameSite=Lax"),
        (True, True, "a=b; Path=/; HttpOnly; SameSite=Lax; Secure"),
        (False, False, "a=b; Path=/; SameSite=Lax"),
    ],
)
def test_a_cookie_is_written_for_the_whole_host(
    secure: bool, http_only: bool, expected: str
) -> None:
    """Secure on https alone, or browsers would not send it back to localhost."""
    assert cookie("a", "b", secure=secure, http_only=http_only) == ("Set-Cookie", expected)


def test_a_client_keeps_what_was_set(probe: Stand) -> None:
    """And the handler knows that this is no https."""
    visitor = probe.session()
    assert visitor.get("/head").headers["Set-Cookie"] == "a=b; Path=/; HttpOnly; SameSite=Lax"
    assert visitor.cookies["a"] == "b"
    assert visitor.get("/echo/1/x").json()["secure"] is False
