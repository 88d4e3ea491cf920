"""Schemathesis finds nothing wrong with the subjects, but for what no schema can say."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis.strategies import datetimes
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from understudy.conformance.shape import PHASES
from understudy.specs.contract import NAMES, Contract, load

from .running import serve

pytestmark = pytest.mark.whole

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

REFUSED_BY_STATE: Mapping[str, tuple[int, ...]] = {
    # Stock, lines and codes; a second offer; a cursor; the state of a session, a repeated key,
    # two currencies that are not the same: valid by any schema, and refused.
    "add_product": (400,),
    "set_quantity": (400,),
    "change_basket": (400,),
    "change_item": (400,),
    "list_abandoned_baskets": (502,),
    "update_subscription_checkout": (400,),
    "list_checkout_sessions": (400,),
    "create_checkout_session": (400, 422),
    "update_checkout_session": (400, 422),
    "confirm_checkout_session": (400,),
    "cancel_checkout_session": (400,),
}


def _begun(url: str) -> Mapping[str, Mapping[str, str]]:
    """What leads to a checkout that was begun; a random walk comes to one by luck alone."""
    order = {"order_type": "update_subscription", "forSubscription": {"id": "sub-7c0e41d2"}}
    headers = {"Authorization": "Bearer limio-token", "x-limio-recaptcha": "passed"}
    path = f"{url}/api/checkout/subscription"
    answer = requests.post(path, json={"order": order}, headers=headers, timeout=10)
    operations = ("get_subscription_checkout", "update_subscription_checkout")
    return {key: {"limio_state": answer.cookies["limio_state"]} for key in operations}


def _config(contract: Contract, url: str) -> SchemathesisConfig:
    known = _begun(url) if contract.name == "limio" else {}
    operations = []
    for operation in contract.operations.values():
        failures = [int(status) for status in operation.responses if status.startswith("5")]
        refusals = REFUSED_BY_STATE.get(operation.id, ())
        accepted = ["2xx", "3xx", "401", "403", "404", *refusals]
        checks = {
            # A status that the contract documents is no failure, whatever its class.
            "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", *failures]},
            "positive_data_acceptance": {"expected-statuses": accepted},
        }
        operations.append(
            {
                "include-operation-id": [operation.id],
                "checks": checks,
                "parameters": dict(known.get(operation.id, {})),
            }
        )
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": url,
            "auth": {"openapi": CREDENTIALS[contract.name]},
            "generation": {"max-examples": 10, "database": "none", "deterministic": True},
            "phases": PHASES,
            "operations": operations,
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_schemathesis_finds_no_failure_and_reaches_every_operation(name: str) -> None:
    """Every check of every phase holds, and every operation answered 2xx at least once."""
    # A format of our own, which generators must be taught (ruling N22).
    minutes = datetimes().map(lambda moment: moment.isoformat(timespec="minutes"))
    schemathesis.openapi.format("minute", minutes)
    contract = load(name)
    with serve(name) as subject:
        config = _config(contract, subject.url)
        schema = schemathesis.openapi.from_dict(dict(contract.document), config=config)
        failures: list[str] = []
        reached: Counter[str] = Counter()
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                failures += _failures(event)
                reached += _reached(event)
            elif isinstance(event, events.NonFatalError):
                failures.append(str(event.info))
            elif isinstance(event, events.FatalError):
                failures.append(str(event.exception))
        assert failures == []
        operations = {f"{o.method.upper()} {o.path}" for o in contract.operations.values()}
        assert operations - set(reached) == set()


def _failures(event: events.ScenarioFinished) -> list[str]:
    failed = [
        check.failure_info
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]
    return [f"{f.failure.operation}: {f.failure.message}\n{f.code_sample}" for f in failed]


def _reached(event: events.ScenarioFinished) -> Counter[str]:
    """How often each operation succeeded."""
    return Counter(
        event.recorder.cases[case].value.operation.label
        for case, interaction in event.recorder.interactions.items()
        if interaction.response is not None and interaction.response.status_code < 400
    )
