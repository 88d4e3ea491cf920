"""`Transport`: the ways in which an answer comes late, broken, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 60.0
"""Seconds that an answer may be held back."""

KINDS: Mapping[str, str] = {
    "transport.latency": "The answer begins `seconds` late.",
    "transport.status": "Nothing is handled; `status` is answered, with the contract's example.",
    "transport.empty": "The call is not handled; the connection is closed without an answer.",
    "transport.reset": "The call is not handled; the connection is reset.",
    "transport.cut": "The call is handled; the connection ends in the middle of the answer's body.",
    "transport.slow": "The call is handled; the answer's body takes `seconds` to come.",
    "transport.lost-before": "The answer is lost, and nothing was done.",
    "transport.lost-after": "The answer is lost, though what was asked for is done.",
}
"""Each kind, and what a client meets."""


MEMBERS: Mapping[str, tuple[str, ...]] = {
    "transport.latency": ("seconds",),
    "transport.slow": ("seconds",),
    "transport.status": ("status", "example"),
}
"""What else is said of a kind: the first of them must be."""


@dataclass(frozen=True, slots=True)
class Transport:
    """One fault between the server and its client; `name` is its kind.

    `seconds` are those of latency and slow; `status` and `example` those of status.
    """

    name: str
    seconds: float = 0.0
    status: int = 500
    example: str | None = None
