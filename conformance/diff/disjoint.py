"""Whether no instance of one schema can be one of another: what `oneOf` and `not` ask."""

from collections.abc import Callable

from .answer import Answer
from .shape import Shape
from .side import Nodes, Side, listed

_DEEPEST = 4


class Disjointness:
    """Between what `sender` may send and what `receiver` describes; True only where proved."""

    def __init__(
        self, sender: Side, receiver: Side, within: Callable[[Shape, Shape], Answer]
    ) -> None:
        self._sender = sender
        self._receiver = receiver
        self._within = within

    def holds(self, sent: Shape, other: Shape, depth: int = 0) -> bool:
        """Whether nothing that is sent by the one is an instance of the other."""
        ours = self._sender.alternatives(sent)
        theirs = self._receiver.alternatives(other)
        if ours is None or theirs is None or depth > _DEEPEST:
            return False
        return all(
            self._apart(one, two, depth)
            for mine in ours
            for one in self._sender.kinds(mine)
            for two in theirs
        )

    def _apart(self, one: Shape, two: Shape, depth: int) -> bool:
        values = listed(one)
        if values is not None:
            sent = (value for value in values if self._sender.lets(one, value))
            return not any(self._receiver.lets(two, value) for value in sent)
        kinds = one.kinds & two.kinds
        if not kinds:
            return True
        for ban in two.bans:
            if self._within(one, self._receiver.shape((ban.node,))).is_yes:
                return True
        (kind,) = kinds
        if two.values is not None:
            values = two.of_kind(kind).values or ()
            return not any(self._sender.lets(one, value) for value in values)
        if kind == "number":
            return _numbers_apart(one, two)
        if kind == "string":
            return one.length.meet(two.length).is_empty
        if kind == "array":
            return one.size.meet(two.size).is_empty
        return self._objects_apart(one, two, depth)

    def _objects_apart(self, one: Shape, two: Shape, depth: int) -> bool:
        if one.count.meet(two.count).is_empty:
            return True
        sent = self._sender.sent(one)
        beside = self._sender.sent_beside(one)
        needed = self._receiver.needed(two)
        if beside is None and any(name not in sent for name in needed):
            return True
        for name in self._sender.needed(one) | needed:
            ours: Nodes | None = sent.get(name, beside)
            theirs = self._receiver.member(two, name)
            if ours is None or theirs is None:
                return True
            if self.holds(self._sender.shape(ours), self._receiver.shape(theirs), depth + 1):
                return True
        return False


def _numbers_apart(one: Shape, two: Shape) -> bool:
    """Whether the ranges do not overlap."""
    pairs = ((one.upper, two.lower), (two.upper, one.lower))
    for upper, lower in pairs:
        if upper is None or lower is None:
            continue
        if upper.value < lower.value:
            return True
        if upper.value == lower.value and (upper.is_open or lower.is_open):
            return True
    return False
