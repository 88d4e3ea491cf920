"""`Law`: one claim about behaviour, and `Violation`, what is raised when it does not hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..specs.clauses import Basis
from .exchange import Exchange
from .subject import Capability

if TYPE_CHECKING:
    from .trial import Trial

Effect = Literal["reads", "writes", "destroys"]
"""What judging a law does to the subject: nothing; makes and removes its own data; anything."""


@dataclass(frozen=True, slots=True)
class Law:
    """One claim at one operation, as one place of the contract makes it.

    `id` is stable and names the kind of law (`paging.no-duplicates`); with `operation` and
    `subject_of` (a parameter, a field or a move; empty where there is just one) it is unique.
    `basis` is that of the places whose statements the law holds against the subject.
    """

    id: str
    claim: str
    operation: str
    pointer: str
    basis: Basis
    effect: Effect
    check: "Callable[[Trial], None]"
    subject_of: str = ""
    needs: frozenset[Capability] = frozenset()

    @property
    def name(self) -> str:
        """The law's full name, unique within a contract."""
        return " ".join(part for part in (self.id, self.operation, self.subject_of) if part)


class Violation(Exception):
    """The subject does not do what a law claims; the exchanges show it.

    `pointer` and `basis` are those of the law, unless the answer broke another statement (its
    documented shape).
    """

    def __init__(
        self,
        message: str,
        *exchanges: Exchange,
        pointer: str | None = None,
        basis: Basis | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exchanges = exchanges
        self.pointer = pointer
        self.basis = basis


class Unreachable(Exception):
    """The subject did not answer."""


class ClockStands(Exception):
    """The subject does not move its clock as its file says that it can be moved."""


class NoToken(Unreachable):
    """The subject's token endpoint did not let the judge in."""
