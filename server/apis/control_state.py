"""The control of a sandbox's documents: dumps, loads and snapshots."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...fixtures import fixture
from ...specs import pointer
from ...specs.contract import Contract
from ...specs.errors import did_you_mean
from ..call import Answer, Call
from ..house import House
from ..refusal import Invalid, Refusal
from ..sandbox import Sandbox
from ..state import COUNTERS, KEPT

MOST_SNAPSHOTS = 100
"""So many are kept for one sandbox."""
LAST = 2**53 - 1
"""The largest number that a counter is loaded with: ids beyond it are not told apart in JSON."""
_MOST_TOLD = 20
Documents = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
"""Documents by contract and collection."""


def checked(house: House, dump: Mapping[str, Any]) -> Documents:
    """The documents of a dump; Refusal(422) that names each that its contract does not allow."""
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    for name, collections in dump["contracts"].items():
        contract = house.contracts.get(name)
        if contract is None:
            known = did_you_mean(name, house.contracts)
            wrong.append((("contracts", name), f'no contract "{name}" is served.{known}'))
            continue
        for collection, rows in collections.items():
            at = ("contracts", name, collection)
            wrong += [((*at, *below), why) for below, why in _defects(contract, collection, rows)]
    if wrong:
        told = "; ".join(f"{pointer.join(at)} {why}" for at, why in wrong[:_MOST_TOLD])
        raise Refusal(422, f"Nothing was loaded: {told}", invalid=tuple(map(_invalid, wrong)))
    found: Documents = dump["contracts"]
    return found


def _defects(
    contract: Contract, collection: str, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[tuple[str | int, ...], str]]:
    if collection in KEPT:
        is_good, what = (_counts, "counter") if collection == COUNTERS else (_recalls, "request")
        return [((index,), f"is no {what}") for index, row in enumerate(rows) if not is_good(row)]
    if collection not in contract.collections:
        hint = did_you_mean(collection, contract.collections)
        return [((), f"is no collection of {contract.name}.{hint}")]
    found = fixture.defects(contract, collection, rows)
    return [(pointer.split(at), why) for at, why in found]


def _counts(row: Mapping[str, Any]) -> bool:
    last = row.get("last")
    is_last = isinstance(last, int) and not isinstance(last, bool) and 0 <= last <= LAST
    return row.keys() == {"name", "last"} and isinstance(row["name"], str) and is_last


def _recalls(row: Mapping[str, Any]) -> bool:
    if row.keys() != {"request", "body", "made"} or not isinstance(row["request"], str):
        return False
    return isinstance(row["made"], str | int) and not isinstance(row["made"], bool)


def _invalid(wrong: tuple[tuple[str | int, ...], str]) -> Invalid:
    at, why = wrong
    place = "/paths/~1sandboxes~1{sandbox}~1state/put/requestBody"
    return Invalid("body", at, "contract", None, None, why, place)


def put(house: House, sandbox: Sandbox, documents: Documents) -> None:
    """Put checked documents in place of those of their contracts."""
    for name, collections in documents.items():
        sandbox.restore(house.contracts[name], collections)


def _dump(house: House, sandbox: Sandbox) -> Answer:
    found = {name: dict(sandbox.store(name).dump()) for name in house.contracts}
    return Answer(200, {"contracts": found})


def _read(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    for contract in house.contracts.values():
        sandbox.tick(contract)
    return _dump(house, sandbox)


def _load(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    put(house, sandbox, checked(house, call.body))
    return _dump(house, sandbox)


def _snapshots(house: House, call: Call) -> Answer:
    return Answer(200, {"snapshots": sorted(house.named(call.path["sandbox"]).snapshots)})


def _save(house: House, call: Call) -> Answer:
    sandbox, name = house.sandbox(call), call.path["snapshot"]
    if name not in sandbox.snapshots and len(sandbox.snapshots) >= MOST_SNAPSHOTS:
        raise Refusal(409, f"There are {MOST_SNAPSHOTS} snapshots already; delete some.")
    sandbox.snapshots[name] = sandbox.snapshot()
    return Answer(204)


def _restore(house: House, call: Call) -> Answer:
    sandbox = house.sandbox(call)
    sandbox.rewind(sandbox.snapshots[_known(sandbox, call)])
    return Answer(204)


def _forget(house: House, call: Call) -> Answer:
    sandbox = house.named(call.path["sandbox"])
    del sandbox.snapshots[_known(sandbox, call)]
    return Answer(204)


def _known(sandbox: Sandbox, call: Call) -> str:
    name: str = call.path["snapshot"]
    if name not in sandbox.snapshots:
        hint = did_you_mean(name, sandbox.snapshots)
        raise Refusal(404, f'"{sandbox.name}" has no snapshot "{name}".{hint}')
    return name


ACTS: Mapping[str, Callable[[House, Call], Answer]] = {
    "get_state": _read,
    "load_state": _load,
    "list_snapshots": _snapshots,
    "save_snapshot": _save,
    "restore_snapshot": _restore,
    "delete_snapshot": _forget,
}
