"""Known findings: accepted with a reason and until a date; anything new still counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .outcome import Result
from .until import Form, entries


@dataclass(frozen=True, slots=True)
class Accepted:
    """One finding that is known, by law and, where given, operation."""

    law: str
    operation: str
    reason: str
    expires: date

    def covers(self, result: Result, today: date) -> bool:
        """Whether `result` is this finding, and the acceptance still holds."""
        is_same = result.law == self.law and self.operation in ("", result.operation)
        return is_same and today <= self.expires


_FORM = Form(
    "accepted",
    "a baseline",
    "accepted finding",
    "law",
    "the full name that the report shows",
    ("operation",),
)


def read(file: str) -> Sequence[Accepted]:
    """The accepted findings in a TOML file of `[[accepted]]` tables; UsageError when malformed."""
    return [
        Accepted(e["law"], str(e.get("operation", "")), e["reason"], e["expires"])
        for e in entries(file, _FORM)
    ]


def split(
    results: Sequence[Result], accepted: Sequence[Accepted], today: date
) -> tuple[list[Result], list[Result]]:
    """The results that count, and those that are accepted."""
    counting: list[Result] = []
    known: list[Result] = []
    for result in results:
        is_known = result.outcome in ("violates", "departs", "inconclusive") and any(
            entry.covers(result, today) for entry in accepted
        )
        (known if is_known else counting).append(result)
    return counting, known
