"""The pytest plugin behind the suites: options, the session, and one record for each result.

Load it with `-p understudy.conformance.plugin`, and say whom to judge with its options.
"""

import os
from collections.abc import Callable, Iterator, Sequence

import pytest

from ..specs.contract import Contract, load
from ..specs.errors import UnderstudyError
from . import catalogue
from .mask import Mask
from .outcome import Result
from .record import to_data
from .session import Session
from .stand_in import CLOCK, stand_in
from .subject import PROFILES, Subject
from .subject_file import Overrides, read_subject
from .terms import Terms

PROPERTY = "understudy"
REACHED = "understudy-reached"
LOST = "understudy-lost"
Judge = Callable[[Callable[[Session], Sequence[Result]]], None]
"""Records the results of some judging, and fails where the subject does."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what says whom to judge, and how."""
    group = parser.getgroup("understudy", "conformance with a contract")
    group.addoption("--contract", help="a contract's name, or a file")
    group.addoption("--subject-url", help="the base URL of the contract's paths")
    group.addoption("--subject", default="", help="a subject.toml, or `stand-in`")
    group.addoption("--subject-header", action="append", default=[], metavar="NAME:VALUE")
    group.addoption("--profile", choices=PROFILES)
    group.addoption("--judge-seed", type=int, default=1)
    group.addoption("--uphold-rulings", action="store_true")
    group.addoption("--law", action="append", default=[], help="a law, its family, an operation")
    group.addoption("--judge-deadline", type=float, help="seconds since the epoch")


def pytest_configure(config: pytest.Config) -> None:
    """Read the contract once; a wrong one is a usage error."""
    name = config.getoption("--contract")
    if not name:
        raise pytest.UsageError("--contract is missing: a contract's name, or a file")
    try:
        config.stash[_CONTRACT] = load(name)
    except UnderstudyError as error:
        raise pytest.UsageError(str(error)) from None


_CONTRACT = pytest.StashKey[Contract]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each law."""
    if "law" in metafunc.fixturenames:
        contract = metafunc.config.stash[_CONTRACT]
        wanted = tuple(metafunc.config.getoption("--law"))
        chosen = catalogue.selected(contract, wanted)
        metafunc.parametrize("law", chosen, ids=[law.name for law in chosen])
    if "shaped" in metafunc.fixturenames:
        contract = metafunc.config.stash[_CONTRACT]
        chosen_operations = catalogue.shaped(contract, tuple(metafunc.config.getoption("--law")))
        every = [chosen_operations] if chosen_operations else []
        metafunc.parametrize("shaped", every, ids=["shape"] * len(every))


@pytest.fixture(scope="session")
def understudy_session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The judging of this process; without a URL, of a stand-in of its own."""
    option = request.config.getoption
    contract = request.config.stash[_CONTRACT]
    terms = Terms(option("--judge-seed"), option("--uphold-rulings"), option("--judge-deadline"))
    overrides = Overrides(
        option("--subject-url"),
        tuple(option("--subject-header")),
        option("--profile"),
        os.environ,
    )
    if option("--subject-url"):
        yield from _session(contract, read_subject(contract, option("--subject"), overrides), terms)
        return
    # The judge looks at every answer itself; that the stand-in does so too would only take time.
    with stand_in(option("--contract"), ["--validate-responses", "off"]) as url:
        subject = read_subject(contract, "stand-in", overrides.at(url, CLOCK))
        yield from _session(contract, subject, terms)


def _session(contract: Contract, subject: Subject, terms: Terms) -> Iterator[Session]:
    session = Session(contract, subject, terms)
    with session.interrupts.caught():
        yield session
        session.close()


@pytest.fixture
def understudy_judge(
    understudy_session: Session, record_property: Callable[[str, object], None]
) -> Judge:
    """What the suites judge with."""

    def judge(judging: Callable[[Session], Sequence[Result]]) -> None:
        before = {name: set(found) for name, found in understudy_session.client.reached.items()}
        found = judging(understudy_session)
        # Masked before anything is told to pytest: it has reports of its own.
        mask = Mask(understudy_session.client.secrets())
        results = [mask.result(result) for result in found]
        for result in results:
            record_property(PROPERTY, to_data(result))
        for name, statuses in understudy_session.client.reached.items():
            for status in sorted(statuses - before.get(name, set())):
                record_property(REACHED, [name, status])
        if understudy_session.lost:
            record_property(LOST, mask.text(understudy_session.lost))
        _tell(results)

    return judge


def _tell(results: Sequence[Result]) -> None:
    """Say it in pytest's own terms, for who runs pytest."""
    broken = [f"{r.law}: {r.message} ({r.place})" for r in results if r.outcome == "violates"]
    if broken:
        pytest.fail("\n".join(broken), pytrace=False)
    undecided = [f"{r.law}: {r.reason}" for r in results if r.outcome == "inconclusive"]
    if undecided:
        pytest.fail("inconclusive: " + "\n".join(undecided), pytrace=False)
    if results and all(result.outcome == "not-applicable" for result in results):
        pytest.skip(results[0].reason)
