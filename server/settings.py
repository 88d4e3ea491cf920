"""`Settings`: how the server behaves, whatever it serves."""

from dataclasses import dataclass, field
from typing import Literal

from .guard import Access

Checking = Literal["fail", "warn", "note", "off"]
"""An answer that breaks the contract: a 500, a line in the log, told by the journal alone, sent."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; `closed_answers` also holds ours to the declared members (tests)."""

    validate_responses: Checking = "warn"
    closed_answers: bool = False
    body_limit: int = 1024 * 1024
    cors_origins: tuple[str, ...] = ()
    access: Access = field(default_factory=Access)
