"""Asks once, before anything is judged, whether the subject is there and lets the judge in."""

import time

from ..specs.contract import Contract
from ..specs.errors import UsageError
from ..specs.operation import Operation
from .client import Client
from .law import NoToken, Unreachable
from .subject import Subject


def check(contract: Contract, subject: Subject, wait: float = 0.0) -> None:
    """UsageError in one line: not reachable, wrong credentials, or another base path.

    A subject that is still starting is waited for, `wait` seconds.
    """
    operation = harmless(contract)
    if operation is None:
        return
    client = Client(contract, subject)
    deadline = time.monotonic() + wait
    try:
        while True:
            try:
                answer = client.send(operation)
            except NoToken as error:
                raise UsageError(f"{subject.url} refuses the credentials: {error}") from None
            except Unreachable as error:
                if time.monotonic() >= deadline:
                    raise UsageError(f"the subject cannot be reached: {error}") from None
                time.sleep(0.1)
            else:
                break
    finally:
        client.close()
    if answer.status in (401, 403):
        raise UsageError(
            f"{subject.url} refuses the credentials: {operation.method.upper()} "
            f"{operation.path} answered {answer.status}"
        )
    if answer.status == 404 and "404" not in operation.responses:
        raise UsageError(
            f"{operation.path} is not there below {subject.url}: is the base path right?"
        )


def harmless(contract: Contract) -> Operation | None:
    """A GET that needs nothing but credentials."""
    for operation in contract.operations.values():
        needs = any(p.required for p in operation.parameters)
        if operation.method == "get" and "{" not in operation.path and not needs:
            return operation
    return None
