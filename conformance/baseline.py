"""Known findings: accepted with a reason and until a date; anything new still counts."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ..specs.errors import UsageError
from .outcome import Result


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


def read(file: str) -> Sequence[Accepted]:
    """The accepted findings in a TOML file of `[[accepted]]` tables; UsageError when malformed."""
    try:
        data = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: is no baseline: {error}") from None
    entries = data.pop("accepted", [])
    if data or not isinstance(entries, list):
        raise UsageError(f"{file}: a baseline is a list of [[accepted]] tables and nothing else")
    return [_accepted(file, number, node) for number, node in enumerate(entries, 1)]


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


def _accepted(file: str, number: int, node: object) -> Accepted:
    where = f"{file}: accepted finding {number}"
    if not isinstance(node, dict) or not isinstance(node.get("law"), str):
        raise UsageError(f"{where}: needs `law`, the full name that the report shows")
    if not isinstance(node.get("reason"), str) or not node["reason"].strip():
        raise UsageError(f"{where}: needs a `reason`")
    expires = node.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise UsageError(f"{where}: needs `expires`, a date such as 2027-01-31")
    unknown = sorted(node.keys() - {"law", "operation", "reason", "expires"})
    if unknown:
        raise UsageError(f'{where}: "{unknown[0]}" has no meaning here')
    return Accepted(node["law"], str(node.get("operation", "")), node["reason"], expires)
