"""The report as SARIF 2.1.0: each finding at the line of the contract that it breaks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from ..outcome import Outcome, Result
from .judged import Judged

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Level = Literal["error", "warning", "note"]
_LEVELS: Mapping[Outcome, Level] = {
    "violates": "error",
    "departs": "warning",
    "inconclusive": "note",
}


@dataclass(frozen=True, slots=True)
class SarifResult:
    """One finding: the rule, what that claims, and the place where it is broken."""

    rule: str
    claim: str
    level: Level
    message: str
    file: str
    line: int
    fingerprint: str
    properties: Mapping[str, Any] = field(default_factory=dict)


def told(judged: Judged) -> str:
    """The report as text."""
    return document(judged.verdict.contract, findings(judged))


def document(contract: str, found: Sequence[SarifResult]) -> str:
    """A run about one contract; the runs of several may be uploaded together."""
    rules = {each.rule: each for each in found}
    numbers = {rule: number for number, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "understudy",
                "rules": [_rule(each) for each in rules.values()],
            }
        },
        "automationDetails": {"id": f"understudy/{contract}/"},
        "results": [_result(each, numbers[each.rule]) for each in found],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def findings(judged: Judged) -> Sequence[SarifResult]:
    """What the judge found."""
    return [_finding(result) for result in judged.findings]


def _finding(result: Result) -> SarifResult:
    file, _, line = result.place.rpartition(":")
    trail = "\n".join(f"{e.curl()}\n-> {e.status}" for e in result.trail)
    text = result.message or result.reason
    return SarifResult(
        rule=result.law,
        claim=result.claim,
        level=_LEVELS[result.outcome],
        message=f"{result.operation}: {text}" + (f"\n{trail}" if trail else ""),
        file=file,
        line=int(line),
        fingerprint=result.identity,
        properties={"basis": list(result.basis)},
    )


def _rule(of: SarifResult) -> dict[str, Any]:
    return {
        "id": of.rule,
        "shortDescription": {"text": of.claim},
        "properties": dict(of.properties),
    }


def _result(of: SarifResult, rule: int) -> dict[str, Any]:
    return {
        "ruleId": of.rule,
        "ruleIndex": rule,
        "level": of.level,
        "message": {"text": of.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(of.file)},
                    "region": {"startLine": of.line},
                }
            }
        ],
        "partialFingerprints": {"understudy/v1": of.fingerprint},
    }
