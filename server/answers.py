"""Checks an answer against the contract before it leaves, and writes it."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import jsonschema_rs

from ..specs import pointer
from ..specs.contract import Contract
from ..specs.operation import Operation, Response
from .call import Answer
from .octets import json_of
from .rows import Rows, rows
from .violation import Violation

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_BODILESS = (204, 304)
"""Statuses whose answers have no body, nor the length of one (RFC 9110, 8.6)."""


class Lie(Exception):
    """An answer of ours that breaks the contract; the text says how and where."""

    def __init__(self, message: str, violation: Violation) -> None:
        super().__init__(message)
        self.violation = violation


class Answers:
    """The documented answers of one operation."""

    def __init__(self, contract: Contract, operation: Operation, *, closed: bool) -> None:
        self._contract = contract
        self._operation = operation
        self._responses: dict[int, Response | None] = {}
        self._media: dict[str, str] = {}
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._rows: dict[str, Rows | None] = {}
        compile_ = partial(contract.schemas.compile, direction="answer", closed=closed)
        for status, response in operation.responses.items():
            for media, schema in response.content.items():
                self._media.setdefault(status, media)
                self._validators.setdefault(status, compile_(schema))
                if operation.listing is not None:
                    path = operation.listing.items
                    self._rows.setdefault(status, rows(contract, schema, path, compile_))

    def packed(self, answer: Answer) -> "Packed":
        """`answer` as it goes over the wire, whether or not it is allowed."""
        return packed(answer, self._media_type(answer.status))

    def allowed(self, answer: Answer) -> "Packed | None":
        """`answer` as it goes over the wire; None where the contract does not allow it."""
        response = self._response(answer.status)
        if response is None:
            return None
        listed = self._rows.get(response.status)
        if listed is not None:
            body = listed.json_of(answer.body)
            return None if body is None else _packed(answer, self._media_type(answer.status), body)
        validator = self._validators.get(response.status)
        is_allowed = validator is None or validator.is_valid(answer.body)
        return self.packed(answer) if is_allowed else None

    def lie(self, answer: Answer) -> Lie:
        """How `answer`, which is not allowed, breaks the contract."""
        operation = self._operation
        response = self._response(answer.status)
        validator = self._validators.get(response.status) if response else None
        name = f"{operation.method.upper()} {operation.path} answered {answer.status}"
        if response is None or validator is None:
            at = f"{operation.pointer}/responses"
            message = f"{name}, which is not documented at {self._contract.place(at)}"
            return Lie(message, Violation("answer", "status", "is not documented", at))
        error = next(validator.iter_errors(answer.body))
        where, at = pointer.join(error.instance_path) or "/", response.pointer
        message = f"{name} with {where}: {error.message} ({self._contract.place(at)})"
        return Lie(message, Violation("answer", f"body {where}", error.message, at))

    def _media_type(self, status: int) -> str:
        response = self._response(status)
        return self._media.get(response.status if response else "", "application/json")

    def _response(self, status: int) -> Response | None:
        if status not in self._responses:
            self._responses[status] = self._operation.response(status)
        return self._responses[status]


class Packed(NamedTuple):
    """An answer as it goes over the wire."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


def packed(answer: Answer, media: str) -> Packed:
    """`answer` as octets; TypeError or ValueError when it cannot be written."""
    return _packed(answer, media, b"" if answer.body is None else json_of(answer.body))


def _packed(answer: Answer, media: str, body: bytes) -> Packed:
    headers = [_header(name, value) for name, value in answer.headers]
    if answer.body is not None:
        headers.append((b"content-type", media.encode()))
    if answer.status not in _BODILESS:
        headers.append((b"content-length", str(len(body)).encode()))
    return Packed(answer.status, headers, body)


def _header(name: str, value: str) -> tuple[bytes, bytes]:
    if not value.isprintable():
        raise ValueError(f"the header {name} would hold {value!r}")
    return name.lower().encode(), value.encode()


async def write(send: Send, answer: Packed, *, head: bool = False) -> None:
    """Send `answer`; `head` leaves out the body, not its length."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": answer.headers,
        }
    )
    await send({"type": "http.response.body", "body": b"" if head else answer.body})
