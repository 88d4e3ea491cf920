"""The control API keeps its own contract: our judge's layer of shape finds nothing in it."""

import pytest

from understudy.conformance.client import Client
from understudy.conformance.shape import judge_shape
from understudy.conformance.subject_file import Overrides, read_subject
from understudy.conformance.terms import Terms
from understudy.server.apis import control
from understudy.server.health import Health
from understudy.server.house import House
from understudy.specs.contract import load
from understudy.specs.lint import lint

from ..stand import Server

SELDOM = {"delete_sandbox", "remove_fault", "reset_sandbox", "restore_snapshot"}
"""What a random walk of this length seldom comes to; the tests beside this one do."""


@pytest.mark.whole
def test_the_judge_finds_nothing_and_reaches_everything(all_served: Server) -> None:
    """With all phases of Schemathesis; nearly every operation answered well at least once."""
    contract = load("control")
    url = f"{all_served.root}/_understudy"
    subject = read_subject(contract, "", Overrides(url, profile="full"))
    client = Client(contract, subject)
    results = judge_shape(client, Terms(examples=12), tuple(contract.operations))
    client.close()
    assert {r.operation: r.message for r in results if r.outcome != "holds"} == {}
    good = {name for name, statuses in client.reached.items() if min(statuses) < 300}
    assert good | SELDOM == set(contract.operations)


def test_every_operation_has_a_handler(all_served: Server) -> None:
    """And no handler is left over."""
    api = control.api(House(all_served.world, (), Health()))
    assert set(api.handlers) == set(load("control").operations)


def test_it_is_a_good_contract() -> None:
    """As `understudy lint` has it."""
    assert lint("control") == []
