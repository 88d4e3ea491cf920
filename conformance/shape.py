"""The shape layer: Schemathesis with all its phases, its findings as results."""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import schemathesis
from hypothesis.strategies import datetimes
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from ..specs.clauses import Basis
from ..specs.contract import Contract
from ..specs.operation import Operation
from .client import Client
from .exchange import Exchange, parsed
from .outcome import Result, rests_on_rulings
from .quarantine import is_false_alarm
from .subject import Basic
from .terms import Terms

LAW = "shape"
PHASES: Mapping[str, Any] = {
    "stateful": {"inference": {"algorithms": ["dependency-analysis"]}},
}
"""The other way to infer links takes URLs in answers apart, and ends the run at `https://[`."""
_OF_ANSWERS = ("response_schema_conformance", "response_headers_conformance")
_RULED: Mapping[str, str] = {
    "unsupported_method": "G5",
    "negative_data_rejection": "G4",
    "missing_required_header": "G4",
}
_CLAIM = "Whatever is sent, the answer is one that the contract documents."


def judge_shape(client: Client, terms: Terms, wanted: Sequence[str]) -> Sequence[Result]:
    """One result for each operation wanted that holds, and one for each finding."""
    contract, subject = client.contract, client.subject
    operations = [contract.operations[name] for name in wanted]
    if subject.profile != "full":
        reason = "generated requests write at random, which needs the profile full"
        return [
            _result(contract, operation, "not-applicable", reason=reason)
            for operation in operations
        ]
    register_formats()
    config = _config(client, terms)
    whole = schemathesis.openapi.from_dict(dict(contract.document), config=config)
    schema = whole.include(operation_id=list(wanted))
    cases: Counter[str] = Counter()
    findings: dict[tuple[str, str], Result] = {}
    by_label = {f"{o.method.upper()} {o.path}": o for o in operations}
    reasons: dict[str, str] = {}
    with _nothing_of_the_environment():
        for event in _events(schema, terms):
            if isinstance(event, events.NonFatalError):
                reasons[event.label] = str(event.info.title)
                continue
            for operation, status in _reached(event, by_label):
                cases[operation.id] += 1
                client.reached.setdefault(operation.id, set()).add(status)
            for result in _findings(contract, event, by_label, terms):
                findings.setdefault((result.law, result.operation), result)
    broken = {operation for _, operation in findings}
    holding = [
        _result(
            contract,
            operation,
            "holds" if cases[operation.id] else "inconclusive",
            fired=cases[operation.id],
            reason="" if cases[operation.id] else reasons.get(label, "nothing could be generated"),
        )
        for label, operation in by_label.items()
        if operation.id not in broken
    ]
    return [*findings.values(), *holding]


def _events(schema: Any, terms: Terms) -> Iterator[Any]:
    """What the engine tells of requests and of errors, until it is done or the time is up."""
    stream = from_schema(schema).execute()
    for event in stream:
        if isinstance(event, events.Interrupted):
            # The engine takes Ctrl-C for itself, and would go on to its end.
            raise KeyboardInterrupt
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(
            event, events.ScenarioFinished | events.FuzzScenarioFinished | events.NonFatalError
        ):
            yield event
        if terms.deadline is not None and time.time() > terms.deadline:
            stream.stop()


@contextmanager
def _nothing_of_the_environment() -> Iterator[None]:
    """Keep proxies and .netrc out: Schemathesis asks with requests, which heeds both."""
    names = [name for name in os.environ if name.lower().endswith("_proxy") or name == "NETRC"]
    kept = {name: os.environ.pop(name) for name in names}
    os.environ.update(NO_PROXY="*", NETRC=os.devnull)
    try:
        yield
    finally:
        del os.environ["NO_PROXY"], os.environ["NETRC"]
        os.environ.update(kept)


def register_formats() -> None:
    """Tell Schemathesis how the formats of our own are written."""
    moments = datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1))
    minutes = moments.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M"))
    schemathesis.openapi.format("minute", minutes)


def _reached(event: Any, by_label: Mapping[str, Operation]) -> Iterator[tuple[Operation, int]]:
    for case_id, interaction in event.recorder.interactions.items():
        case = event.recorder.cases.get(case_id)
        if case is None or interaction.response is None:
            continue
        operation = by_label.get(case.value.operation.label)
        if operation is not None:
            yield operation, interaction.response.status_code


