"""Changes that were accepted: by id, with a reason and until a date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..until import Form, entries
from .change import Change

_FORM = Form("allowed", "an allow file", "allowed change", "id", "as the report shows it")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One change that may happen."""

    id: str
    reason: str
    expires: date


def read(file: str) -> Sequence[Allowed]:
    """The entries of a TOML file of `[[allowed]]` tables; UsageError when it is malformed."""
    return [Allowed(e["id"], e["reason"], e["expires"]) for e in entries(file, _FORM)]


def split(
    changes: Sequence[Change], allowed: Sequence[Allowed], today: date
) -> tuple[list[Change], list[Change]]:
    """The changes that count, and those that are allowed today."""
    known = {entry.id for entry in allowed if today <= entry.expires}
    counting = [change for change in changes if change.id not in known]
    return counting, [change for change in changes if change.id in known]
