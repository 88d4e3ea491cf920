"""Faults of any list: rows that come twice, are lost, stale or out of place."""

from collections.abc import Callable
from typing import Any

import orjson

from ...specs import pointer
from ...specs.clauses import Listing
from ..call import Answer, Call
from .decorate import Body, asked, instead, shown
from .fault import Apply, Fault, faults
from .stage import Stage

Rows = list[Any]


def of(contract: str, operation: str) -> tuple[Fault, ...]:
    """The faults of the list that `operation` answers."""
    return faults(
        contract,
        "lists",
        (
            "row-twice",
            "A page shows its second row twice.",
            _rows(operation, lambda rows: [*rows[:2], *rows[1:]]),
        ),
        (
            "row-dropped",
            "A page leaves out its third row.",
            _rows(operation, lambda rows: [*rows[:2], *rows[3:]]),
        ),
        (
            "rows-swapped",
            "A page shows its second and its third row in each other's place.",
            _rows(
                operation,
                lambda rows: [rows[0], rows[2], rows[1], *rows[3:]] if len(rows) > 2 else rows,
            ),
        ),
        ("last-row-lost", "The last page lacks its last row.", shown(operation, _last_lost)),
        (
            "first-row-again",
            "Every later page begins with the first row of the first page.",
            instead(operation, _first_again),
        ),
        (
            "later-pages-longer",
            "Only the first page has the size that was asked for.",
            asked(operation, _sizeless),
        ),
        (
            "stale",
            "What was listed once is listed so for ever, whatever is written since.",
            lambda stage: instead(operation, _Stale().answer)(stage),
        ),
    )


def counted_by_page(contract: str, operation: str) -> tuple[Fault, ...]:
    """The fault of a list that reports a total."""

    def change(call: Call, body: Body) -> Body:
        listing = _listing(call)
        count = len(pointer.value(body, listing.items))
        return pointer.put_all(body, dict.fromkeys(listing.report.total, count))

    return faults(
        contract,
        "lists",
        (
            "total-of-page",
            "The total counts the rows of the page, not those of all pages.",
            shown(operation, change),
        ),
    )


def _listing(call: Call) -> Listing:
    if call.operation.listing is None:
        raise ValueError(f"{call.operation.id} lists nothing")
    return call.operation.listing


def _rows(operation: str, change: Callable[[Rows], Rows]) -> Apply:
    def changed(call: Call, body: Body) -> Body:
        items = _listing(call).items
        return pointer.put(body, items, change(list(pointer.value(body, items))))

    return shown(operation, changed)


def _last_lost(call: Call, body: Body) -> Body:
    listing = _listing(call)
    ends = [listing.paging.next, *listing.report.has_next]
    if any(path is not None and pointer.value(body, path) for path in ends):
        return body
    return pointer.put(body, listing.items, pointer.value(body, listing.items)[:-1])


def _is_later(call: Call) -> bool:
    paging = _listing(call).paging
    return int(call.query.get(paging.page or "", 1)) > 1 or (paging.cursor or "") in call.query


def _sizeless(call: Call) -> Call:
    paging = _listing(call).paging
    if not _is_later(call):
        return call
    query = {name: value for name, value in call.query.items() if name != paging.size}
    return call._replace(query=query)


def _first_again(stage: Stage, call: Call) -> Answer:
    answer = stage.play(call)
    if not _is_later(call):
        return answer
    listing = _listing(call)
    places = (listing.paging.page, listing.paging.cursor)
    query = {name: value for name, value in call.query.items() if name not in places}
    first = pointer.value(stage.play(call._replace(query=query)).body, listing.items)
    rows = pointer.value(answer.body, listing.items)
    body = pointer.put(answer.body, listing.items, [*first[:1], *rows[1:]] if rows else rows)
    return answer._replace(body=body)


class _Stale:
    """Remembers the first answer to each request."""

    def __init__(self) -> None:
        self._answers: dict[bytes, Answer] = {}

    def answer(self, stage: Stage, call: Call) -> Answer:
        """What was answered first."""
        who = sorted((name, identity.name) for name, identity in call.identities.items())
        asked_for = orjson.dumps([who, sorted(call.query.items())])
        if asked_for not in self._answers:
            self._answers[asked_for] = stage.play(call)
        return self._answers[asked_for]
