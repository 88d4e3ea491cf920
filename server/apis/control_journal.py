"""The journal as clients read it: entries with secrets masked, and whether calls were made."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from ...specs import pointer
from .. import masks
from ..body import FORM, parsed
from ..call import Answer, Call
from ..house import House
from ..journal import Asked, Entry, Headers
from .control_clock import happening, key, secret_of, text

_NEAREST = 3
"""So many of the nearest misses are told."""
_DESCRIBED = ("contract", "operation", "method", "path", "status")
Difference = Mapping[str, Any]


def _list(house: House, call: Call) -> Answer:
    sandbox, query = house.named(call.path["sandbox"]), call.query

    def wanted(entry: Entry) -> bool:
        event = entry.event
        if entry.number <= query.get("since", 0):
            return False
        owner = event.contract.name if event.contract else None
        if query.get("contract") not in (None, owner):
            return False
        if not query.keys() & {"operation", "status", "violations"}:
            return True
        return isinstance(event, Asked) and (
            query.get("operation") in (None, event.operation)
            and query.get("status") in (None, event.status)
            and query.get("violations") in (None, bool(event.violations))
        )

    found = list(sandbox.journal.entries(wanted))[-query["limit"] :]
    told = [shown(entry) for entry in found]
    return Answer(200, {"entries": told, "dropped": sandbox.journal.dropped})


def shown(entry: Entry) -> dict[str, Any]:
    """An entry, as it is told; nothing secret is in it."""
    event = entry.event
    told: dict[str, Any] = {
        "number": entry.number,
        "at": text(entry.at),
        "clock": text(entry.clock),
        "kind": "request" if isinstance(event, Asked) else "clock",
        "contract": event.contract.name if event.contract else None,
    }
    if not isinstance(event, Asked):
        told["happenings"] = [happening(event.contract, each) for each in event.happenings]
        return told
    secret = secret_of(event.contract)
    told |= {
        "operation": event.operation,
        "method": event.method,
        "path": masks.path(event.path, secret),
        "status": event.status,
        "ms": round(event.ms, 3),
        "request": _message(event.headers, event.body, secret),
        "answer": _message(event.answer_headers, event.answer_body, secret),
        "violations": [
            {
                "side": each.side,
                "where": each.where,
                "message": masks.member(re.split("[ /]", each.where)[-1], each.message, secret),
                "pointer": each.at,
                "place": event.contract.place(each.at) if event.contract else "",
            }
            for each in event.violations
        ],
        "changes": [
            {
                "collection": each.collection,
                "key": key(event.contract, each.collection, each.key),
                "before": masks.data(each.before, secret),
                "after": masks.data(each.after, secret),
            }
            for each in event.changes
            # What the store counts by is not of the contract.
            if event.contract and each.collection in event.contract.collections
        ],
        "faults": list(event.struck),
    }
    return told


def _message(headers: Headers, body: bytes, secret: frozenset[str]) -> dict[str, Any]:
    shown_headers = masks.headers(headers, secret)
    media = shown_headers.get("content-type", "")
    return {"headers": shown_headers, "body": masks.body(body, media, secret)}


def _clear(house: House, call: Call) -> Answer:
    house.named(call.path["sandbox"]).journal.clear()
    return Answer(204)


def _verify(house: House, call: Call) -> Answer:
    sandbox, wanted = house.named(call.path["sandbox"]), call.body
    differences = {
        entry.number: list(_differences(entry.event, wanted))
        for entry in sandbox.journal.entries(lambda each: isinstance(each.event, Asked))
        if isinstance(entry.event, Asked)
    }
    met = [number for number, each in differences.items() if not each]
    enough, most = _bounds(wanted)
    is_enough = len(met) >= enough
    nearest = [] if is_enough else _nearest(differences)
    return Answer(
        200,
        {
            "matches": is_enough and (most is None or len(met) <= most),
            "count": len(met),
            "entries": met,
            "nearest": nearest,
        },
    )


def _bounds(wanted: Mapping[str, Any]) -> tuple[int, int | None]:
    """At least and at most how many; at least one where nothing is said."""
    if "exactly" in wanted:
        return wanted["exactly"], wanted["exactly"]
    least = wanted.get("at_least", 0 if "at_most" in wanted else 1)
    return least, wanted.get("at_most")


def _nearest(differences: Mapping[int, Sequence[Difference]]) -> list[Mapping[str, Any]]:
    misses = sorted(
        ((number, each) for number, each in differences.items() if each),
        # Of misses that are as near, the latest.
        key=lambda miss: (len(miss[1]), -miss[0]),
    )
    return [{"number": number, "differences": each} for number, each in islice(misses, _NEAREST)]


def _differences(event: Asked, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    found = {
        "contract": event.contract.name if event.contract else None,
        "operation": event.operation,
        "method": event.method,
        "path": event.path.partition("?")[0],
        "status": event.status,
    }
    for name in _DESCRIBED:
        if name in wanted and _folded(name, wanted[name]) != found[name]:
            yield {"what": name, "wanted": wanted[name], "found": found[name]}
    if "body" in wanted:
        for at, each, sent in _in_body(wanted["body"], _sent(event), ()):
            secret = secret_of(event.contract)
            hidden = sent is not None and any(masks.is_secret(str(name), secret) for name in at)
            told = masks.MASK if hidden else masks.data(sent, secret)
            yield {"what": f"body{pointer.join(at)}", "wanted": each, "found": told}


def _folded(name: str, value: Any) -> Any:
    return value.upper() if name == "method" else value


def _sent(event: Asked) -> Any:
    """The body of a request as data, a form's by name; else as text that holds no secret."""
    if not event.body:
        return None
    media = next((value for name, value in event.headers if name.lower() == b"content-type"), b"")
    if media.decode("latin-1").startswith(FORM):
        return dict(parse_qsl(event.body.decode(errors="replace"), keep_blank_values=True))
    try:
        return parsed(event.body)
    except ValueError:
        return masks.text(event.body, secret_of(event.contract))


def _in_body(
    wanted: Any, sent: Any, at: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    """Where what was sent lacks what is wanted, and the two; members beside it do not matter."""
    if isinstance(wanted, Mapping) and isinstance(sent, Mapping):
        for name, each in wanted.items():
            yield from _in_body(each, sent.get(name), (*at, name))
    elif isinstance(wanted, list) and isinstance(sent, list) and len(wanted) == len(sent):
        for index, each in enumerate(wanted):
            yield from _in_body(each, sent[index], (*at, index))
    elif wanted != sent or isinstance(wanted, bool) is not isinstance(sent, bool):
        yield at, wanted, sent


ACTS: Mapping[str, Callable[[House, Call], Answer]] = {
    "list_journal": _list,
    "clear_journal": _clear,
    "verify_journal": _verify,
}
