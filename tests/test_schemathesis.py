"""Schemathesis, with all its phases and checks, finds nothing wrong with any served contract."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis.strategies import datetimes
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from understudy.conformance.shape import PHASES
from understudy.specs.contract import NAMES, load
from understudy.specs.operation import Operation

from .stand import Server, Stand

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

GOOD_FORM = "positive_data_acceptance"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A status that a check lets an operation answer beside its own, and what else holds that.

    `reason` says why no schema can; `test` is the regression test.
    """

    check: str
    operation: str
    status: int
    reason: str
    test: str


EXCLUSIONS = (
    Exclusion(
        GOOD_FORM,
        "update_subscription_checkout",
        400,
        "OpenAPI 3.0 cannot say that at most one item adds an offer",
        "test_two_added_offers_in_one_update_are_refused",
    ),
    Exclusion(
        GOOD_FORM,
        "add_product",
        400,
        "a product may be unknown, not sold, or short in stock",
        "test_an_unknown_product_is_refused",
    ),
    Exclusion(
        GOOD_FORM,
        "set_quantity",
        400,
        "a product may be unknown, not sold, or short in stock",
        "test_put_and_patch_set_the_quantity",
    ),
    Exclusion(
        GOOD_FORM,
        "change_basket",
        400,
        "a product may not be in the basket, a voucher not valid",
        "test_what_is_not_in_the_basket_is_added_by_put_and_refused_by_patch",
    ),
    Exclusion(
        GOOD_FORM,
        "change_item",
        400,
        "an item may be gone: the seed answers that with 400",
        "test_an_item_that_the_basket_does_not_have_is_refused_with_400",
    ),
    Exclusion(
        GOOD_FORM,
        "list_checkout_sessions",
        400,
        "a cursor is text, and good only if it was given out",
        "test_a_text_that_is_no_cursor_is_refused",
    ),
    Exclusion(
        GOOD_FORM,
        "create_checkout_session",
        400,
        "an idempotency key may have come with another body",
        "test_the_same_key_with_another_body_is_refused",
    ),
    Exclusion(
        GOOD_FORM,
        "update_checkout_session",
        400,
        "a session may no longer be open",
        "test_a_move_is_allowed_in_its_states_alone",
    ),
    Exclusion(
        GOOD_FORM,
        "confirm_checkout_session",
        400,
        "a session may no longer be open",
        "test_a_move_is_allowed_in_its_states_alone",
    ),
    Exclusion(
        GOOD_FORM,
        "cancel_checkout_session",
        400,
        "a session may no longer be open",
        "test_a_move_is_allowed_in_its_states_alone",
    ),
)
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
"""What `positive_data_acceptance` takes by itself."""

# A format of our own, which generators must be taught (ruling N22).
schemathesis.openapi.format(
    "minute", datetimes().map(lambda moment: moment.isoformat(timespec="minutes"))
)


def _agreeing(_: Any, case: Any) -> Any:
    """A body whose members agree, as the contract says in words: one currency, a customer's own.

    A session's currency is its contract's, and only a guest's customer can be changed (Z22, Z24).
    """
    body = case.body
    if case.operation.definition.raw.get("operationId") in (
        "create_checkout_session",
        "update_checkout_session",
    ) and isinstance(body, dict):
        contract = body.get("contract")
        if isinstance(contract, dict) and "currency" in body:
            body["currency"] = contract.get("currency")
        if case.method == "PUT":
            body.pop("customer", None)
    return case


@pytest.fixture(scope="module", params=NAMES)
def served(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """Each contract on a server of its own."""
    server = Server([request.param])
    yield server.stands[request.param]
    server.stop()


def _config(name: str, url: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "base-url": url,
            "auth": {"openapi": CREDENTIALS[name]},
            "generation": {"max-examples": 25, "database": "none", "deterministic": True},
            "phases": PHASES,
            "operations": [
                {"include-operation-id": [operation.id], "checks": checks}
                for operation in load(name).operations.values()
                if (checks := _checks(operation))
            ],
        }
    )


def _checks(operation: Operation) -> dict[str, Any]:
    """Where the checks of one operation differ from what they are by themselves."""
    checks: dict[str, Any] = {}
    # A status that the contract documents is no failure, whatever its class.
    documented = [int(status) for status in operation.responses if status.startswith("5")]
    if documented:
        expected = ["2xx", "3xx", "4xx", *documented]
        checks["not_a_server_error"] = {"expected-statuses": expected}
    excluded = [e.status for e in EXCLUSIONS if e.operation == operation.id]
    if excluded:
        checks[GOOD_FORM] = {"expected-statuses": [*ACCEPTED, *excluded]}
    return checks


def test_schemathesis_finds_no_failure_and_reaches_every_operation(served: Stand) -> None:
    """Every check of every phase holds, and every operation answered 2xx at least once."""
    served.reset()
    schema = schemathesis.openapi.from_dict(
        dict(served.contract.document), config=_config(served.contract.name, served.url)
    )
    schema.hooks.hook("map_case")(_agreeing)
    failures: list[str] = []
    reached: set[str] = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            failures += _failures(event)
            reached |= _reached(event)
        elif isinstance(event, events.NonFatalError):
            failures.append(str(event.info))
        elif isinstance(event, events.FatalError):
            failures.append(str(event.exception))
        elif isinstance(event, events.EngineFinished):
            failures += [str(failure) for failure in getattr(event, "failures", ())]
    assert failures == []
    operations = {f"{o.method.upper()} {o.path}" for o in served.contract.operations.values()}
    assert operations - reached == set()


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                yield (
                    f"{failure.code} {failure.operation}: {failure.title}\n"
                    f"{failure.message}\n{check.failure_info.code_sample}"
                )


def _reached(event: events.ScenarioFinished) -> set[str]:
    """The operations that answered well."""
    return {
        event.recorder.cases[case_id].value.operation.label
        for case_id, interaction in event.recorder.interactions.items()
        if interaction.response is not None and 200 <= interaction.response.status_code < 400
    }


def test_exclusions_are_few_and_each_is_held_by_another_test() -> None:
    """At most ten, all different, all documented, each with a regression test that exists."""
    assert len(EXCLUSIONS) <= 10
    assert len({(e.check, e.operation, e.status) for e in EXCLUSIONS}) == len(EXCLUSIONS)
    operations = {o.id: o for name in NAMES for o in load(name).operations.values()}
    written = "\n".join(path.read_text() for path in Path(__file__).parent.glob("*/test_*.py"))
    for exclusion in EXCLUSIONS:
        assert str(exclusion.status) in operations[exclusion.operation].responses
        assert f"def {exclusion.test}(" in written
