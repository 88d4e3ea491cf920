"""The known false alarms of Schemathesis: each is kept quiet, and what is like it is not."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from understudy.conformance.client import Client
from understudy.conformance.quarantine import is_false_alarm
from understudy.conformance.shape import judge_shape
from understudy.conformance.subject_file import STAND_IN, Overrides, read_subject
from understudy.conformance.terms import Terms
from understudy.specs.contract import Contract, load

from ..stand import Stand
from .between import through
from .scripted import Asked, Said, Scripted

LIMIO, NEXUDUS, ZENSKAR = load("limio"), load("nexudus"), load("zenskar")


def _is_quiet(
    contract: Contract, operation: str, code: str, status: int, method: str = "POST"
) -> bool:
    interaction = SimpleNamespace(
        request=SimpleNamespace(method=method), response=SimpleNamespace(status_code=status)
    )
    failure = SimpleNamespace(code=code)
    return is_false_alarm(contract.operations[operation], failure, interaction)


@pytest.mark.parametrize(
    ("contract", "operation", "code", "status", "is_quiet"),
    [
        # ST302: a 404 for an id in the body is not one for the document just created.
        (LIMIO, "initiate_subscription_checkout", "ST302", 404, True),
        (NEXUDUS, "get_basket_session", "ST302", 404, False),
        # ST202: a body of a good form may still name what is not there, or come too late.
        (ZENSKAR, "confirm_checkout_session", "ST202", 400, True),
        (ZENSKAR, "create_checkout_session", "ST202", 400, True),
        # A cursor has the form of any text, and is refused when it was not given out.
        (ZENSKAR, "list_checkout_sessions", "ST202", 400, True),
        (NEXUDUS, "list_basket_sessions", "ST202", 400, False),
        # A status that is not documented is a finding, whatever the check is about.
        (ZENSKAR, "confirm_checkout_session", "ST202", 418, False),
        (LIMIO, "initiate_subscription_checkout", "ST302", 410, False),
        # Nothing else is kept quiet.
        (ZENSKAR, "confirm_checkout_session", "ST101", 400, False),
    ],
)
def test_a_false_alarm_is_quiet(
    contract: Contract, operation: str, code: str, status: int, is_quiet: bool
) -> None:
    """By what the contract says of the operation and its statuses."""
    assert _is_quiet(contract, operation, code, status) is is_quiet


@pytest.mark.parametrize(
    ("free", "operation", "is_quiet"),
    [
        ("DELETE /sandboxes/a/faults", "list_faults", True),
        ("DELETE /sandboxes/a", "list_faults", False),
        ("DELETE /sandboxes/a", "get_sandbox", False),
    ],
)
def test_a_list_that_is_emptied_is_still_there(free: str, operation: str, is_quiet: bool) -> None:
    """What is gone is one of its items, or what it belonged to."""
    response = SimpleNamespace(status_code=200)
    interaction = SimpleNamespace(request=SimpleNamespace(method="GET"), response=response)
    failure = SimpleNamespace(code="ST301", free=free)
    found = is_false_alarm(load("control").operations[operation], failure, interaction)
    assert found is is_quiet


def test_head_is_free() -> None:
    """Whatever it is answered with; another method that is not documented is not."""
    assert _is_quiet(NEXUDUS, "list_basket_sessions", "ST101", 501, "HEAD")
    assert not _is_quiet(NEXUDUS, "list_basket_sessions", "ST101", 501, "TRACE")


def test_without_an_answer_nothing_is_quiet() -> None:
    """A request that was never answered proves nothing."""
    failure = SimpleNamespace(code="ST302")
    operation = LIMIO.operations["initiate_subscription_checkout"]
    assert not is_false_alarm(operation, failure, None)
    assert not is_false_alarm(operation, failure, SimpleNamespace(response=None))


def _shape(stand: Stand, url: str, *wanted: str, **terms: Any) -> dict[str, str]:
    subject = read_subject(stand.contract, STAND_IN, Overrides(url))
    client = Client(stand.contract, subject)
    every = wanted or tuple(stand.contract.operations)
    found = judge_shape(client, Terms(**{"uphold_rulings": True, **terms}), every)
    client.close()
    return {f"{r.law} {r.operation}": r.outcome for r in found}


@pytest.mark.whole
def test_the_shape_layer_finds_a_broken_answer(nexudus: Stand) -> None:
    """A member that is missing, and a status that is not documented; elsewhere it holds."""

    def change(asked: Asked, said: Said) -> Said:
        if asked.method == "GET" and said.status == 200 and "Records" in str(said.body):
            return Said(200, str(said.body).replace('"TotalItems"', '"Total"'))
        return Said(418, {}) if asked.method == "DELETE" and said.status == 200 else said

    with Scripted(through(nexudus, change=change)) as subject:
        found = _shape(nexudus, subject.url)
    assert found["shape.response-schema-conformance list_basket_sessions"] == "violates"
    assert found["shape.status-code-conformance delete_basket_session"] == "violates"
    assert found["shape create_basket_session"] == "holds"


@pytest.mark.whole
def test_the_shape_layer_reads_on_where_an_address_is_none(nexudus: Stand) -> None:
    """An answer may hold what begins as a URL and cannot be taken apart."""

    def change(asked: Asked, said: Said) -> Said:
        if asked.method == "GET" and said.status == 200:
            told = re.sub('"SessionId":"[^"]*"', '"SessionId":"http://["', str(said.body))
            return Said(200, told)
        return said

    with Scripted(through(nexudus, change=change)) as subject:
        found = _shape(nexudus, subject.url, "list_basket_sessions")
    assert found == {"shape list_basket_sessions": "holds"}


def test_only_the_operations_wanted_are_asked(nexudus: Stand) -> None:
    """`--select` holds for this layer as well."""
    with Scripted(through(nexudus)) as subject:
        found = _shape(nexudus, subject.url, "get_basket_session")
        paths = {asked.path for asked in subject.asked}
    assert set(found) == {"shape get_basket_session"}
    assert not any(path == "/api/billing/basketsessions" for path in paths)


def test_a_redirect_is_not_followed_by_the_shape_layer(zenskar: Stand) -> None:
    """Nor does any credential go to another host."""
    with Scripted(lambda _: Said(200, {})) as elsewhere:

        def meet(asked: Asked, _: int) -> Said | None:
            to = (("Location", f"{elsewhere.url}/taken"),)
            return Said(302, {}, to) if asked.method == "GET" else None

        with Scripted(through(zenskar, meet)) as subject:
            found = _shape(zenskar, subject.url, "get_checkout_session")
    assert elsewhere.asked == []
    assert found["shape.status-code-conformance get_checkout_session"] == "violates"
