"""`Pair`: two parts that stand for each other, and how to tell of them."""

from dataclasses import dataclass, replace

from .answer import Answer
from .change import Change, Direction, Severity
from .node import Node
from .side import Message

CURES: dict[Direction, str] = {
    "request": "go on taking what the old contract allows; ask for what is new in a new, "
    "optional parameter or member, or in a new operation",
    "response": "go on answering what the old contract promises; offer what is new in a new "
    "member or media type, or in a new operation",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """`place` begins with the operation; `what` is its name in a sentence, `path` a place inside.

    `direction` says who sends it, `message` whether it belongs to a request or an answer: the two
    differ in callbacks alone.
    """

    old: Node
    new: Node
    place: str
    operation: str
    what: str
    direction: Direction = "request"
    message: Message = "request"
    path: str = ""

    def to(self, old: Node, new: Node, step: str, what: str = "") -> "Pair":
        """The parts one step below; what stands on one side alone keeps the place above it."""
        return replace(
            self,
            old=old if old.exists else self.old,
            new=new if new.exists else self.new,
            place=f"{self.place} {step}" if step else self.place,
            what=what or self.what,
        )

    def into(self, old: Node | None, new: Node | None, step: str) -> "Pair":
        """The parts one step below, inside a schema."""
        return replace(
            self,
            old=old or self.old,
            new=new or self.new,
            place=self.place + ("" if self.path else " ") + step,
            path=self.path + step,
        )

    @property
    def subject(self) -> str:
        """What changed, in a sentence."""
        return f"{self.path} of {self.what}" if self.path else self.what

    def change(self, rule: str, severity: Severity, message: str, cure: str = "") -> Change:
        """A change here; where it is safe there is nothing to cure."""
        return Change(
            rule=rule,
            place=self.place,
            severity=severity,
            direction=self.direction,
            operation=self.operation,
            old=self.old.spot,
            new=self.new.spot,
            message=message[:1].upper() + message[1:],
            cure="" if severity == "safe" else cure or CURES[self.direction],
        )

    def shrunk(self) -> Severity:
        """What it means that less is allowed: a client may send what is now refused."""
        return "breaking" if self.direction == "request" else "safe"

    def grown(self) -> Severity:
        """What it means that more is allowed: a client may be sent what it does not know."""
        return "breaking" if self.direction == "response" else "safe"


def severity_of(answer: Answer) -> Severity:
    """What an answer means to the one who receives."""
    if answer.is_yes:
        return "safe"
    return "breaking" if answer.is_no else "risky"
