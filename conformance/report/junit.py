"""The report as JUnit's XML: one case for each law at each operation."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..outcome import Result
from .judged import Judged


def told(judged: Judged) -> str:
    """The report as text."""
    verdict = judged.verdict
    failures = verdict.counts["violates"]
    skipped = verdict.counts["not-applicable"]
    errors = verdict.counts["inconclusive"]
    numbers = {
        "tests": str(len(verdict.results)),
        "failures": str(failures),
        "errors": str(errors),
        "time": f"{verdict.seconds:.3f}",
    }
    suites = Element("testsuites", {"name": "understudy", **numbers})
    of_suite = {"name": verdict.contract, **numbers, "skipped": str(skipped)}
    suite = SubElement(suites, "testsuite", of_suite)
    for result in verdict.results:
        _case(suite, result)
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _clean(tostring(suites, "unicode")) + "\n"


def _case(suite: Element, result: Result) -> None:
    case = SubElement(
        suite,
        "testcase",
        {"classname": result.operation, "name": result.law, "time": f"{result.seconds:.3f}"},
    )
    told = result.message or result.reason
    if result.outcome == "violates":
        failure = SubElement(case, "failure", {"message": _clean(told), "type": "violates"})
        failure.text = _clean(_trail(result))
    elif result.outcome == "inconclusive":
        SubElement(case, "error", {"message": _clean(told), "type": "inconclusive"})
    elif result.outcome == "not-applicable":
        SubElement(case, "skipped", {"message": _clean(told)})
    elif result.outcome == "departs":
        SubElement(case, "system-out").text = _clean(f"departs: {told}\n{_trail(result)}")


def _trail(result: Result) -> str:
    lines = [result.claim, result.message, result.place]
    for exchange in result.trail:
        lines += [exchange.curl(), f"-> {exchange.status} {exchange.text[:2000]}"]
    return "\n".join(lines)


def _clean(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
