"""What can be wrong with what a user gave us, each with the place and what was expected.

UnderstudyError
├── ContractError   a contract or fixture cannot be used; carries findings
└── UsageError      an option or name is wrong
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One defect: `file`, `line` (from 1), JSON Pointer and a sentence."""

    file: str
    line: int
    pointer: str
    message: str

    def __str__(self) -> str:
        """`specs/limio.yaml:212: /paths/~1checkout: what is wrong`."""
        return f"{self.file}:{self.line}: {self.pointer or '/'}: {self.message}"


class UnderstudyError(Exception):
    """Something that the user can mend; the text says where and how."""


class UsageError(UnderstudyError):
    """An option or a name that cannot be used."""


class ContractError(UnderstudyError):
    """A contract or fixture that cannot be used: one finding or more."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean "x"?` for the nearest known name, else the list of all of them."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f' Did you mean "{close[0]}"?'
    return f" Known: {', '.join(names)}." if names else ""
