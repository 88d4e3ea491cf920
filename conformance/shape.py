"""The shape layer: Schemathesis with all its phases, its findings as results."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import schemathesis
from hypothesis.strategies import datetimes
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from ..specs.contract import Contract
from ..specs.operation import Operation
from .client import Client
from .exchange import Exchange, parsed
from .outcome import Result, rests_on_rulings
from .quarantine import is_false_alarm
from .subject import Basic, Login, Subject
from .terms import Terms

LAW = "shape"
_CLAIM = "Whatever is sent, the answer is one that the contract documents."


def judge_shape(client: Client, terms: Terms) -> Sequence[Result]:
    """One result for each operation that holds, and one for each finding."""
    contract, subject = client.contract, client.subject
    if subject.profile != "full":
        reason = "generated requests write at random, which needs the profile full"
        return [
            _result(contract, operation, "not-applicable", reason=reason)
            for operation in contract.operations.values()
        ]
    register_formats()
    config = _config(contract, subject, terms)
    schema = schemathesis.openapi.from_dict(dict(contract.document), config=config)
    cases: Counter[str] = Counter()
    findings: dict[tuple[str, str], Result] = {}
    by_label = {f"{o.method.upper()} {o.path}": o for o in contract.operations.values()}
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
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
        )
        for operation in contract.operations.values()
        if operation.id not in broken
    ]
    return [*findings.values(), *holding]


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
            departs = rests_on_rulings(operation.basis) and not terms.uphold_rulings
            yield _result(
                contract,
                operation,
                "departs" if departs else "violates",
                law=f"{LAW}.{check.name.replace('_', '-')}",
                fired=1,
                message=f"{failure.title}: {failure.message}",
                trail=(_exchange(operation, interaction),) if interaction else (),
            )


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


def _config(contract: Contract, subject: Subject, terms: Terms) -> SchemathesisConfig:
    """A configuration of our own: none is picked up from the working directory."""
    credentials = _credentials(contract, subject)
    return SchemathesisConfig.from_dict(
        {
            "seed": terms.seed,
            "base-url": subject.url,
            "headers": dict(subject.headers),
            **({"auth": {"openapi": credentials}} if credentials else {}),
            "request-timeout": subject.timeout,
            "tls-verify": subject.verify,
            "generation": {
                "max-examples": terms.examples,
                "database": "none",
                "deterministic": True,
            },
            "operations": list(_documented_failures(contract)),
        }
    )


def _credentials(contract: Contract, subject: Subject) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for scheme, secret in subject.default.secrets.items():
        if isinstance(secret, Basic):
            found[scheme] = {"username": secret.username, "password": secret.password}
        elif not isinstance(secret, Login):
            kind = contract.security_schemes[scheme]["type"]
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
