"""Faults of behaviour set in one sandbox: a fault written in code, and a mutant of the contract."""

import pytest

from understudy.server.faults.catalogue import find
from understudy.server.faults.transport import Transport
from understudy.specs.contract import load
from understudy.specs.errors import UsageError

from ..nexudus.office import ADMIN, PATH, created, ids
from ..stand import Stand
from .written import written_down

BESIDE = {**ADMIN, "Understudy-Sandbox": "beside"}
MUTANT = "mutant nexudus order.ties list_basket_sessions IsNew"


def _beside(stand: Stand) -> list[int]:
    answer = stand.get(PATH, headers=BESIDE, params={"size": 1000})
    return [record["Id"] for record in answer.json()["Records"]]


def test_a_fault_in_code_is_met_in_its_sandbox_alone(office: Stand) -> None:
    """Its neighbour is served as the contract says."""
    fault = find("nexudus.row-twice", {"nexudus": office.contract})
    right = ids(office)
    office.within(lambda sandbox: sandbox.faults.place(fault))
    assert ids(office) != right
    assert _beside(office) == right
    office.within(lambda sandbox: sandbox.faults.clear())
    assert ids(office) == right


def test_a_mutant_is_met_in_its_sandbox_alone(office: Stand) -> None:
    """The journal says that it was, and holds the answers against the contract as it was."""
    name = "mutant nexudus filter.dropped list_basket_sessions BasketSession_SessionId"
    created(office, SessionId="only-one")
    only = {"BasketSession_SessionId": "only-one"}
    assert len(ids(office, **only)) == 1
    office.within(lambda sandbox: sandbox.faults.place(find(name, {"nexudus": office.contract})))
    assert len(ids(office, **only)) > 1
    answer = office.get(PATH, headers=BESIDE, params=only)
    assert answer.json()["TotalItems"] == 0
    *_, last = written_down(office)
    assert last.struck == (name,)


def test_an_answer_that_a_fault_breaks_is_sent_and_written_down(office: Stand) -> None:
    """A stand-in that lies on purpose must be heard; the journal names the broken statement."""
    fault = find("nexudus.refusal-without-message", {"nexudus": office.contract})
    office.within(lambda sandbox: sandbox.faults.place(fault))
    answer = office.post(PATH, headers=ADMIN, json={"BusinessId": 1})
    assert answer.status_code == 400
    assert "Message" not in answer.json()
    *_, last = written_down(office)
    by_side = {each.side: each for each in last.violations}
    assert by_side["request"].where == "body SessionId"
    assert "Message" in by_side["answer"].message
    place = office.contract.place(by_side["answer"].at)
    assert place.startswith("specs/nexudus.yaml:")


def test_a_fault_can_be_for_one_operation(office: Stand) -> None:
    """The others are served rightly."""
    fault = find("nexudus.row-twice", {"nexudus": office.contract})
    right = ids(office)
    office.within(lambda sandbox: sandbox.faults.place(fault, operation="get_basket_session"))
    assert ids(office) == right
    office.within(
        lambda sandbox: sandbox.faults.place(fault, operation="list_basket_sessions", count=1)
    )
    assert ids(office) != right
    assert ids(office) == right


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nexudus.row-twise", 'Did you mean "nexudus.row-twice"?'),
        ("transport.latensy", 'Did you mean "transport.latency"?'),
        ("zenskar.total-of-page", "is one of zenskar, which is not served"),
        (MUTANT[:-1], 'Did you mean "order.ties list_basket_sessions IsNew"?'),
        ("mutant zenskar order.ties", '"zenskar" is not served.'),
        ("mutant nexudus security.dropped list_basket_sessions", "nexudus has no mutant"),
    ],
)
def test_a_fault_that_is_not_there_is_told_the_nearest(name: str, told: str) -> None:
    """One of another contract, that this is not served; those of the doors cannot be set."""
    with pytest.raises(UsageError) as refused:
        find(name, {"nexudus": load("nexudus")})
    assert told in str(refused.value)


def test_every_sort_of_fault_is_found_by_its_name() -> None:
    """Of transport, in code, and of the contract."""
    contracts = {"nexudus": load("nexudus")}
    assert find("transport.cut", contracts) == Transport("transport.cut")
    for name in ("nexudus.row-twice", MUTANT):
        found = find(name, contracts)
        assert not isinstance(found, Transport)
        assert (found.name, found.contract) == (name, "nexudus")
        assert found.kind
        assert found.sentence.endswith(".")
