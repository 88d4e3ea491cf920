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
        f"{flat(verdict.url)}, seed {verdict.seed}, {verdict.seconds:.1f} s",
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
    properties = f"file={property_(file)},line={line},title={property_(result.law)}"
    return f"::{_COMMANDS[result.outcome]} {properties}::{data(text)}"


def _row(result: Result) -> str:
    told = flat(result.message or result.reason)
    return (
        f"| {result.outcome} | `{result.law}` | `{result.operation}` | {told} | `{result.place}` |"
    )


def flat(text: str) -> str:
    """`text` in a cell of a Markdown table."""
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def data(text: str) -> str:
    """`text` as the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_(text: str) -> str:
    """`text` as a property of a workflow command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
