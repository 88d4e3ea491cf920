"""Laws of Akinon's sessions: one basket for each, and who has none is a guest."""

from collections.abc import Callable, Iterator
from typing import Any

from ..cookies import morsel
from ..exchange import Exchange
from ..law import Violation
from ..trial import Trial
from ..values import parse_time
from .akinon_visit import (
    GUEST,
    SESSION,
    Goods,
    Visit,
    basket,
    filled,
    goods,
    line_of,
    lines,
    look,
    some_attributes,
    state,
)
from .vendor import Entry

SCHEME = "/components/securitySchemes/session"
BASKET = "/components/schemas/Basket"
STRANGE = ("understudy", "0" * 32, "akinon-nobody", "x" * 150, "%00%2F..")


def _guest(trial: Trial) -> None:
    seen: set[str] = set()
    keys: set[int] = set()
    for session in (None, *STRANGE):
        visit = Visit(trial, session)
        answer = visit.read()
        cookie = morsel(answer, SESSION)
        if cookie is None:
            raise Violation("a request without a known session got no cookie osessionid", answer)
        if lines(answer):
            raise Violation("a guest's basket is not empty", answer)
        if cookie.value in seen or basket(answer)["pk"] in keys:
            raise Violation("two guests have one session", answer)
        seen.add(cookie.value)
        keys.add(basket(answer)["pk"])
        again = visit.read()
        if basket(again)["pk"] != basket(answer)["pk"]:
            raise Violation("the session that was given leads to another basket", answer, again)
        trial.fire(session)


