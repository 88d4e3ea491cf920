"""Before anything is judged: one line when the subject is not there or lets nobody in."""

from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from understudy.conformance.preflight import check
from understudy.conformance.subject import Login, Persona, Subject
from understudy.specs.contract import load
from understudy.specs.errors import UsageError

from .scripted import Said, Scripted

NEXUDUS = load("nexudus")


def _subject(url: str, by: str | Login = "token") -> Subject:
    return Subject(url, {"default": Persona("default", {"oauth": by})})


def _told(*answers: Said, by: str | Login = "token", wait: float = 0) -> str:
    """What is said of a subject that answers so; empty when it may be judged."""
    following: Iterator[Said] = chain(answers, repeat(answers[-1]))
    with Scripted(lambda _: next(following)) as server:
        try:
            check(NEXUDUS, _subject(server.url, by), wait)
        except UsageError as error:
            told = str(error).replace(server.url, "URL")
            assert "\n" not in told
            return told
    return ""


def test_a_subject_that_answers_is_judged() -> None:
    """Also one whose answer is wrong: that is for the laws."""
    assert _told(Said(200, {"Records": []})) == ""
    assert _told(Said(500, "broken")) == ""


def test_an_unreachable_subject_is_told() -> None:
    """Where, and why."""
    with Scripted(lambda _: Said()) as server:
        url = server.url
    with pytest.raises(
        UsageError, match=r"the subject cannot be reached: GET .*the connection failed"
    ):
        check(NEXUDUS, _subject(url))


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_told(status: int) -> None:
    """With the request that was refused, and without the credentials."""
    assert _told(Said(status)) == (
        f"URL refuses the credentials: GET /api/billing/basketsessions answered {status}"
    )


def test_a_refused_login_is_told() -> None:
    """The token endpoint says no."""
    login = Login("/api/token", {"password": "a-secret"})
    assert _told(Said(400, {}), by=login) == (
        "URL refuses the credentials: POST /api/token gave no token, it answered 400"
    )


def test_a_wrong_base_path_is_told() -> None:
    """A list that every implementation has is not there."""
    assert _told(Said(404)) == (
        "/api/billing/basketsessions is not there below URL: is the base path right?"
    )


def test_a_subject_that_is_starting_is_waited_for() -> None:
    """As long as the user gives it."""
    dropped = Said(is_dropped=True)
    assert _told(dropped, dropped, Said(200, {}), wait=30) == ""
    assert "cannot be reached" in _told(dropped, dropped, Said(200, {}), wait=0)
