"""`Violation`: where a request or an answer broke the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..specs import pointer
from .refusal import Refusal

_UNKNOWN_TO_THE_CONTRACT = (405, 413, 415)
"""Statuses of refusals that no state of the server can bring about."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken statement: `at` is its JSON Pointer in the contract, `where` what broke it."""

    side: Literal["request", "answer"]
    where: str
    message: str
    at: str


def violations(refusal: Refusal, at: str, *, is_routed: bool) -> Sequence[Violation]:
    """What a refused request broke; nothing where only the state, or who asked, was against it.

    `at` is the place that is told as the reason.
    """
    if refusal.invalid:
        return [
            Violation("request", f"{one.location} {_shown(one.path)}", one.message, one.pointer)
            for one in refusal.invalid
        ]
    if refusal.status in _UNKNOWN_TO_THE_CONTRACT or (refusal.status == 404 and not is_routed):
        return [Violation("request", "request", refusal.detail or "is not in the contract", at)]
    return []


def _shown(path: tuple[str | int, ...]) -> str:
    """A parameter by its name, a member of the body by its pointer."""
    return str(path[0]) if len(path) == 1 else pointer.join(path)
