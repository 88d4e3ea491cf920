"""Changes that were accepted: by id, with a reason and until a date."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ...specs.errors import UsageError, did_you_mean
from .change import Change

_KNOWN = ("id", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One change that may happen."""

    id: str
    reason: str
    expires: date


def read(file: str) -> Sequence[Allowed]:
    """The entries of a TOML file of `[[allowed]]` tables; UsageError when it is malformed."""
    try:
        data = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: is no allow file: {error}") from None
    entries = data.pop("allowed", [])
    if data or not isinstance(entries, list):
        raise UsageError(f"{file}: an allow file is a list of [[allowed]] tables and nothing else")
    return [_entry(f"{file}: allowed change {n}", node) for n, node in enumerate(entries, 1)]


def split(
    changes: Sequence[Change], allowed: Sequence[Allowed], today: date
) -> tuple[list[Change], list[Change]]:
    """The changes that count, and those that are allowed today."""
    known = {entry.id for entry in allowed if today <= entry.expires}
    counting = [change for change in changes if change.id not in known]
    return counting, [change for change in changes if change.id in known]


def _entry(where: str, node: Any) -> Allowed:
    if not isinstance(node, dict):
        raise UsageError(f"{where}: must be a table")
    for name in node:
        if name not in _KNOWN:
            hint = did_you_mean(name, _KNOWN)
            raise UsageError(f'{where}: "{name}" has no meaning here.{hint}')
    if not isinstance(node.get("id"), str):
        raise UsageError(f"{where}: needs `id`, as the report shows it")
    if not isinstance(node.get("reason"), str) or not node["reason"].strip():
        raise UsageError(f"{where}: needs a `reason`")
    expires = node.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise UsageError(f"{where}: needs `expires`, a date such as 2027-01-31")
    return Allowed(node["id"], node["reason"], expires)
