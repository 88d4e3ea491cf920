"""`verify`: judges a subject by running the suites in a pytest of their own."""

import io
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from platformdirs import user_cache_dir

from ..specs.contract import Contract, load
from ..specs.errors import UnderstudyError
from . import baseline, catalogue
from .preflight import check
from .report.judged import Judged, judged
from .subject import Profile, Subject
from .subject_file import STAND_IN, Overrides, read_subject
from .verdict import Ending, Verdict

if TYPE_CHECKING:
    from .collector import Collector, Progress

INTERRUPTED = 2
"""pytest's own exit code for Ctrl-C."""
_STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"
"""Where Hypothesis keeps what it has made; ours, unless the user says where."""


@dataclass(frozen=True, slots=True)
class Options:
    """Whom to judge, and how. Without `url` and `subject`, the stand-in.

    `wait` and `max_time` are seconds; `workers` are processes beside this one.
    """

    contract: str
    url: str | None = None
    subject: str = ""
    headers: tuple[str, ...] = ()
    profile: Profile | None = None
    seed: int = 1
    uphold_rulings: bool = False
    select: tuple[str, ...] = ()
    max_time: float | None = None
    workers: int = 0
    wait: float = 0.0
    baseline: str = ""


class JudgeFailed(UnderstudyError):
    """The judge itself broke; nothing can be said about the subject."""


def verify(
    options: Options, environment: Mapping[str, str], progress: "Progress | None" = None
) -> Judged:
    """Judge; UnderstudyError where that cannot begin."""
    contract = load(options.contract)
    catalogue.selected(contract, options.select)
    accepted = baseline.read(options.baseline) if options.baseline else ()
    subject = _subject(contract, options, environment)
    if subject is not None:
        check(contract, subject, options.wait)
    began = time.time()
    collector, code = _run(options, began, progress)
    if collector.errors and not collector.results:
        raise JudgeFailed(collector.errors[0])
    counting, known = baseline.split(
        collector.results, accepted, datetime.now(UTC).astimezone().date()
    )
    reached = {
        name for name, statuses in collector.reached.items() if any(_is_good(s) for s in statuses)
    }
    is_partial = bool(options.select) or (subject is not None and subject.profile == "read-only")
    verdict = Verdict(
        contract=contract.name,
        url=subject.url if subject else STAND_IN,
        seed=options.seed,
        ending=_ending(code, collector, options, began),
        results=counting,
        unreached=() if is_partial else sorted(set(contract.operations) - reached),
        accepted=known,
        seconds=time.time() - began,
        trouble=collector.lost or next(iter(collector.errors), ""),
    )
    return judged(contract, verdict)


def _is_good(status: int) -> bool:
    return 200 <= status < 400


def _subject(
    contract: Contract, options: Options, environment: Mapping[str, str]
) -> Subject | None:
    """The subject as far as it is known before anything runs; None for a stand-in to be started."""
    if options.url is None and options.subject in ("", STAND_IN):
        return None
    overrides = Overrides(options.url, options.headers, options.profile, environment)
    return read_subject(contract, options.subject, overrides)


def _run(options: Options, began: float, progress: "Progress | None") -> "tuple[Collector, int]":
    """Run the suites where nothing of the user's pytest configuration reaches."""
    here = Path(str(files(__package__).joinpath("pytest.ini")))
    arguments = [
        "--pyargs",
        f"{__package__}.suites",
        "-c",
        str(here),
        "--rootdir",
        str(here.parent),
        "--noconftest",
        "--disable-plugin-autoload",
        "-p",
        "xdist",
        "-p",
        f"{__package__}.plugin",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "-q",
        *_flags(options, began),
    ]
    said = io.StringIO()
    with _alone() as make, redirect_stdout(said), redirect_stderr(said):
        collector = make(progress)
        code = pytest.main(arguments, plugins=[collector])
    if code not in (0, 1, INTERRUPTED) and not collector.errors:
        lines = [line for line in said.getvalue().splitlines() if line.strip()]
        collector.errors.append(lines[-1] if lines else f"pytest ended with {code}")
    return collector, int(code)


def _flags(options: Options, began: float) -> list[str]:
    """The options as the plugin takes them."""
    flags = ["--contract", options.contract, "--judge-seed", str(options.seed)]
    if options.url:
        flags += ["--subject-url", options.url]
    if options.subject:
        flags += ["--subject", options.subject]
    for header in options.headers:
        flags += ["--subject-header", header]
    if options.profile:
        flags += ["--profile", options.profile]
    if options.uphold_rulings:
        flags += ["--uphold-rulings"]
    for name in options.select:
        flags += ["--law", name]
    if options.max_time is not None:
        flags += ["--judge-deadline", str(began + options.max_time)]
    # Laws that change a subject which they share are judged one after the other.
    if options.workers and (options.url is None or options.profile == "read-only"):
        flags += ["-n", str(options.workers)]
    return flags


@contextmanager
def _alone() -> "Iterator[Callable[[Progress | None], Collector]]":
    """Keep the user's pytest settings out, and Hypothesis's files out of the user's folder."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", _STORAGE)
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    # Kept from run to run: the tables of characters alone take seconds to make.
    os.environ[_STORAGE] = before.get(_STORAGE) or user_cache_dir("understudy", appauthor=False)
    try:
        # Imported late: pytest must be the first to import the plugin's module.
        from .collector import Collector

        yield Collector
    finally:
        del os.environ[_STORAGE]
        os.environ.update(before)


def _ending(code: int, collector: "Collector", options: Options, began: float) -> Ending:
    if collector.lost:
        return "unreachable"
    if collector.errors:
        return "broken"
    if code == INTERRUPTED:
        return "interrupted"
    if options.max_time is not None and time.time() > began + options.max_time:
        return "time"
    return "complete"
