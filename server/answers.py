"""Checks an answer against the contract before it leaves, and writes it."""

import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson

from ..specs import pointer
from ..specs.contract import Contract
from ..specs.operation import Operation, Response
from .call import Answer
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
        for status, response in operation.responses.items():
            for media, schema in response.content.items():
                self._media.setdefault(status, media)
                self._validators.setdefault(
                    status, contract.schemas.compile(schema, "answer", closed=closed)
                )

    def media_type(self, status: int) -> str:
        """The content type of the answer with `status`."""
        response = self._response(status)
        key = response.status if response else ""
        return self._media.get(key, "application/json")

    def lie(self, answer: Answer) -> Lie | None:
        """How `answer` breaks the contract; None when it is allowed."""
        operation = self._operation
        response = self._response(answer.status)
        validator = self._validators.get(response.status) if response else None
        if response and (validator is None or validator.is_valid(answer.body)):
            return None
        name = f"{operation.method.upper()} {operation.path} answered {answer.status}"
        if response is None or validator is None:
            at = f"{operation.pointer}/responses"
            message = f"{name}, which is not documented at {self._contract.place(at)}"
            return Lie(message, Violation("answer", "status", "is not documented", at))
        error = next(validator.iter_errors(answer.body))
        where, at = pointer.join(error.instance_path) or "/", response.pointer
        message = f"{name} with {where}: {error.message} ({self._contract.place(at)})"
        return Lie(message, Violation("answer", f"body {where}", error.message, at))

    def _response(self, status: int) -> Response | None:
        if status not in self._responses:
            self._responses[status] = self._operation.response(status)
        return self._responses[status]


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer as it goes over the wire."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


def packed(answer: Answer, media: str) -> Packed:
    """`answer` as octets; TypeError or ValueError when it cannot be written."""
    body = b"" if answer.body is None else _json(answer.body)
    headers = [_header(name, value) for name, value in answer.headers]
    if answer.body is not None:
        headers.append((b"content-type", media.encode()))
    if answer.status not in _BODILESS:
        headers.append((b"content-length", str(len(body)).encode()))
    return Packed(answer.status, headers, body)


def _json(body: Any) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:
        # An integer of more than 64 bits, as a page's number may be.
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


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
