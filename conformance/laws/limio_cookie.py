"""Laws of Limio's cookie: what it is like, what it leads to, and that nothing else leads there."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from ..client import Jar
from ..cookies import morsel
from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from .limio_visit import (
    BEGIN,
    COOKIE,
    HUMAN,
    INITIATE,
    READ,
    UPDATE,
    Checkout,
    held,
    item,
    new_id,
    order,
)
from .vendor import Entry

HEADER = "/components/headers/LandingState"
TIMES = 3


def _basket(trial: Trial) -> tuple[Jar, Exchange]:
    """A basket for new offers, and its cookie."""
    jar = Jar()
    return jar, trial.good(INITIATE, body=order(trial, new_id(trial)), jar=jar)


def _attributes(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for number in range(TIMES):
            answer = Checkout(trial).begun if operation == BEGIN else _basket(trial)[1]
            cookie = morsel(answer, COOKIE)
            if cookie is None:
                raise Violation(f"the cookie {COOKIE} is not set", answer)
            wrong = []
            if cookie["path"] != "/":
                wrong.append("Path=/")
            if not cookie["httponly"]:
                wrong.append("HttpOnly")
            if cookie["samesite"].lower() != "lax":
                wrong.append("SameSite=Lax")
            if urlsplit(trial.subject.url).scheme == "https" and not cookie["secure"]:
                wrong.append("Secure")
            if wrong:
                raise Violation(f"the cookie lacks {', '.join(wrong)}", answer)
            trial.fire(number, answer.text)

    return check


def _leads(trial: Trial) -> None:
    for _ in range(TIMES):
        mine = Checkout(trial)
        seen = mine.read()
        if held(seen) != held(mine.begun):
            raise Violation("the cookie leads to another checkout", mine.begun, seen)
        for again in (mine.read(), mine.read()):
            if again.data != seen.data:
                raise Violation("looking at a checkout changed it", seen, again)
        trial.fire(mine.id)


def _wrong(trial: Trial) -> Iterator[tuple[str, str | None]]:
    """Cookies that lead nowhere, each with what is wrong with it."""
    good = Checkout(trial).jar.cookies.get(COOKIE, "")
    yield "no cookie", None
    yield "an empty cookie", ""
    yield "a cookie of rubbish", "understudy"
    yield "a cookie of rubbish", "e30"
    yield "a cookie of rubbish", "%00.%7B%7D"
    yield "half a cookie", good[: len(good) // 2]
    yield "a cookie backwards", good[::-1]
    yield "a cookie twice over", good + good
    yield "a cookie of a basket for new offers", _basket(trial)[0].cookies.get(COOKIE)


def _strange(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        kept = Checkout(trial)
        for why, value in _wrong(trial):
            cookies = {} if value is None else {COOKIE: value}
            request: dict[str, Any] = {"cookies": cookies}
            if operation == UPDATE:
                request |= {"headers": HUMAN, "body": {"order": {"orderItems": []}}}
            answer = trial.send(operation, **request)
            if answer.status != 404:
                raise Violation(f"{why} must be answered with 404, not {answer.status}", answer)
            trial.fire(why, value)
        if held(kept.read()) != held(kept.begun):
            raise Violation("a request without its cookie changed a checkout", kept.read())

    return check


def _apart(trial: Trial) -> None:
    for _ in range(TIMES):
        one, other = Checkout(trial), Checkout(trial)
        if one.id == other.id:
            raise Violation("two checkouts are one basket", one.begun, other.begun)
        for offer in one.choices()[:2]:
            before = other.read()
            answer = one.put(item(offer))
            after = other.read()
            if held(after)[0] != other.id:
                raise Violation("the cookie leads to another checkout", other.begun, after)
            if held(before) != held(after):
                raise Violation("a change of one checkout changed another", before, answer, after)
            if held(answer)[0] != one.id:
                raise Violation("an update is of another checkout", one.begun, answer)
            trial.fire(one.id, offer["id"])


def _others(trial: Trial) -> None:
    for _ in range(TIMES):
        one, other = Checkout(trial), Checkout(trial)
        mine, theirs = one.jar.cookies[COOKIE], other.jar.cookies[COOKIE]
        plain = one.read()
        for cookies in (
            {"a": "1", COOKIE: mine, "z": "2"},
            {"limio": theirs, COOKIE: mine},
            {COOKIE: mine, "limio_state_2": theirs, "consent": "yes"},
        ):
            answer = trial.good(READ, cookies=cookies)
            if held(answer) != held(plain):
                raise Violation("other cookies change which checkout is shown", plain, answer)
            trial.fire(one.id, tuple(cookies))


LAWS = (
    *(
        Entry(
            "cookie.attributes",
            operation,
            "The cookie is HttpOnly, SameSite=Lax and for the whole host; Secure on https.",
            ("public", "L15"),
            _attributes(operation),
            HEADER,
        )
        for operation in (BEGIN, INITIATE)
    ),
    Entry(
        "cookie.leads",
        READ,
        "The cookie leads to the checkout that it was set for, however often it is looked at.",
        ("seed", "public"),
        _leads,
    ),
    *(
        Entry(
            "cookie.strange",
            operation,
            "A cookie that is missing, unreadable or of another kind of basket is 404.",
            ("seed", "L6", "L15"),
            _strange(operation),
            "/responses/404",
        )
        for operation in (READ, UPDATE)
    ),
    Entry(
        "cookie.apart",
        UPDATE,
        "Each cookie leads to its own checkout, and changes no other.",
        ("seed", "public"),
        _apart,
    ),
    Entry(
        "cookie.others",
        READ,
        "Other cookies, before or after, mean nothing.",
        ("seed",),
        _others,
    ),
)
