"""Results made by hand, for what is made of results."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from understudy.conformance.exchange import Exchange
from understudy.conformance.outcome import OUTCOMES, Outcome, Result
from understudy.conformance.report.judged import Judged, judged
from understudy.conformance.verdict import Verdict
from understudy.specs.contract import load

LIMIO = load("limio")
NASTY = (
    'a | b <script>alert("x")</script> & ]]> %0A ::error::\nsecond line \x00\x1b[31m \ud7ff ñ 😀'
)
"""What a subject may answer to harm a report."""


def exchange(**members: Any) -> Exchange:
    """A request and its answer."""
    plain = Exchange(
        operation="initiate_checkout",
        method="POST",
        url="http://localhost:1/api/checkout/initiate?a=b",
        sent_headers={"Content-Type": "application/json"},
        sent_body='{"order": 1}',
        status=200,
        headers={"content-type": "application/json"},
        text='{"id": "basket-1"}',
        data={"id": "basket-1"},
    )
    return replace(plain, **members)


def result(outcome: Outcome, **members: Any) -> Result:
    """A result at one of Limio's operations."""
    pointer = LIMIO.operations["initiate_checkout"].pointer
    has_trail = outcome in ("violates", "departs")
    plain = Result(
        law=f"resource.{outcome} initiate_checkout",
        claim="What was created can be read.",
        operation="initiate_checkout",
        outcome=outcome,
        basis=("seed",) if outcome == "violates" else ("L17",),
        pointer=pointer,
        place=LIMIO.place(pointer),
        fired=3 if outcome == "holds" else 0,
        seconds=0.25,
        message="id was sent as 1 and read as 2" if has_trail else "",
        reason="" if has_trail or outcome == "holds" else "nothing was found to judge by",
        trail=(exchange(),) if has_trail else (),
    )
    return replace(plain, **members)


def verdict(results: Sequence[Result], **members: Any) -> Verdict:
    """What they come to."""
    plain = Verdict(
        contract="limio",
        url="http://localhost:1",
        seed=1,
        ending="complete",
        results=results,
        seconds=1.5,
    )
    return replace(plain, **members)


def told(results: Sequence[Result], **members: Any) -> Judged:
    """Ready for a report."""
    return judged(LIMIO, verdict(results, **members))


def one_of_each(text: str = "") -> list[Result]:
    """A result of every outcome; what the subject said is `text`."""
    trail = (exchange(text=text, url=f"http://localhost:1/?q={text[:3]}"),) if text else ()
    found = [result(outcome) for outcome in reversed(OUTCOMES)]
    if text:
        found[-1] = replace(found[-1], message=text, trail=trail)
    return found
