"""`Walk`: one way down from a schema, and the worst that anything below can be."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from .answer import Answer
from .change import SEVERITIES, Change, Direction, Severity
from .pair import Pair
from .shape import Shape
from .side import Key, Message, Nodes, Side
from .subset import Relation

PLACES = 8
"""How often one pair of schemas is told of below another: a recursive one has no end."""


class Schemas(Protocol):
    """What knows both documents' schemas, and walks on."""

    def relation(self, message: Message, direction: Direction) -> Relation:
        """What a sender may send against what a receiver allows."""

    def are_unchanged(self, old: Nodes, new: Nodes) -> bool:
        """Whether these schemas are equal, with all that they refer to."""

    def walk(self, walk: "Walk") -> Iterator[Change]:
        """What changed here and below."""


@dataclass(slots=True)
class Walk:
    """Where it has come to; `limit` is the worst that anything below can be."""

    schemata: Schemas
    pair: Pair
    old: Nodes
    new: Nodes
    limit: Severity = "breaking"
    path: frozenset[tuple[Key, Key]] = frozenset()
    visits: Counter[tuple[Key, Key, Severity]] = field(default_factory=Counter)

    @property
    def relation(self) -> Relation:
        """What the sender may send against what the receiver allows."""
        return self.schemata.relation(self.pair.message, self.pair.direction)

    @property
    def reverse(self) -> Relation:
        """The same, had the other one changed."""
        back: Direction = "response" if self.pair.direction == "request" else "request"
        return self.schemata.relation(self.pair.message, back)

    @property
    def is_sent(self) -> bool:
        """Whether the client sends it."""
        return self.pair.direction == "request"

    def sides(self) -> tuple[Side, Side]:
        """The old and the new side."""
        relation = self.relation
        ends = relation.sender, relation.receiver
        return ends if self.is_sent else ends[::-1]

    def answer(self) -> Answer:
        """Whether all that is sent is allowed."""
        sub, sup = (self.old, self.new) if self.is_sent else (self.new, self.old)
        return self.relation.schemas(sub, sup)

    def within(self, sub: Shape, sup: Shape) -> Answer:
        """The same of shapes."""
        return self.relation.shapes(sub, sup)

    def down(self, old: Nodes, new: Nodes, step: str) -> "Walk":
        """The way on to a part of both."""
        pair = self.pair.into(old[0] if old else None, new[0] if new else None, step)
        return replace(self, pair=pair, old=old, new=new)

    def say(self, rule: str, severity: Severity, words: str, cure: str = "") -> Change:
        """A change here, no worse than it can be."""
        worst = max(severity, self.limit, key=SEVERITIES.index)
        return self.pair.change(rule, worst, f"{self.pair.subject} {words}", cure)
