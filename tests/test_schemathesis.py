"""Schemathesis, with all its phases and checks, finds nothing wrong with any served contract."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis.strategies import datetimes
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from understudy.specs.contract import NAMES, load

from .stand import Server, Stand

CREDENTIALS: Mapping[str, Mapping[str, Any]] = {
    "nexudus": {"oauth": {"bearer": "nexudus-admin"}},
    "limio": {"oauth": {"bearer": "limio-token"}},
    "akinon": {"session": {"api_key": "akinon-cart"}},
    "zenskar": {
        "ApiTokenAuth": {"api_key": "zenskar-key"},
        "OrganisationAuth": {"api_key": "zenskar-org"},
    },
}
"""What to log in with, by security scheme."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A status that an operation may answer though a check expects otherwise.

    `held_by` is the test, under `tests/`, that says when it does.
    """

    check: str
    operation: str
    status: int
    reason: str
    held_by: str


EXCLUSIONS = (
    Exclusion(
        "positive_data_acceptance",
        "add_product",
        400,
        "which products there are, and how much of them, is no part of a schema (A28, A29)",
        "akinon/test_lines.py::test_an_unknown_product_is_refused",
    ),
    Exclusion(
        "positive_data_acceptance",
        "set_quantity",
        400,
        "which products there are, and how much of them, is no part of a schema (A28, A29)",
        "akinon/test_stock.py::test_stock_counts_over_all_lines_of_a_product",
    ),
    Exclusion(
        "positive_data_acceptance",
        "change_basket",
        400,
        "which lines a basket has, and which codes are good, is no part of a schema (A24, A26)",
        "akinon/test_vouchers.py::test_a_bad_code_is_refused",
    ),
    Exclusion(
        "positive_data_acceptance",
        "change_item",
        400,
        "the vendor answers 400 where others would say 404 (seed, A25)",
        "akinon/test_lines.py::test_an_item_that_the_basket_does_not_have_is_refused_with_400",
    ),
)
"""What no schema can say; ten at most, and never a whole operation."""

EXPECTED: Mapping[str, tuple[str, ...]] = {
    "positive_data_acceptance": ("2xx", "3xx", "401", "403", "404", "409", "429", "5xx"),
    "not_a_server_error": ("2xx", "3xx", "4xx"),
}
"""The statuses that a check expects unless told otherwise."""

# A format of our own, which generators must be taught (ruling N22).
schemathesis.openapi.format(
    "minute", datetimes().map(lambda moment: moment.isoformat(timespec="minutes"))
)


@pytest.fixture(scope="module", params=NAMES)
def served(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """Each contract on a server of its own."""
    server = Server([request.param])
    yield server.stands[request.param]
    server.stop()


def _allowed(name: str) -> Iterator[tuple[str, str, int]]:
    """Operation, check and status that is no failure there."""
    for operation in load(name).operations.values():
        for status in operation.responses:
            # A status that the contract documents is no failure, whatever its class.
            if status.startswith("5"):
                yield operation.id, "not_a_server_error", int(status)
        for exclusion in EXCLUSIONS:
            if exclusion.operation == operation.id:
                yield operation.id, exclusion.check, exclusion.status


def _config(name: str, url: str) -> SchemathesisConfig:
    checks: dict[str, dict[str, Any]] = {}
    for operation, check, status in _allowed(name):
        expected = checks.setdefault(operation, {}).setdefault(
            check, {"expected-statuses": list(EXPECTED[check])}
        )
        expected["expected-statuses"].append(status)
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": url,
            "auth": {"openapi": CREDENTIALS[name]},
            "generation": {"max-examples": 25, "database": "none", "deterministic": True},
            "operations": [
                {"include-operation-id": [operation], "checks": each}
                for operation, each in checks.items()
            ],
        }
    )


def test_schemathesis_finds_no_failure_and_reaches_every_operation(served: Stand) -> None:
    """Every check of every phase holds, and every operation answered 2xx at least once."""
    name = served.contract.name
    served.reset()
    schema = schemathesis.openapi.from_dict(
        dict(served.contract.document), config=_config(name, served.url)
    )
    failures: list[str] = []
    reached: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for case_id, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        failure = check.failure_info.failure
                        failures.append(
                            f"{failure.code} {failure.operation}: {failure.title}\n"
                            f"{failure.message}\n{check.failure_info.code_sample}"
                        )
                interaction = event.recorder.interactions.get(case_id)
                if interaction is not None and interaction.response is not None:
                    status = interaction.response.status_code
                    if 200 <= status < 400:
                        case = event.recorder.cases[case_id].value
                        reached[case.operation.label] += 1
        elif isinstance(event, events.NonFatalError):
            failures.append(str(event.info))
        elif isinstance(event, events.FatalError):
            failures.append(str(event.exception))
        elif isinstance(event, events.EngineFinished):
            failures.extend(str(failure) for failure in getattr(event, "failures", ()))
    assert failures == []
    operations = {f"{o.method.upper()} {o.path}" for o in served.contract.operations.values()}
    assert operations - set(reached) == set()


def test_exclusions_are_few_and_each_is_held_by_a_test() -> None:
    """At most ten, each of an operation that exists, each with a test that says when it happens."""
    operations = {operation for name in NAMES for operation in load(name).operations}

    assert len(EXCLUSIONS) <= 10
    for exclusion in EXCLUSIONS:
        file, _, test = exclusion.held_by.partition("::")
        assert exclusion.operation in operations
        assert f"def {test}(" in (Path(__file__).parent / file).read_text(encoding="utf-8")
