"""Entries of a TOML file that let something be: each with a reason, and until a date."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..specs.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Form:
    """How such a file is written: `file` and `entry` are what the two are called in messages.

    `key` is the member that says what an entry is about, and `told` where its value is found.
    """

    table: str
    file: str
    entry: str
    key: str
    told: str
    optional: tuple[str, ...] = ()


def entries(path: str, form: Form) -> Sequence[Mapping[str, Any]]:
    """The entries of a file; UsageError when it is malformed."""
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: is no {form.file.partition(' ')[2]}: {error}") from None
    found = data.pop(form.table, [])
    if data or not isinstance(found, list):
        raise UsageError(
            f"{path}: {form.file} is a list of [[{form.table}]] tables and nothing else"
        )
    for number, node in enumerate(found, 1):
        _check(f"{path}: {form.entry} {number}", node, form)
    return found


def _check(where: str, node: Any, form: Form) -> None:
    if not isinstance(node, dict):
        raise UsageError(f"{where}: must be a table")
    if not isinstance(node.get(form.key), str):
        raise UsageError(f"{where}: needs `{form.key}`, {form.told}")
    known = (form.key, *form.optional, "reason", "expires")
    for name in node:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f'{where}: "{name}" has no meaning here.{hint}')
    if not isinstance(node.get("reason"), str) or not node["reason"].strip():
        raise UsageError(f"{where}: needs a `reason`")
    expires = node.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise UsageError(f"{where}: needs `expires`, a date such as 2027-01-31")
