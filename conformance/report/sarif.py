"""The report as SARIF 2.1.0: each finding at the line of the contract that it breaks."""

import json
from typing import Any
from urllib.parse import quote

from ..outcome import Outcome, Result
from .judged import Judged

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Outcome, str] = {"violates": "error", "departs": "warning", "inconclusive": "note"}


def told(judged: Judged) -> str:
    """The report as text."""
    rules = {result.law: result for result in judged.findings}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "understudy",
                "rules": [_rule(result) for result in rules.values()],
            }
        },
        "results": [_finding(result, list(rules)) for result in judged.findings],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(result: Result) -> dict[str, Any]:
    return {
        "id": result.law,
        "shortDescription": {"text": result.claim},
        "properties": {"basis": list(result.basis)},
    }


def _finding(result: Result, rules: list[str]) -> dict[str, Any]:
    file, _, line = result.place.rpartition(":")
    trail = "\n".join(f"{e.curl()}\n-> {e.status}" for e in result.trail)
    text = result.message or result.reason
    return {
        "ruleId": result.law,
        "ruleIndex": rules.index(result.law),
        "level": _LEVELS[result.outcome],
        "message": {"text": f"{result.operation}: {text}" + (f"\n{trail}" if trail else "")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(file)},
                    "region": {"startLine": int(line)},
                }
            }
        ],
        "partialFingerprints": {"understudy/v1": result.identity},
    }
