"""The report for GitHub Actions: annotations at lines of the contract, and a Markdown summary."""

from ..outcome import Outcome, Result
from .judged import Judged

_COMMANDS: dict[Outcome, str] = {
    "violates": "error",
    "departs": "warning",
    "inconclusive": "notice",
}


def annotations(judged: Judged) -> str:
    """One workflow command for each finding."""
    return "\n".join(_annotation(result) for result in judged.findings)


def markdown(judged: Judged) -> str:
    """The summary of a step."""
    verdict = judged.verdict
    lines = [
        f"## `{verdict.contract}`: {verdict.word}",
        "",
        f"{_escaped(verdict.url)}, seed {verdict.seed}, {verdict.seconds:.1f} s",
        "",
        "| outcome | laws |",
        "|---|---|",
        *(f"| {outcome} | {count} |" for outcome, count in verdict.counts.items()),
    ]
    if judged.findings:
        lines += ["", "| outcome | law | operation | finding | contract |", "|---|---|---|---|---|"]
        lines += [_row(result) for result in judged.findings]
    return "\n".join(lines) + "\n"


def _annotation(result: Result) -> str:
    file, _, line = result.place.rpartition(":")
    text = result.message or result.reason
    properties = f"file={_property(file)},line={line},title={_property(result.law)}"
    return f"::{_COMMANDS[result.outcome]} {properties}::{_data(text)}"


def _row(result: Result) -> str:
    told = _escaped(result.message or result.reason)
    return (
        f"| {result.outcome} | `{result.law}` | `{result.operation}` | {told} | `{result.place}` |"
    )


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
