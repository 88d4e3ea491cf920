"""What the gate found in one contract as SARIF: its defects, its changes, and the verdict."""

from collections.abc import Mapping, Sequence

from ...specs.errors import Finding
from ..diff.change import Change, Severity
from ..report import sarif
from ..report.sarif import Level, SarifResult
from .passage import Passage

_LEVELS: Mapping[Severity, Level] = {"breaking": "error", "risky": "warning"}


def told(passage: Passage, contract: str) -> str:
    """The report as text; a change that is safe is no finding."""
    found: list[SarifResult] = []
    for linted in passage.linted:
        if linted.step.contract == contract:
            found += map(_defect, linted.findings)
    for compared in passage.compared:
        if compared.step.contract == contract and compared.difference:
            found += _changes(compared.difference.changes)
    for verified in passage.verified:
        if verified.step.contract == contract and verified.judged:
            found += sarif.findings(verified.judged)
    return sarif.document(contract, found)


def _defect(finding: Finding) -> SarifResult:
    return SarifResult(
        rule="lint",
        claim="The contract can be read and served.",
        level="error",
        message=finding.message,
        file=finding.file,
        line=finding.line,
        fingerprint=f"lint {finding.pointer} {finding.message}",
    )


def _changes(changes: Sequence[Change]) -> list[SarifResult]:
    return [
        SarifResult(
            rule=f"diff.{change.rule}",
            claim="A contract keeps what its clients count on.",
            level=_LEVELS[change.severity],
            message=" ".join((change.message, change.cure)).strip(),
            file=change.new.file,
            line=change.new.line,
            fingerprint=change.id,
        )
        for change in changes
        if change.severity in _LEVELS
    ]
