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
from .rows import Compile, Rows, rows
from .violation import Violation

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_JSON = "application/json"
"""What an answer is where the contract says nothing of it."""
_BODILESS = (204, 304)
"""Statuses whose answers have no body, nor the length of one (RFC 9110, 8.6)."""


class Lie(Exception):
    """An answer of ours that breaks the contract; the text says how and where."""

    def __init__(self, message: str, violation: Violation) -> None:
        super().__init__(message)
        self.violation = violation


class _Kind(NamedTuple):
    """What is documented for one status."""

    response: Response | None
    content_type: tuple[bytes, bytes]
    validator: jsonschema_rs.Draft202012Validator | None
    rows: Rows | None


class Answers:
    """The documented answers of one operation."""

    def __init__(self, contract: Contract, operation: Operation, *, closed: bool) -> None:
        self._contract = contract
        self._operation = operation
        compile_ = partial(contract.schemas.compile, direction="answer", closed=closed)
        self._documented = {
            status: self._kind(response, compile_)
            for status, response in operation.responses.items()
        }
        self._kinds: dict[int, _Kind] = {}

    def packed(self, answer: Answer) -> "Packed":
        """`answer` as it goes over the wire, whether or not it is allowed."""
        return _packed(answer, self._kind_of(answer.status).content_type, _octets(answer))

    def allowed(self, answer: Answer) -> "Packed | None":
        """`answer` as it goes over the wire; None where the contract does not allow it."""
        response, content_type, validator, listed = self._kind_of(answer.status)
        if response is None:
            return None
        if listed is not None:
            body = listed.json_of(answer.body)
            return None if body is None else _packed(answer, content_type, body)
        if validator is not None and not validator.is_valid(answer.body):
            return None
        return _packed(answer, content_type, _octets(answer))

    def lie(self, answer: Answer) -> Lie:
        """How `answer`, which is not allowed, breaks the contract."""
        operation = self._operation
        response, _, validator, _ = self._kind_of(answer.status)
        name = f"{operation.method.upper()} {operation.path} answered {answer.status}"
        if response is None or validator is None:
            at = f"{operation.pointer}/responses"
            message = f"{name}, which is not documented at {self._contract.place(at)}"
            return Lie(message, Violation("answer", "status", "is not documented", at))
        error = next(validator.iter_errors(answer.body))
        where, at = pointer.join(error.instance_path) or "/", response.pointer
        message = f"{name} with {where}: {error.message} ({self._contract.place(at)})"
        return Lie(message, Violation("answer", f"body {where}", error.message, at))

    def _kind(self, response: Response, compile_: Compile) -> _Kind:
        media, schema = next(iter(response.content.items()), (_JSON, None))
        listing, listed = self._operation.listing, None
        if schema is not None and listing is not None:
            listed = rows(self._contract, schema, listing.items, compile_)
        validator = None if schema is None else compile_(schema)
        return _Kind(response, _content_type(media), validator, listed)

    def _kind_of(self, status: int) -> _Kind:
        kind = self._kinds.get(status)
        if kind is None:
            response = self._operation.response(status)
            if response is None:
                kind = _Kind(None, _content_type(_JSON), None, None)
            else:
                kind = self._documented[response.status]
            self._kinds[status] = kind
        return kind


class Packed(NamedTuple):
    """An answer as it goes over the wire."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


def packed(answer: Answer, media: str) -> Packed:
    """`answer` as octets; TypeError or ValueError when it cannot be written."""
    return _packed(answer, _content_type(media), _octets(answer))


def _octets(answer: Answer) -> bytes:
    return b"" if answer.body is None else json_of(answer.body)


def _content_type(media: str) -> tuple[bytes, bytes]:
    return b"content-type", media.encode()


def _packed(answer: Answer, content_type: tuple[bytes, bytes], body: bytes) -> Packed:
    headers = [_header(name, value) for name, value in answer.headers]
    if answer.body is not None:
        headers.append(content_type)
    if answer.status not in _BODILESS:
        headers.append((b"content-length", b"%d" % len(body)))
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
