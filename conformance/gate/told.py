"""The passage as text, JSON, Markdown, and annotations of GitHub."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ...specs.errors import Finding
from ..diff import told as diff
from ..report import console, github
from ..report.github import data as escaped
from ..report.github import flat, property_
from ..report.json_ import data as verdict
from .passage import Passage, Step

VERSION = 1


def text(passage: Passage) -> str:
    """For people: what was found, then each step, the worst first, and a line to end with."""
    defects = (finding for linted in passage.linted for finding in linted.findings)
    parts = [console.harmless(str(finding)) for finding in defects]
    parts += [
        diff.text(compared.difference) + "\n"
        for compared in passage.compared
        if compared.difference and compared.difference.changes
    ]
    parts += [
        console.told(verified.judged)
        for verified in passage.verified
        if verified.judged and verified.judged.verdict.exit_code
    ]
    return "\n".join((*parts, table(passage)))


def table(passage: Passage) -> str:
    """Each step in a line, and the summary."""
    widest = max(len(step.contract) for step in passage.steps)
    lines = [
        f"{step.word:<12}  {step.name:<6}  {step.contract:<{widest}}  {console.harmless(step.told)}"
        for step in passage.steps
    ]
    return "\n".join((*lines, passage.summary))


def json_(passage: Passage) -> str:
    """For programs; `version` changes with its form."""
    told = {
        "version": VERSION,
        "exit_code": passage.exit_code,
        "base": passage.base,
        "steps": [_step(step) for step in passage.steps],
        "lint": {
            each.step.contract: [_finding(finding) for finding in each.findings]
            for each in passage.linted
        },
        "diff": {
            each.step.contract: diff.data(each.difference)
            for each in passage.compared
            if each.difference
        },
        "verify": {
            each.step.contract: verdict(each.judged) for each in passage.verified if each.judged
        },
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _step(step: Step) -> dict[str, Any]:
    return {
        "step": step.name,
        "contract": step.contract,
        "verdict": step.word,
        "exit_code": step.code,
        "told": step.told,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "pointer": finding.pointer,
        "message": finding.message,
    }


def markdown(passage: Passage) -> str:
    """For the summary of a step, or a comment."""
    rows = [
        f"| {step.word} | {step.name} | `{step.contract}` | {flat(step.told)} |"
        for step in passage.steps
    ]
    parts = [
        f"## {passage.summary[0].upper()}{passage.summary[1:]}",
        "\n".join(("| verdict | step | contract | |", "|---|---|---|---|", *rows)),
    ]
    parts += [
        "\n".join(f"- `{f.file}:{f.line}` {flat(f.message)}" for f in linted.findings)
        for linted in passage.linted
        if linted.findings
    ]
    parts += [
        diff.markdown(compared.difference)
        for compared in passage.compared
        if compared.difference and compared.difference.changes
    ]
    parts += [
        github.markdown(verified.judged).strip()
        for verified in passage.verified
        if verified.judged and verified.judged.verdict.exit_code
    ]
    return "\n\n".join(parts)


def annotations(passage: Passage) -> str:
    """One workflow command for each thing found, at its line, and the steps."""
    lines = [
        f"::error file={property_(f.file)},line={f.line},title=lint::{escaped(f.message)}"
        for linted in passage.linted
        for f in linted.findings
    ]
    for compared in passage.compared:
        lines += diff.annotations(compared.difference) if compared.difference else ()
    for verified in passage.verified:
        if verified.judged and verified.judged.findings:
            lines.append(github.annotations(verified.judged))
    lines += [
        f"::error title={property_(f'{step.name} {step.contract}')}::{escaped(step.told)}"
        for step in passage.steps
        if step.code == 2
    ]
    return "\n".join((*lines, table(passage)))


FORMATS: Mapping[str, Callable[[Passage], str]] = {
    "text": text,
    "json": json_,
    "markdown": markdown,
    "github": annotations,
}
