"""The control API: the server's own, over sandboxes; written from `specs/control.yaml`."""

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any

from ...fixtures import fixture
from ..api import Api
from ..call import Answer, Call, Handler
from ..house import House
from ..refusal import Refusal
from ..sandbox import Sandbox
from ..world import DEFAULT
from . import control_clock, control_faults, control_journal, control_state, custom

Act = Callable[[House, Call], Answer]


def api(house: House) -> Api:
    """The operations over what `house` serves."""
    handlers: dict[str, Handler] = {name: partial(act, house) for name, act in _ACTS.items()}
    return Api(
        word=custom.word,
        authenticate=custom.authenticate,
        handlers=handlers,
        timespec="milliseconds",
        error_media=custom.API.error_media,
    )


def _health(house: House, _: Call) -> Answer:
    if not house.health.is_ready:
        return Answer(503, {"status": "starting"})
    if not house.world.is_reachable():
        return Answer(503, {"status": "unreachable"})
    return Answer(200, {"status": "ready"})


def _live(_: House, __: Call) -> Answer:
    return Answer(200, {"status": "live"})


def _version(_: House, __: Call) -> Answer:
    return Answer(200, {"name": "understudy", "version": version("understudy")})


def _contracts(house: House, _: Call) -> Answer:
    return Answer(
        200,
        {
            "contracts": [
                {
                    "name": mount.contract.name,
                    "title": mount.contract.document["info"].get("title", mount.contract.name),
                    "prefix": mount.prefix,
                    "operations": [
                        {"id": o.id, "method": o.method.upper(), "path": o.path}
                        for o in mount.contract.operations.values()
                    ],
                    "collections": list(mount.contract.collections),
                    "fixtures": list(
                        fixture.names(mount.contract.name) or (mount.fixture.file, "empty")
                    ),
                }
                for mount in house.mounts
            ]
        },
    )


def _list(house: House, _: Call) -> Answer:
    return Answer(200, {"sandboxes": [shown(each) for each in house.world.all()]})


def _create(house: House, call: Call) -> Answer:
    body: Mapping[str, Any] = call.body or {}
    name = body.get("name") or f"sandbox-{secrets.token_hex(6)}"
    if house.world.find(name) is not None:
        raise Refusal(409, f'There is a sandbox "{name}" already.')
    ways = [way for way in ("state", "fork") if way in body]
    ways += ["fixture"] if body.keys() & {"fixture", "fixtures"} else []
    if len(ways) > 1:
        raise Refusal(422, f"A sandbox begins in one way, not with {' and '.join(ways)}.")
    origin = house.begun(house.named(body["fork"])) if "fork" in body else None
    documents = control_state.checked(house, body["state"]) if "state" in body else {}
    chosen = house.fixtures(body.get("fixture"), body.get("fixtures", {}))
    made = house.world.declare(name)
    if origin is not None:
        made.become(origin)
    else:
        for mount, begin in chosen:
            made.load(mount.contract, begin)
        control_state.put(house, made, documents)
    if "seed" in body:
        made.reseed(body["seed"])
    where = ("Location", f"/_understudy/sandboxes/{name}")
    return Answer(201, shown(made), (where,))


def _read(house: House, call: Call) -> Answer:
    return Answer(200, shown(house.named(call.path["sandbox"])))


def _delete(house: House, call: Call) -> Answer:
    sandbox = house.named(call.path["sandbox"])
    if sandbox.name == DEFAULT:
        raise Refusal(409, f'"{DEFAULT}" is always there; reset it instead.')
    house.world.delete(sandbox.name)
    return Answer(204)


def _reset(house: House, call: Call) -> Answer:
    body: Mapping[str, Any] = call.body or {}
    sandbox = house.named(call.path["sandbox"])
    chosen = house.fixtures(body.get("fixture"), body.get("fixtures", {}))
    sandbox.clock.reset()
    sandbox.faults.clear()
    house.prepare(sandbox)
    sandbox.reseed(body.get("seed", sandbox.seed))
    for mount, begin in chosen:
        sandbox.load(mount.contract, begin)
    sandbox.journal.clear()
    return Answer(200, shown(sandbox))


def shown(sandbox: Sandbox) -> dict[str, Any]:
    """A sandbox, as it is told."""
    return {
        "name": sandbox.name,
        "seed": sandbox.seed,
        "clock": control_clock.shown(sandbox),
        "snapshots": sorted(sandbox.snapshots),
        "faults": len(sandbox.faults.all()),
        "journal": {"entries": len(sandbox.journal), "dropped": sandbox.journal.dropped},
    }


_ACTS: Mapping[str, Act] = {
    "get_health": _health,
    "get_live": _live,
    "get_version": _version,
    "list_contracts": _contracts,
    "list_sandboxes": _list,
    "create_sandbox": _create,
    "get_sandbox": _read,
    "delete_sandbox": _delete,
    "reset_sandbox": _reset,
    **control_state.ACTS,
    **control_clock.ACTS,
    **control_journal.ACTS,
    **control_faults.ACTS,
}
