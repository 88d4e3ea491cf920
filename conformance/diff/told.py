"""The difference as text, JSON, Markdown, and annotations of GitHub."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..report.github import data as escaped
from ..report.github import flat, property_
from .change import SEVERITIES, Change, Severity, Spot
from .difference import Difference

VERSION = 1
_COMMANDS: Mapping[Severity, str] = {"breaking": "error", "risky": "warning", "safe": "notice"}


def text(found: Difference) -> str:
    """For people: each change with its places, and a line to end with."""
    return "\n".join((*(line for c in found.changes for line in _lines(c)), summary(found)))


def summary(found: Difference) -> str:
    """One line: how many changes of each severity."""
    counts = ", ".join(f"{len(found.of(each))} {each}" for each in SEVERITIES if found.of(each))
    accepted = f", {len(found.allowed)} allowed" if found.allowed else ""
    return f"{found.old} -> {found.new}: {counts or 'no change'}{accepted}"


def _lines(change: Change) -> Iterator[str]:
    yield f"{change.severity}  {_harmless(change.message)}"
    yield f"    id   {_harmless(change.id)}"
    yield f"    old  {change.old}  {_harmless(change.old.pointer) or '/'}"
    yield f"    new  {change.new}  {_harmless(change.new.pointer) or '/'}"
    if change.cure:
        yield f"    {change.cure}"


def _harmless(words: str) -> str:
    """`words` without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def json_(found: Difference) -> str:
    """For programs; `version` changes with its form."""
    return json.dumps(data(found), indent=1, ensure_ascii=False)


def data(found: Difference) -> dict[str, Any]:
    """What `json_` writes."""
    return {
        "version": VERSION,
        "old": found.old,
        "new": found.new,
        "counts": {severity: len(found.of(severity)) for severity in SEVERITIES},
        "changes": [_change(change) for change in found.changes],
        "allowed": [_change(change) for change in found.allowed],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "rule": change.rule,
        "severity": change.severity,
        "direction": change.direction,
        "operation": change.operation,
        "place": change.place,
        "old": _spot(change.old),
        "new": _spot(change.new),
        "message": change.message,
        "cure": change.cure,
    }


def _spot(spot: Spot) -> dict[str, Any]:
    return {"file": spot.file, "line": spot.line, "pointer": spot.pointer}


def markdown(found: Difference) -> str:
    """For the summary of a step, or a comment."""
    lines = [f"## Changes of the contract: {flat(summary(found).partition(': ')[2])}", ""]
    lines.append(f"`{found.old}` to `{found.new}`")
    if found.changes:
        lines += [
            "",
            "| severity | change | place | how to make it compatible |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {c.severity} | {flat(c.message)} | `{flat(str(c.new))}` | {flat(c.cure)} |"
            for c in found.changes
        ]
    return "\n".join(lines)


def github(found: Difference) -> str:
    """One workflow command for each change, and the summary."""
    return "\n".join((*annotations(found), summary(found)))


def annotations(found: Difference) -> list[str]:
    """One workflow command for each change, at its line of the new document."""
    return [_annotation(change) for change in found.changes]


def _annotation(change: Change) -> str:
    place = f"file={property_(change.new.file)},line={change.new.line}"
    title = property_(f"{change.severity}: {change.rule}")
    return f"::{_COMMANDS[change.severity]} {place},title={title}::{escaped(change.message)}"


FORMATS: Mapping[str, Callable[[Difference], str]] = {
    "text": text,
    "json": json_,
    "markdown": markdown,
    "github": github,
}
