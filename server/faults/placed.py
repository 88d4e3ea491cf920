"""`Faults`: the faults that are set in one sandbox, each for some of its calls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..chance import Chance
from .fault import Behaviour
from .transport import Transport

Find = Callable[[str], Behaviour | None]
"""Gives the fault of behaviour of that name, where there is one."""
_MEMBERS = ("id", "contract", "operation", "share", "count", "struck")


@dataclass(slots=True)
class Placed:
    """One fault where it was set. `contract` and `operation` are None where it meets any.

    It strikes a `share` of the calls, chosen at random, until it has struck `count` times.
    """

    id: str
    fault: Behaviour | Transport
    contract: str | None = None
    operation: str | None = None
    share: float = 1.0
    count: int | None = None
    struck: int = 0

    def to_data(self) -> dict[str, Any]:
        """As JSON data, the fault by its name."""
        data: dict[str, Any] = {name: getattr(self, name) for name in _MEMBERS}
        if isinstance(self.fault, Transport):
            return {**data, "transport": asdict(self.fault)}
        return {**data, "behaviour": self.fault.name}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], find: Find) -> "Placed | None":
        """What `to_data` gave; None where there is no fault of that name."""
        fault: Behaviour | Transport | None
        fault = Transport(**data["transport"]) if "transport" in data else find(data["behaviour"])
        if fault is None:
            return None
        return cls(fault=fault, **{name: data[name] for name in _MEMBERS})

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.count is not None and self.struck >= self.count

    def covers(self, contract: str, operation: str | None) -> bool:
        """Whether it is for such a call; None is one that reached no operation."""
        return self.contract in (None, contract) and self.operation in (None, operation)


class Faults:
    """What is set in a sandbox, in the order of its setting; it is false when nothing is."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._chance = self._anew()
        self._placed: dict[str, Placed] = {}
        self._last = 0

    def __bool__(self) -> bool:
        return bool(self._placed)

    def place(
        self,
        fault: Behaviour | Transport,
        *,
        contract: str | None = None,
        operation: str | None = None,
        share: float = 1.0,
        count: int | None = None,
    ) -> Placed:
        """Set a fault; one of behaviour is for its own contract alone."""
        self._last += 1
        owner = contract if isinstance(fault, Transport) else fault.contract
        placed = Placed(str(self._last), fault, owner, operation, share, count)
        self._placed[placed.id] = placed
        return placed

    def all(self) -> Sequence[Placed]:
        """Those that are set, the spent ones as well."""
        return list(self._placed.values())

    def remove(self, id_: str) -> bool:
        """Take one away; false when there is none of that id."""
        return self._placed.pop(id_, None) is not None

    def clear(self) -> None:
        """Take all away, and begin chance anew."""
        self._placed.clear()
        self._chance = self._anew()

    def reseed(self, seed: int) -> None:
        """Begin chance anew with another seed."""
        self._seed = seed
        self._chance = self._anew()

    def to_data(self) -> dict[str, Any]:
        """All that `recall` needs, as JSON data."""
        placed = [each.to_data() for each in self._placed.values()]
        return {"last": self._last, "drawn": self._chance.drawn, "placed": placed}

    def recall(self, data: Mapping[str, Any], find: Find) -> None:
        """Be as `to_data` told; what `find` does not know here is left out."""
        self._last = data["last"]
        self._chance = self._anew(data["drawn"])
        found = (Placed.from_data(each, find) for each in data["placed"])
        self._placed = {placed.id: placed for placed in found if placed is not None}

    def _anew(self, drawn: int = 0) -> Chance:
        return Chance(self._seed, "faults", drawn=drawn)

    def behaviour(self, contract: str, operation: str | None) -> Sequence[Placed]:
        """The faults of behaviour that strike this call."""
        return self._striking(contract, operation, of_transport=False)

    def transport(self, contract: str, operation: str) -> Sequence[Placed]:
        """The faults of transport that strike this call."""
        return self._striking(contract, operation, of_transport=True)

    def _striking(
        self, contract: str, operation: str | None, *, of_transport: bool
    ) -> Sequence[Placed]:
        found = []
        for placed in self._placed.values():
            if isinstance(placed.fault, Transport) is not of_transport or placed.is_spent:
                continue
            if not placed.covers(contract, operation):
                continue
            if placed.share >= 1 or self._chance.share() < placed.share:
                placed.struck += 1
                found.append(placed)
        return found