def _guest_writes(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        for session in (None, *STRANGE[:2]):
            visit = Visit(trial, session)
            answer = visit.add(one.product, 1)
            if line_of(answer, one.product) is None or len(lines(answer)) != 1:
                raise Violation("the basket of a new guest has not what was added", answer)
            again = visit.read()
            if state(again) != state(answer):
                raise Violation("the cookie does not lead to the guest's basket", answer, again)
            trial.fire(one.product, session)


def _attributes(trial: Trial) -> None:
    for session in (None, *STRANGE[:3]):
        answer = Visit(trial, session).read()
        cookie = morsel(answer, SESSION)
        if cookie is None:
            raise Violation("a guest got no cookie osessionid", answer)
        hold_cookie(answer, SESSION, http_only=True)
        trial.fire(session)


def hold_cookie(answer: Exchange, name: str, *, http_only: bool) -> None:
    """Violation unless a cookie is set with the attributes that it must have."""
    cookie = morsel(answer, name)
    if cookie is None:
        raise Violation(f"the cookie {name} is not set", answer)
    if cookie["path"] != "/":
        raise Violation(f"the cookie {name} is not for the path /", answer)
    if cookie["samesite"].lower() != "lax":
        raise Violation(f"the cookie {name} is not SameSite=Lax", answer)
    if bool(cookie["httponly"]) is not http_only:
        said = "is not HttpOnly" if http_only else "is HttpOnly, and scripts must read it"
        raise Violation(f"the cookie {name} {said}", answer)


def _in_body(trial: Trial) -> None:
    for one in goods(trial):
        visit = Visit(trial)
        for answer in _writes(visit, one):
            if answer.data.get(SESSION) != visit.jar.cookies.get(SESSION):
                raise Violation("the answer's osessionid is not the session's cookie", answer)
            trial.fire(answer.method, answer.sent_body)


def _writes(visit: Visit, one: Goods) -> Iterator[Exchange]:
    """One write of each kind that answers with the basket."""
    yield visit.add(one.product, 2)
    yield visit.set(one.product, 3)
    yield visit.patch(one.product, 1)
    yield visit.code(external_offer_code="understudy-unknown")
    yield visit.code(remove_voucher_code=True)
    yield visit.empty()


def _apart(trial: Trial) -> None:
    for one in goods(trial, 3, least=1):
        mine, theirs = Visit(trial), Visit(trial)
        theirs.add(one.product, 1)
        for answer in _writes(mine, one):
            before = theirs.read()
            if basket(before)["pk"] == basket(answer)["pk"]:
                raise Violation("two sessions have one basket", before, answer)
            if len(lines(before)) != 1 or lines(before)[0]["quantity"] != 1:
                raise Violation("a write to one basket changed another", answer, before)
            trial.fire(one.product, answer.method, answer.sent_body)


def _other_cookies(trial: Trial) -> None:
    one, other = filled(trial), filled(trial)
    if one is None or other is None:
        return
    mine, theirs = one.jar.cookies[SESSION], other.jar.cookies[SESSION]
    for extra in (
        {"a": "1", SESSION: mine},
        {SESSION: mine, "z": "1"},
        {"theme": "dark", SESSION: mine, "cart": theirs},
        {"sessionid": theirs, "osession": theirs, SESSION: mine, "osessionid2": theirs},
    ):
        plain = one.read()
        answer = trial.good("get_basket", cookies=extra, persona=GUEST)
        if state(plain) != state(answer):
            raise Violation("other cookies change which basket is shown", plain, answer)
        trial.fire(tuple(extra))


def _constant(trial: Trial) -> None:
    for one in goods(trial, 2, least=1):
        visit = Visit(trial)
        first = basket(visit.read())
        for answer in _writes(visit, one):
            for name in ("pk", "created_date"):
                if basket(answer)[name] != first[name]:
                    raise Violation(f"{name} was {first[name]} and changed", *visit.trail[-2:])
            trial.fire(one.product, answer.method, answer.sent_body)


def _looking(trial: Trial) -> None:
    for _ in range(5):
        visit = filled(trial)
        if visit is None:
            return
        one, other = visit.read(), visit.read()
        if state(one) != state(other):
            raise Violation("looking at the basket changed it", one, other)
        trial.fire(look(one))


def _modified(trial: Trial) -> None:
    """Each kind of write, a tick of the clock after the basket was filled."""
    found = goods(trial)
    if not found:
        return
    one = found[0]
    visits = [Visit(trial) for _ in _CHANGES]
    before = [visit.add(one.product, 3) for visit in visits]
    started = Visit(trial).read()
    trial.pass_time()
    if not _moved(started, Visit(trial).read(), "created_date"):
        trial.reason = "the subject's clock stands still"
        return
    for change, visit, was in zip(_CHANGES, visits, before, strict=True):
        change(visit, one, was)
        now = visit.read()
        if not _moved(was, now, "modified_date"):
            raise Violation("a write did not move modified_date", was, *visit.trail[-2:])
        trial.fire(visit.trail[-2].method, visit.trail[-2].sent_body)


def _moved(before: Exchange, after: Exchange, name: str) -> bool:
    return parse_time(basket(after)[name]) > parse_time(basket(before)[name])


Change = Callable[[Visit, Goods, Exchange], Any]
_CHANGES: tuple[Change, ...] = (
    lambda visit, one, _: visit.add(one.product, 1),
    lambda visit, one, _: visit.set(one.product, 2),
    lambda visit, one, _: visit.patch(one.product, 2),
    lambda visit, _, __: visit.code(external_offer_code="understudy-unknown"),
    lambda visit, _, __: visit.empty(),
    lambda visit, _, was: visit.good(
        "change_item",
        {
            "id": lines(was)[0]["id"],
            "is_all": True,
            "attributes": some_attributes(visit.trial),
        },
    ),
)


def _segment(trial: Trial) -> None:
    for one in goods(trial):
        visit = Visit(trial)
        for answer in (visit.read(), *_writes(visit, one), visit.read()):
            segment = basket(answer).get("segment")
            if not isinstance(segment, dict):
                raise Violation("the basket has no segment", answer)
            trial.fire(answer.method, answer.sent_body)


def _writes_show(operation: str) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for one in goods(trial, 4, least=1):
            visit = Visit(trial)
            visit.add(one.product, 2)
            for answer in _writes(visit, one):
                shown = visit.read()
                if answer.operation != operation:
                    continue
                if state(answer) != state(shown):
                    raise Violation("a write answers another basket than GET then", answer, shown)
                trial.fire(one.product, answer.sent_body)

    return check


LAWS = (
    Entry(
        "session.guest",
        "get_basket",
        "Without a known session a guest's begins, with an empty basket of its own.",
        ("public", "A23"),
        _guest,
        SCHEME,
        effect="reads",
    ),
    Entry(
        "session.guest",
        "add_product",
        "A guest's first write begins a session that keeps it.",
        ("public", "A23"),
        _guest_writes,
        SCHEME,
    ),
    Entry(
        "session.cookie",
        "get_basket",
        "The session's cookie is HttpOnly, SameSite=Lax and for the whole host.",
        ("public", "A23"),
        _attributes,
        "/components/headers/SessionCookie",
        effect="reads",
    ),
    Entry(
        "session.in-body",
        "add_product",
        "A write's answer names the session that the basket belongs to.",
        ("public", "A23"),
        _in_body,
        "/components/schemas/BasketWritten/properties/osessionid",
    ),
    Entry(
        "session.apart",
        "get_basket",
        "No session sees or changes the basket of another.",
        ("seed", "public"),
        _apart,
        SCHEME,
    ),
    Entry(
        "session.other-cookies",
        "get_basket",
        "Other cookies, before or after the session's, mean nothing.",
        ("public",),
        _other_cookies,
        SCHEME,
    ),
    Entry(
        "basket.constant",
        "get_basket",
        "A basket keeps its key and its date of creation.",
        ("seed", "A30"),
        _constant,
        f"{BASKET}/properties/created_date",
    ),
    Entry(
        "basket.looking",
        "get_basket",
        "Looking at a basket changes nothing, not even the date of its last change.",
        ("A30",),
        _looking,
    ),
    Entry(
        "basket.modified",
        "get_basket",
        "Every write moves the date of the last change.",
        ("seed", "A30"),
        _modified,
        f"{BASKET}/properties/modified_date",
    ),
    Entry(
        "basket.segment",
        "get_basket",
        "Every basket that is answered has a segment.",
        ("A30",),
        _segment,
        f"{BASKET}/properties/segment",
    ),
    *(
        Entry(
            "basket.write-shows",
            operation,
            "A write answers what GET then shows.",
            ("seed",),
            _writes_show(operation),
            "/responses/200",
        )
        for operation in ("add_product", "set_quantity", "change_basket", "empty_basket")
    ),
)
