"""`gate`: takes contracts, and who implements them, through lint, diff and verify."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date
from typing import TYPE_CHECKING

from ...specs.contract import find, load
from ...specs.errors import ContractError, UnderstudyError
from ...specs.lint import lint
from ..diff import told as diff_told
from ..diff.difference import difference
from ..report import console
from ..report.judged import Judged
from ..verify import Options, verify
from .base import Base, base
from .passage import Compared, Linted, Passage, Step, Verified
from .service import started
from .settings import CONTRACT, Settings, name_of

if TYPE_CHECKING:
    from ..collector import Progress


Judge = Callable[[Options], Judged]
Serve = Callable[[str], AbstractContextManager[str]]
"""Starts what is judged, to be waited for with the contract of that name; the URL."""


def gate(
    settings: Settings,
    environment: Mapping[str, str],
    today: date,
    progress: "Progress | None" = None,
) -> Passage:
    """Take every step for every contract; UsageError where a contract or the base is none.

    Subjects are read with `environment`; `today` is what acceptances are held to.
    """
    steps, contracts = settings.steps, settings.contracts
    for contract in contracts:
        # What is wrong with one is for the steps to tell; that there is none is told at once.
        with suppress(ContractError):
            find(contract)
    before = base(settings.base) if settings.base and "diff" in steps else None

    def judge(options: Options) -> Judged:
        return verify(options, environment, progress)

    def serve(contract: str) -> AbstractContextManager[str]:
        return started(settings, contract, environment)

    return Passage(
        base=before.revision if before else "",
        linted=[_lint(each) for each in contracts if "lint" in steps],
        compared=[_diff(each, before, settings, today) for each in contracts if "diff" in steps],
        verified=_verify(settings, judge, serve) if "verify" in steps else (),
    )


def _lint(contract: str) -> Linted:
    found = lint(contract)
    count = f"{len(found)} defect{'s' if len(found) > 1 else ''}"
    told = f"{count}, first {found[0]}" if found else "nothing found"
    return Linted(Step("lint", name_of(contract), 1 if found else 0, told), found)


def _diff(contract: str, before: Base | None, settings: Settings, today: date) -> Compared:
    def step(code: int, told: str) -> Step:
        return Step("diff", name_of(contract), code, told)

    if before is None:
        return Compared(step(0, "not compared: no base was given"))
    try:
        old = before.of(contract)
        if old is None:
            return Compared(step(0, f"new since {before.revision}"))
        found = difference(old, contract, settings.allow, today)
    except UnderstudyError as error:
        return Compared(step(2, _line(error)))
    return Compared(step(found.exit_code(settings.fail_on), diff_told.summary(found)), found)


def _verify(settings: Settings, judge: Judge, serve: Serve) -> Sequence[Verified]:
    """All contracts against one subject; those that cannot be read are not asked for."""
    hindered: dict[str, str] = {}
    for contract in settings.contracts:
        try:
            load(contract)
        except UnderstudyError as error:
            hindered[contract] = _line(error)
    readable = [each for each in settings.contracts if each not in hindered]
    found: dict[str, Verified] = {}
    try:
        is_started = bool(settings.start and readable)
        # Without a URL the subject's file says it, or the stand-in is judged.
        with serve(name_of(readable[0])) if is_started else nullcontext(settings.url) as url:
            for contract in readable:
                found[contract] = _judged(contract, url, settings, judge)
                if found[contract].step.code == 130:
                    break
    except UnderstudyError as error:
        hindered |= {each: _line(error) for each in readable if each not in found}
    return [
        found.get(each) or _unjudged(each, hindered.get(each, "")) for each in settings.contracts
    ]


def _judged(contract: str, url: str, settings: Settings, judge: Judge) -> Verified:
    name = name_of(contract)
    subject = settings.subject.replace(CONTRACT, name)
    options = Options(
        contract,
        url=url.replace(CONTRACT, name) or None,
        subject=subject,
        headers=settings.headers,
        profile=settings.profile,
        seed=settings.seed,
        uphold_rulings=bool(settings.uphold) or not (url or subject),
        select=settings.select,
        max_time=settings.max_time,
        workers=settings.workers,
        wait=0.0 if settings.start else settings.wait or 0.0,
        baseline=settings.baseline,
    )
    try:
        judged = judge(options)
    except UnderstudyError as error:
        return _unjudged(contract, _line(error))
    told = console.summary(judged).plain.strip()
    return Verified(Step("verify", name, judged.verdict.exit_code, told), judged)


def _unjudged(contract: str, why: str) -> Verified:
    """`why` is empty where Ctrl-C came before."""
    code = 2 if why else 130
    return Verified(Step("verify", name_of(contract), code, why or "was not begun"))


def _line(error: UnderstudyError) -> str:
    """The error in one line: the first of its findings stands for all."""
    lines = str(error).splitlines()
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return " ".join(lines[0].split()) + more
