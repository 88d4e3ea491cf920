"""`judge`: holds one law against the subject, and says how it ended."""

import time

from ..specs.clauses import Basis
from ..specs.contract import Contract
from .client import Client
from .law import ClockStands, Law, Unreachable, Violation
from .memory import Memory
from .outcome import Outcome, Result, rests_on_rulings
from .shapes import Shapes
from .subject import PROFILES, Subject
from .trial import Trial

_ALLOWED = {"reads": 0, "writes": 1, "destroys": 2}


def obstacle(law: Law, subject: Subject) -> str:
    """Why the law cannot be judged on this subject; empty where it can."""
    if _ALLOWED[law.effect] > PROFILES.index(subject.profile):
        return f"the profile {subject.profile} does not let the judge do what this law {law.effect}"
    missing = sorted(law.needs - subject.capabilities)
    if missing:
        return f"the subject has no {', '.join(missing)}"
    return ""


def judge(
    law: Law,
    client: Client,
    shapes: Shapes,
    memory: Memory,
    seed: int,
    *,
    uphold_rulings: bool,
) -> Result:
    """The result of one law; Unreachable when the subject does not answer."""
    hits = memory.hits
    result = _judge(law, Trial(client, shapes, memory, seed, law.name), uphold_rulings)
    if result.trail and memory.hits > hits:
        # What was remembered may be over by now: nobody is accused of that.
        memory.forget()
        result = _judge(law, Trial(client, shapes, memory, seed, law.name), uphold_rulings)
    return result


def _judge(law: Law, trial: Trial, uphold_rulings: bool) -> Result:
    contract = trial.contract
    reason = obstacle(law, trial.subject)
    if reason:
        return _result(contract, law, "not-applicable", reason=reason)
    began = time.perf_counter()
    try:
        law.check(trial)
    except Violation as violation:
        basis = law.basis if violation.basis is None else violation.basis
        departs = rests_on_rulings(basis) and not uphold_rulings
        return _result(
            contract,
            law,
            "departs" if departs else "violates",
            basis=basis,
            pointer=violation.pointer,
            fired=max(1, trial.fired),
            seconds=time.perf_counter() - began,
            violation=violation,
        )
    except Unreachable:
        raise
    except ClockStands as error:
        seconds = time.perf_counter() - began
        return _result(contract, law, "inconclusive", seconds=seconds, reason=str(error))
    except Exception as error:  # whatever a law stumbles on, the others are still to be judged
        seconds = time.perf_counter() - began
        reason = f"the law cannot read what it was answered: {error!r}"
        return _result(contract, law, "inconclusive", seconds=seconds, reason=reason)
    finally:
        trial.clean_up()
    outcome: Outcome = "holds" if trial.fired else "inconclusive"
    reason = "" if trial.fired else trial.reason or "no input was found on which it says anything"
    seconds = time.perf_counter() - began
    return _result(contract, law, outcome, fired=trial.fired, seconds=seconds, reason=reason)


def undecided(contract: Contract, law: Law, reason: str) -> Result:
    """The result of a law that was not judged."""
    return _result(contract, law, "inconclusive", reason=reason)


def dropped(contract: Contract, law: Law, message: str) -> Result:
    """The result of a law on whose requests the subject broke down, and stood up again."""
    return _result(contract, law, "violates", fired=1, violation=Violation(message))


def _result(
    contract: Contract,
    law: Law,
    outcome: Outcome,
    *,
    basis: Basis | None = None,
    pointer: str | None = None,
    fired: int = 0,
    seconds: float = 0.0,
    reason: str = "",
    violation: Violation | None = None,
) -> Result:
    at = law.pointer if pointer is None else pointer
    return Result(
        law=law.name,
        claim=law.claim,
        operation=law.operation,
        outcome=outcome,
        basis=law.basis if basis is None else basis,
        pointer=at,
        place=contract.place(at),
        fired=fired,
        seconds=seconds,
        reason=reason,
        message=violation.message if violation else "",
        trail=violation.exchanges if violation else (),
    )
