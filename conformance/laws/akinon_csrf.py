"""Laws of Akinon's CSRF check: the token, and what is refused without it where it is on."""

from typing import Any

from ..client import UNSET, Jar
from ..cookies import morsel
from ..law import Violation
from ..trial import Trial
from .akinon_session import hold_cookie
from .akinon_visit import CSRF, GUEST, Goods, Visit, asked, goods, state
from .vendor import Entry


def _token(trial: Trial) -> None:
    jar = Jar()
    first = trial.good("get_csrf_token", jar=jar)
    for sent in (None, jar.cookies.get(CSRF), "understudy0token0understudy0token"):
        cookies = {} if sent is None else {CSRF: sent}
        answer = trial.good("get_csrf_token", cookies=cookies)
        cookie = morsel(answer, CSRF)
        if cookie is not None:
            hold_cookie(answer, CSRF, http_only=False)
            if cookie.value != answer.data["csrf_token"]:
                raise Violation("the cookie is not the token of the answer", answer)
        elif sent is None:
            raise Violation("the token is not set as a cookie", answer)
        if sent is not None and answer.data["csrf_token"] != sent:
            raise Violation("a token that was sent is not kept", first, answer)
        trial.fire(sent, answer.data["csrf_token"])


def _csrf(trial: Trial) -> None:
    """Where the check is on, writes need the token; where it is off, a wrong one does no harm."""
    found = goods(trial)
    if not found:
        return
    for operation, body in _bodies(found[0]):
        visit = Visit(trial)
        visit.add(found[0].product, 2)
        token = visit.jar.cookies.get(CSRF)
        for sent in ("", "understudy-wrong"):
            before = visit.read()
            answer = trial.send(
                operation,
                body=body,
                headers={"x-csrftoken": sent} if sent else {},
                cookies=visit.jar.cookies,
                persona=GUEST,
            )
            if token is not None and answer.status != 403:
                raise Violation("a write without the token must be refused with 403", answer)
            if token is None and answer.status != 200:
                raise Violation("the check is off, and yet a write was refused", answer)
            after = visit.read()
            if token is not None and state(before) != state(after):
                raise Violation("a refused write changed the basket", before, answer, after)
            trial.fire(operation, sent)
        visit.good(operation, body)


def _bodies(one: Goods) -> tuple[tuple[str, Any], ...]:
    return (
        ("add_product", asked(one.product, 1)),
        ("set_quantity", asked(one.product, 1)),
        ("change_basket", {"remove_voucher_code": True}),
        ("empty_basket", UNSET),
    )


LAWS = (
    Entry(
        "session.csrf-token",
        "get_csrf_token",
        "The token is that of the readable cookie, and one that was sent is kept.",
        ("public", "A23"),
        _token,
    ),
    Entry(
        "session.csrf",
        "add_product",
        "Writes need the token where the check is on, and none where it is off.",
        ("public", "A23"),
        _csrf,
        "/responses/403",
    ),
)
