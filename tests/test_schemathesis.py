"""Schemathesis, with all its phases and checks, finds nothing wrong with any served contract."""

from collections import Counter
from collections.abc import Iterator, Mapping
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


def _config(name: str, url: str) -> SchemathesisConfig:
    documented = (
        (operation.id, int(status))
        for operation in load(name).operations.values()
        for status in operation.responses
        if status.startswith("5")
    )
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": url,
            "auth": {"openapi": CREDENTIALS[name]},
            "generation": {"max-examples": 25, "database": "none", "deterministic": True},
            # A status that the contract documents is no failure, whatever its class.
            "operations": [
                {
                    "include-operation-id": [operation],
                    "checks": {
                        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", status]}
                    },
                }
                for operation, status in documented
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
