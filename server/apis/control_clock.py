"""The control of a sandbox's clock."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.duration import duration
from .. import masks
from ..call import Answer, Call
from ..happening import Happening
from ..house import House
from ..refusal import Refusal
from ..sandbox import Sandbox
from ..store.store import Key
from ..values import moment

Happened = Sequence[tuple[Contract, Happening]]


def text(at: datetime) -> str:
    """A moment in milliseconds, with `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown(sandbox: Sandbox) -> dict[str, Any]:
    """The time, and whether it stands."""
    return {"now": text(sandbox.clock.now()), "frozen": sandbox.clock.is_frozen}


def happening(contract: Contract, each: Happening) -> dict[str, Any]:
    """What fell due, as it is told; a key that is a secret is masked."""
    after, secret = each.after or {}, secret_of(contract)
    changed = {
        pointer.join((name,)): masks.member(name, value, secret)
        for name, value in after.items()
        if each.before.get(name) != value or name not in each.before
    }
    return {
        "at": text(each.at),
        "kind": each.kind,
        "contract": contract.name,
        "collection": each.collection,
        "key": key(contract, each.collection, each.key),
        "set": changed,
    }


def key(contract: Contract, collection: str, value: Key) -> Key:
    """A document's key; masked where it is a token, or what a cookie holds."""
    path = contract.collections[collection].key
    return masks.MASK if masks.is_secret(path[-1], secret_of(contract)) else value


def secret_of(contract: Contract | None) -> frozenset[str]:
    """The names of the headers and cookies that a contract's credentials come in."""
    schemes = contract.security_schemes.values() if contract else ()
    return frozenset(scheme["name"].lower() for scheme in schemes if scheme.get("type") == "apiKey")


def _passed(sandbox: Sandbox, happened: Happened) -> Answer:
    told = [happening(contract, each) for contract, each in happened]
    return Answer(200, {**shown(sandbox), "happenings": told})


def _read(house: House, call: Call) -> Answer:
    return Answer(200, shown(house.named(call.path["sandbox"])))


def _moved(sandbox: Sandbox, move: Callable[[], Happened]) -> Answer:
    try:
        return _passed(sandbox, move())
    except (ValueError, OverflowError) as error:
        raise Refusal(422, f"{error}.") from None


def _set(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    at = moment(call.body["now"])
    return _moved(sandbox, lambda: sandbox.set_clock(at))


def _freeze(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    at = (call.body or {}).get("at")
    if at is None:
        sandbox.clock.freeze()
        return _passed(sandbox, ())
    answer = _moved(sandbox, lambda: sandbox.set_clock(moment(at)))
    sandbox.clock.freeze()
    sandbox.clock.set(moment(at))
    return Answer(200, {**answer.body, **shown(sandbox)})


def _advance(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    return _moved(sandbox, lambda: sandbox.advance(duration(call.body["by"])))


def _resume(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    sandbox.clock.resume()
    return _passed(sandbox, ())


ACTS: Mapping[str, Callable[[House, Call], Answer]] = {
    "get_clock": _read,
    "set_clock": _set,
    "freeze_clock": _freeze,
    "advance_clock": _advance,
    "resume_clock": _resume,
}
