"""`Variants`: a contract's operations, as they are and with the faults that strike a request."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from . import engine
from .call import Handler
from .faults.fault import Behaviour
from .faults.placed import Placed
from .faults.stage import Stage
from .faults.transport import Transport
from .mount import Mount
from .operation import ServedOperation
from .sandbox import Sandbox
from .settings import Settings

_KEPT = 16
"""So many combinations of faults are kept ready for one sandbox."""


class Variant:
    """A contract as one request meets it. Its operations are built once."""

    def __init__(
        self, original: Mount, settings: Settings, faults: Sequence[Behaviour] = ()
    ) -> None:
        stage = Stage(original)
        for fault in faults:
            stage = fault.apply(stage)
        self.mount = stage.mount
        self.around = stage.around
        self._original = original.contract
        # A fault is there to be met: that it breaks the contract is told by the journal alone.
        self._settings = replace(settings, validate_responses="note") if faults else settings
        self._handlers = handlers(stage.mount)
        self._operations: dict[str, ServedOperation] = {}

    def operation(self, id_: str) -> ServedOperation:
        """What answers the operation of that id."""
        served = self._operations.get(id_)
        if served is None:
            operation = self.mount.contract.operations[id_]
            served = self._operations[id_] = ServedOperation(
                self.mount, operation, self._handlers[id_], self._settings, self._original
            )
        return served


class Variants:
    """One contract's variants; those of a sandbox are its own, since a fault may remember."""

    def __init__(self, mount: Mount, settings: Settings) -> None:
        self.mount = mount
        self._settings = settings
        self.plain = Variant(mount, settings)
        """The contract as it is."""
        for id_ in mount.contract.operations:
            # Now, and not at the first request: what cannot be served is not to begin.
            self.plain.operation(id_)
        self._faulty: WeakKeyDictionary[object, dict[tuple[str, ...], Variant]] = (
            WeakKeyDictionary()
        )

    def meeting(self, sandbox: Sandbox, operation: str | None) -> tuple[Variant, Sequence[Placed]]:
        """What a request meets, and the faults of behaviour that strike it."""
        if not self.mount.is_vendors:
            return self.plain, ()
        struck = sandbox.faults.behaviour(self.mount.contract.name, operation)
        if not struck:
            return self.plain, ()
        known = self._faulty.setdefault(sandbox.anchor, {})
        key = tuple(placed.id for placed in struck)
        if key not in known:
            if len(known) >= _KEPT:
                known.clear()
            faults = [each.fault for each in struck if not isinstance(each.fault, Transport)]
            known[key] = Variant(self.mount, self._settings, faults)
        return known[key], struck


def handlers(served: Mount) -> Mapping[str, Handler]:
    """What answers each operation; the vendor's own function goes before the engine's."""
    found: dict[str, Handler] = {}
    for operation in served.contract.operations.values():
        own = served.api.handlers.get(operation.id)
        found[operation.id] = own or engine.handler(served.contract, operation) or engine.unanswered
    return found