def _findings(
    contract: Contract, event: Any, by_label: Mapping[str, Operation], terms: Terms
) -> Iterator[Result]:
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            failure = check.failure_info.failure
            case = event.recorder.cases[case_id].value
            operation = by_label.get(case.operation.label)
            interaction = event.recorder.interactions.get(case_id)
            if operation is None or is_false_alarm(operation, failure, interaction):
                continue
            pointer, basis = _statement(contract, operation, check.name, interaction)
            departs = rests_on_rulings(basis) and not terms.uphold_rulings
            yield _result(
                contract,
                operation,
                "departs" if departs else "violates",
                law=f"{LAW}.{check.name.replace('_', '-')}",
                basis=basis,
                pointer=pointer,
                place=contract.place(pointer),
                fired=1,
                message=f"{failure.title}: {failure.message}",
                trail=(_exchange(operation, interaction),) if interaction else (),
            )


def _statement(
    contract: Contract, operation: Operation, check: str, interaction: Any
) -> tuple[str, Basis]:
    """The place of the contract that a check holds the subject to, and its basis."""
    status = interaction.response.status_code if interaction and interaction.response else 0
    response = operation.response(status)
    if check in _OF_ANSWERS and response is not None:
        return response.pointer, response.basis or operation.basis
    if check in _RULED and contract.basis:
        # How a method or a value that is not documented is refused, no vendor says.
        return operation.pointer, (*operation.basis, _RULED[check])
    return operation.pointer, operation.basis


def _exchange(operation: Operation, interaction: Any) -> Exchange:
    request, response = interaction.request, interaction.response
    body = request.body.decode(errors="replace") if isinstance(request.body, bytes) else None
    text = response.text if response is not None else ""
    headers = dict(response.headers) if response is not None else {}
    return Exchange(
        operation=operation.id,
        method=request.method,
        url=request.uri,
        sent_headers={name: values[0] for name, values in request.headers.items()},
        sent_body=body,
        status=response.status_code if response is not None else 0,
        headers={name.lower(): ", ".join(values) for name, values in headers.items()},
        text=text,
        data=parsed(text),
    )


def _result(contract: Contract, operation: Operation, outcome: Any, **more: Any) -> Result:
    return Result(
        **{
            "law": LAW,
            "claim": _CLAIM,
            "operation": operation.id,
            "outcome": outcome,
            "basis": operation.basis,
            "pointer": operation.pointer,
            "place": contract.place(operation.pointer),
            **more,
        }
    )


def _config(client: Client, terms: Terms) -> SchemathesisConfig:
    """A configuration of our own: none is picked up from the working directory."""
    contract, subject = client.contract, client.subject
    credentials = _credentials(client)
    return SchemathesisConfig.from_dict(
        {
            "seed": terms.seed,
            "base-url": subject.url,
            "headers": dict(subject.headers),
            **({"auth": {"openapi": credentials}} if credentials else {}),
            "request-timeout": subject.timeout,
            "tls-verify": subject.verify,
            # A redirection may lead to another host, and credentials must not.
            "max-redirects": 0,
            **({"rate-limit": f"{max(1, int(subject.pace * 60))}/m"} if subject.pace else {}),
            "generation": {
                "max-examples": terms.examples,
                "database": "none",
                "deterministic": True,
            },
            "operations": list(_documented_failures(contract)),
            "phases": PHASES,
        }
    )


def _credentials(client: Client) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    persona = client.subject.default
    for scheme in persona.secrets:
        secret = client.secret(persona, scheme)
        if isinstance(secret, Basic):
            found[scheme] = {"username": secret.username, "password": secret.password}
        else:
            kind = client.contract.security_schemes[scheme]["type"]
            found[scheme] = {"api_key" if kind == "apiKey" else "bearer": secret}
    return found


def _documented_failures(contract: Contract) -> Iterator[Mapping[str, Any]]:
    """A status that the contract documents is no failure, whatever its class."""
    for operation in contract.operations.values():
        statuses = [int(s) for s in operation.responses if s.startswith("5") and s.isdigit()]
        if statuses:
            yield {
                "include-operation-id": [operation.id],
                "checks": {
                    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", *statuses]}
                },
            }
