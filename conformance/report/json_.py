"""The report as JSON; `report.schema.json` beside this file documents it by version."""

import json
from typing import Any

from ..outcome import Result
from .judged import Judged

VERSION = 1


def data(judged: Judged) -> dict[str, Any]:
    """The report as data."""
    verdict = judged.verdict
    return {
        "version": VERSION,
        "contract": verdict.contract,
        "url": verdict.url,
        "seed": verdict.seed,
        "verdict": verdict.word,
        "exit_code": verdict.exit_code,
        "ending": verdict.ending,
        "trouble": verdict.trouble,
        "seconds": round(verdict.seconds, 3),
        "counts": dict(verdict.counts),
        "unreached": list(verdict.unreached),
        "results": [_result(result) for result in verdict.results],
        "accepted": [_result(result) for result in verdict.accepted],
    }


def told(judged: Judged) -> str:
    """The report as text."""
    return json.dumps(data(judged), indent=1, ensure_ascii=False) + "\n"


def _result(result: Result) -> dict[str, Any]:
    file, _, line = result.place.rpartition(":")
    return {
        "law": result.law,
        "claim": result.claim,
        "operation": result.operation,
        "outcome": result.outcome,
        "basis": list(result.basis),
        "pointer": result.pointer,
        "file": file,
        "line": int(line),
        "fired": result.fired,
        "seconds": round(result.seconds, 3),
        "reason": result.reason,
        "message": result.message,
        "trail": [
            {
                "curl": exchange.curl(),
                "method": exchange.method,
                "url": exchange.url,
                "status": exchange.status,
                "headers": dict(exchange.headers),
                "body": exchange.text,
            }
            for exchange in result.trail
        ],
    }
