"""Judges one server by the original contract: what laws, shape and stock Schemathesis find."""

import os
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from understudy.conformance import catalogue
from understudy.conformance.client import Client
from understudy.conformance.law import Law
from understudy.conformance.outcome import Result
from understudy.conformance.session import Session
from understudy.conformance.shape import register_formats
from understudy.conformance.stand_in import CLOCK
from understudy.conformance.subject import Basic, Login
from understudy.conformance.subject_file import STAND_IN, Overrides, read_subject
from understudy.conformance.terms import Terms
from understudy.specs.contract import Contract, load
from understudy.specs.errors import UnderstudyError

from .wrong import Wrong, served

ENOUGH = 2
"""So many kinds of laws that find a server wrong say that none alone is needed for it."""
PATIENCE = 300.0
"""Seconds in which one server must be judged by the laws."""
_SLOW = ("basket.model",)
_READING = ("filter", "order", "paging", "report", "where")
"""Kinds of mutants that change a listing and nothing else."""
_OF_STORED = ("scope", "soft-delete", "live-until", "timers", "default", "lists", "access")
"""Kinds after which any filter may keep, and any order show, something else."""
_BAD = ("violates", "departs")


@dataclass(frozen=True, slots=True)
class Task:
    """One server to be judged, how, and what the correct server shows as well.

    No more laws are asked once `enough` kinds of them have found it wrong.
    """

    wrong: Wrong
    seed: int = 1
    with_laws: bool = True
    with_shape: bool = False
    every_law: bool = False
    known: frozenset[str] = frozenset()
    enough: int = ENOUGH


@dataclass(slots=True)
class Measured:
    """What judging one server came to; `shape` and `stock` are None where they were not asked.

    `laws`, `shape` and `stock` are the identities of findings. `first` are the seconds until the
    first of them. `undecided` are laws that said nothing.
    """

    key: str
    laws: list[str] = field(default_factory=list)
    shape: list[str] | None = None
    stock: list[str] | None = None
    first: float | None = None
    seconds: float = 0.0
    judged: int = 0
    undecided: int = 0
    error: str = ""

    def to_data(self) -> dict[str, Any]:
        """As JSON data."""
        return asdict(self)

    @property
    def killers(self) -> frozenset[str]:
        """The kinds of laws that found the server wrong."""
        return frozenset(identity.split(" ", 1)[0] for identity in self.laws)


def measure(task: Task) -> Measured:
    """Start the server, judge it, stop it."""
    warnings.simplefilter("ignore")
    found = Measured(task.wrong.key)
    began = time.perf_counter()
    try:
        with served(task.wrong) as url:
            _judge(task, url, found)
    except UnderstudyError as error:
        found.error = str(error)
    except Exception as error:
        found.error = f"{type(error).__name__}: {error}"
    found.seconds = time.perf_counter() - began
    return found


def _judge(task: Task, url: str, found: Measured) -> None:
    contract = _contract(task.wrong.contract)
    overrides = Overrides(environment=os.environ).at(url, CLOCK)
    subject = read_subject(contract, STAND_IN, overrides)
    terms = Terms(task.seed, uphold_rulings=True, deadline=time.time() + PATIENCE)
    session = Session(contract, subject, terms)
    try:
        if task.with_laws:
            _by_laws(task, session, found)
    finally:
        session.close()
    if task.with_shape:
        client = Client(contract, subject)
        terms = Terms(task.seed, uphold_rulings=True, deadline=time.time() + PATIENCE)
        fresh = Session(contract, subject, terms)
        bad = [r for r in fresh.judge_shape(tuple(contract.operations)) if r.outcome in _BAD]
        found.shape = _new(task, [f"{r.law} {r.operation}" for r in bad])
        found.stock = _new(task, _stock(client, task.seed))
        fresh.close()
        client.close()


def _by_laws(task: Task, session: Session, found: Measured) -> None:
    began, wrong = time.perf_counter(), task.wrong
    laws = [law for law in _laws(session.contract.name) if task.every_law or _concerns(law, wrong)]
    for law in sorted(laws, key=lambda law: _distance(law, wrong)):
        if len(found.killers) >= task.enough and not task.every_law:
            return
        result = session.judge(law)
        found.judged += 1
        found.undecided += result.outcome == "inconclusive"
        identity = _identity(result)
        if result.outcome in _BAD and identity not in task.known:
            found.laws.append(identity)
            if found.first is None:
                found.first = time.perf_counter() - began


def _identity(result: Result) -> str:
    return f"{result.law} @ {result.pointer}"


def _concerns(law: Law, wrong: Wrong) -> bool:
    """Whether a law is asked at all; what is left out could but repeat what others say."""
    is_of_field = law.id.startswith(("filter.", "order."))
    if wrong.sort == "mutant" and _is_near(law.pointer, wrong.place):
        return True
    if wrong.kind in _READING:
        return law.operation in wrong.operations and not is_of_field
    return not is_of_field or wrong.kind in _OF_STORED


def _distance(law: Law, wrong: Wrong) -> int:
    """How far a law is from what is wrong: 0 is about that very place of the contract."""
    if wrong.sort == "mutant" and _is_near(law.pointer, wrong.place):
        return 0
    if law.id in _SLOW:
        return 3
    is_of_field = law.id.startswith(("filter.", "order."))
    is_meant = law.operation in wrong.operations or not wrong.operations
    return (1 if is_meant else 2) + is_of_field


def _is_near(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


@cache
def _contract(name: str) -> Contract:
    return load(name)


@cache
def _laws(name: str) -> Sequence[Law]:
    return catalogue.laws(_contract(name))


def _new(task: Task, identities: Sequence[str]) -> list[str]:
    return sorted(set(identities) - task.known)


def _stock(client: Client, seed: int) -> list[str]:
    """What Schemathesis finds as it comes: all phases, its own checks, our credentials."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    register_formats()
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": client.subject.url,
            "headers": dict(_headers(client)),
            "generation": {"max-examples": Terms().examples, "database": "none"},
        }
    )
    document = dict(client.contract.document)
    schema = schemathesis.openapi.from_dict(document, config=config)
    found = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                label = event.recorder.cases[case].value.operation.label
                found += [f"stock.{c.name} {label}" for c in checks if c.failure_info is not None]
    return found


def _headers(client: Client) -> Mapping[str, str]:
    """The default persona's credentials, as a user of Schemathesis would give them."""
    found: dict[str, str] = {}
    for name, secret in client.subject.default.secrets.items():
        scheme = client.contract.security_schemes[name]
        if isinstance(secret, Basic | Login):
            continue
        if scheme["type"] != "apiKey":
            found["Authorization"] = f"Bearer {secret}"
        elif scheme["in"] == "header":
            found[scheme["name"]] = secret
    return found
