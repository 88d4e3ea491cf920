"""`Transport`: the ways in which an answer comes late, broken, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["latency", "status", "empty", "reset", "cut", "slow", "lost-before", "lost-after"]

KINDS: Mapping[Kind, str] = {
    "latency": "The answer begins `seconds` late.",
    "status": "The call is not handled; it is answered with `status` and the contract's example.",
    "empty": "The call is not handled; the connection is closed without an answer.",
    "reset": "The call is not handled; the connection is reset.",
    "cut": "The call is handled; the connection is closed in the middle of the answer's body.",
    "slow": "The call is handled; the answer's body takes `seconds` to come.",
    "lost-before": "The answer is lost, and nothing was done.",
    "lost-after": "The answer is lost, though what was asked for is done.",
}
"""Each kind, and what a client meets."""


@dataclass(frozen=True, slots=True)
class Transport:
    """One fault between the server and its client.

    `seconds` are those of latency and slow; `status` and `example` those of status.
    """

    kind: Kind
    seconds: float = 0.0
    status: int = 500
    example: str | None = None

    @property
    def name(self) -> str:
        """What it is called in the catalogue."""
        return f"transport.{self.kind}"
