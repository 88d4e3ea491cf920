"""Events of a journal as JSON, and back again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from ...specs.contract import Contract
from ..happening import Happening
from ..journal import Asked, Event, Headers, Passed
from ..store.store import Change
from ..violation import Violation

_BODIES = ("body", "answer_body")
_HEADERS = ("headers", "answer_headers")


def to_json(event: Event) -> bytes:
    """`event` as JSON; octets as characters, contracts by their names."""
    if isinstance(event, Passed):
        happenings = [
            (each.at, each.kind, each.collection, each.key, each.before, each.after)
            for each in event.happenings
        ]
        return orjson.dumps({"passed": event.contract.name, "happenings": happenings})
    data: dict[str, Any] = event._asdict()
    data["contract"] = event.contract.name if event.contract else None
    data.update({name: data[name].decode("latin-1") for name in _BODIES})
    data.update({name: _spelt(data[name]) for name in _HEADERS})
    data["violations"] = [asdict(each) for each in event.violations]
    data["changes"] = [(c.collection, c.key, c.before, c.after) for c in event.changes]
    return orjson.dumps(data)


def from_data(data: dict[str, Any], contracts: Mapping[str, Contract]) -> Event | None:
    """What `to_json` was given; None for what happened to a contract that is not served here."""
    if "passed" in data:
        contract = contracts.get(data["passed"])
        happenings = [
            Happening(datetime.fromisoformat(at), *others) for at, *others in data["happenings"]
        ]
        return None if contract is None else Passed(contract, happenings)
    data["contract"] = contracts.get(data["contract"])
    data.update({name: data[name].encode("latin-1") for name in _BODIES})
    data.update({name: _read(data[name]) for name in _HEADERS})
    data["violations"] = [Violation(**each) for each in data["violations"]]
    data["changes"] = tuple(Change(*each) for each in data["changes"])
    data["struck"] = tuple(data["struck"])
    return Asked(**data)


def _spelt(headers: Headers) -> Sequence[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def _read(headers: Sequence[tuple[str, str]]) -> Headers:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
