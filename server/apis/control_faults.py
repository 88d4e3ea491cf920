"""The control of what goes wrong in a sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...specs.errors import UsageError, did_you_mean
from ..call import Answer, Call
from ..canned import Canned, NoSuchAnswer
from ..faults.catalogue import find, known
from ..faults.placed import Placed
from ..faults.transport import MEMBERS, Transport
from ..house import House
from ..refusal import Refusal


def _catalogue(house: House, call: Call) -> Answer:
    chosen = house.contracts
    wanted = call.query.get("contract")
    if wanted is not None:
        if wanted not in chosen:
            hint = did_you_mean(wanted, chosen)
            raise Refusal(404, f'No contract "{wanted}" is served.{hint}')
        chosen = {wanted: chosen[wanted]}
    found = known(chosen, with_mutants=wanted is not None)
    return Answer(200, {"faults": [each.to_data() for each in found]})


def _list(house: House, call: Call) -> Answer:
    faults = house.named(call.path["sandbox"]).faults
    return Answer(200, {"faults": [shown(each) for each in faults.all()]})


def _add(house: House, call: Call) -> Answer:
    sandbox, body = house.named(call.path["sandbox"]), call.body
    try:
        fault = find(body["name"], house.contracts)
    except UsageError as error:
        raise Refusal(422, f"{str(error).rstrip('.?')}.") from None
    contract, operation = _where(house, fault, body)
    if isinstance(fault, Transport):
        fault = _whole(house, fault, body, contract, operation)
    elif body.keys() & {"seconds", "status", "example"}:
        raise Refusal(422, f"{fault.name} takes neither seconds, status nor example.")
    placed = sandbox.faults.place(
        fault,
        contract=contract,
        operation=operation,
        share=body.get("share", 1.0),
        count=body.get("count"),
    )
    where = ("Location", f"/_understudy/sandboxes/{sandbox.name}/faults/{placed.id}")
    return Answer(201, shown(placed), (where,))


def _where(house: House, fault: Any, body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The contract and the operation that it is for; Refusal(422) where there are no such."""
    contract = body.get("contract")
    own = None if isinstance(fault, Transport) else fault.contract
    if own is not None and contract not in (None, own):
        raise Refusal(422, f"{fault.name} is a fault of {own}.")
    contract = contract or own
    if contract is not None and contract not in house.contracts:
        hint = did_you_mean(contract, house.contracts)
        raise Refusal(422, f'No contract "{contract}" is served.{hint}')
    operation = body.get("operation")
    if operation is None:
        return contract, None
    owners = [contract] if contract else list(house.contracts)
    operations = {o: name for name in owners for o in house.contracts[name].operations}
    if operation not in operations:
        raise Refusal(
            422, f'There is no operation "{operation}".' + did_you_mean(operation, operations)
        )
    return operations[operation], operation


def _whole(
    house: House,
    fault: Transport,
    body: Mapping[str, Any],
    contract: str | None,
    operation: str | None,
) -> Transport:
    """The fault with what else was said of it; Refusal(422) where that makes no sense."""
    taken = MEMBERS.get(fault.name, ())
    said = {name: body[name] for name in ("seconds", "status", "example") if name in body}
    for name in said:
        if name not in taken:
            raise Refusal(422, f"{fault.name} takes no {name}.")
    if taken and taken[0] not in said:
        raise Refusal(422, f"{fault.name} needs {taken[0]}.")
    if "status" in said and contract is not None and operation is not None:
        owner = house.contracts[contract]
        canned = Canned(owner, owner.operations[operation])
        try:
            if str(said["status"]) in owner.operations[operation].responses or "example" in said:
                canned.answer(said["status"], said.get("example"))
        except NoSuchAnswer as error:
            raise Refusal(422, str(error)) from None
    return replace(fault, **said)


def shown(placed: Placed) -> dict[str, Any]:
    """A fault that is set, as it is told."""
    told: dict[str, Any] = {
        "id": placed.id,
        "name": placed.fault.name,
        "contract": placed.contract,
        "operation": placed.operation,
        "share": placed.share,
        "count": placed.count,
        "struck": placed.struck,
    }
    if isinstance(placed.fault, Transport):
        for name in MEMBERS.get(placed.fault.name, ()):
            value = getattr(placed.fault, name)
            if value is not None:
                told[name] = value
    return told


def _clear(house: House, call: Call) -> Answer:
    house.named(call.path["sandbox"]).faults.clear()
    return Answer(204)


def _remove(house: House, call: Call) -> Answer:
    sandbox, id_ = house.named(call.path["sandbox"]), call.path["fault"]
    if not sandbox.faults.remove(id_):
        raise Refusal(404, f'"{sandbox.name}" has no fault "{id_}".')
    return Answer(204)


ACTS: Mapping[str, Callable[[House, Call], Answer]] = {
    "list_known_faults": _catalogue,
    "list_faults": _list,
    "add_fault": _add,
    "clear_faults": _clear,
    "remove_fault": _remove,
}
