"""`Change`: one difference between two contracts, as a consumer of the old one would feel it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["breaking", "risky", "safe"]
SEVERITIES: tuple[Severity, ...] = ("breaking", "risky", "safe")
"""From the worst to the best: a correct client can fail; may fail, or nobody can tell; cannot."""
Direction = Literal["request", "response"]
"""What the client sends, or what it receives; in callbacks it receives the requests."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in one of the documents; that of what it would stand in, where it is absent."""

    file: str
    line: int
    pointer: str

    def __str__(self) -> str:
        """`specs/limio.yaml:212`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `place` is where in the API it is, whatever the documents look like.

    `operation` is empty where the whole document is concerned; `cure` says how to make the change
    compatible, and is empty where it is safe.
    """

    rule: str
    place: str
    severity: Severity
    direction: Direction
    operation: str
    old: Spot
    new: Spot
    message: str
    cure: str

    @property
    def id(self) -> str:
        """What an allow file knows this change by: the rule and the place."""
        return f"{self.rule} {self.place}"
