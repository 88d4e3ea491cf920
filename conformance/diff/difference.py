"""`Difference`: all changes between two contracts, those that count and those that are allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from . import allow, source
from .change import SEVERITIES, Change, Severity
from .compare import compare

FailOn = Literal["breaking", "risky", "any", "none"]
FAIL_ON: tuple[FailOn, ...] = ("breaking", "risky", "any", "none")


@dataclass(frozen=True, slots=True)
class Difference:
    """What every report is made from; the worst changes come first.

    `old` and `new` are the files, or what else was compared, as they were named.
    """

    old: str
    new: str
    changes: Sequence[Change]
    allowed: Sequence[Change] = ()

    def of(self, severity: Severity) -> list[Change]:
        """The changes of one severity."""
        return [change for change in self.changes if change.severity == severity]

    def exit_code(self, fail_on: FailOn) -> int:
        """1 when a change is as bad as that, or worse; else 0."""
        if fail_on == "none":
            return 0
        last = "safe" if fail_on == "any" else fail_on
        counting = SEVERITIES[: SEVERITIES.index(last) + 1]
        return 1 if any(change.severity in counting for change in self.changes) else 0


def difference(old: str, new: str, allow_file: str, today: date) -> Difference:
    """What `understudy diff OLD NEW` finds; UsageError or ContractError where it cannot look."""
    allowed = allow.read(allow_file) if allow_file else ()
    before, after = source.read(old)[1], source.read(new)[1]
    found = compare(before, after)
    ordered = sorted(found, key=lambda change: SEVERITIES.index(change.severity))
    counting, known = allow.split(ordered, allowed, today)
    return Difference(before.file, after.file, counting, known)
