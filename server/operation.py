"""The path of one request through one operation: parse, validate, handle, check, write."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from ..specs.contract import Contract
from ..specs.operation import Operation
from .answers import Answers, Packed, Send, packed, write
from .body import BodyReader
from .call import Answer, Call, Handler, Identity
from .canned import Canned
from .cookies import parse
from .mount import Mount
from .parameters import Parameters
from .refusal import Invalid, Refusal
from .routing import path_values
from .settings import Settings
from .violation import violations
from .visit import Visit, visit_of

_log = logging.getLogger("understudy.answers")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class ServedOperation:
    """One operation, built once: all that does not depend on the request is done here.

    Its answers are held against `promised`, which is another contract where a mutant is served.
    """

    def __init__(
        self,
        mount: Mount,
        operation: Operation,
        handler: Handler,
        settings: Settings,
        promised: Contract,
    ) -> None:
        contract = mount.contract
        self._mount = mount
        self._operation = operation
        self._handler = handler
        self._limit = settings.body_limit
        self._path = Parameters(contract, operation.parameters, "path")
        self._query = Parameters(contract, operation.parameters, "query")
        self._headers = Parameters(contract, operation.parameters, "header")
        self._cookies = Parameters(contract, operation.parameters, "cookie")
        self._body = BodyReader(contract, operation.body) if operation.body else None
        self._canned: Canned | None = None
        self._checking = settings.validate_responses
        self._answers = Answers(
            promised, promised.operations[operation.id], closed=settings.closed_answers
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = visit_of(scope)
        try:
            headers = _headers(scope)
            raw = await self._octets(receive, headers) if self._body else b""
            if raw is None:
                return  # whoever asked has gone, in the middle of asking
            visit.trace.body = raw
            answer = self._answer(visit, scope, headers, raw)
        except Refusal as refusal:
            at = self._mount.reason(refusal, self._operation)
            visit.trace.violations += violations(refusal, at, is_routed=True)
            answer = self._checked(visit, self._mount.refused(refusal, self._operation))
        visit.trace.answer = answer
        await write(send, answer, head=scope["method"] == "HEAD")

    def canned(self, status: int | None, example: str | None) -> Answer:
        """The documented answer of that status and name; NoSuchAnswer where there is none."""
        if self._canned is None:
            self._canned = Canned(self._mount.contract, self._operation)
        return self._canned.answer(status, example)

    def packed(self, answer: Answer) -> Packed:
        """`answer` as it goes over the wire."""
        return packed(answer, self._answers.media_type(answer.status))

    def _answer(
        self, visit: Visit, scope: Scope, headers: Mapping[str, Sequence[str]], raw: bytes
    ) -> Packed:
        """The handler's answer; what it wrote is undone when the answer is not allowed to leave."""
        state = visit.state()
        call = Call(
            contract=self._mount.contract,
            operation=self._operation,
            identities=_identities(scope, self._operation),
            state=state,
            secure=scope.get("scheme") == "https",
            **self._read(scope, headers, raw),
        )
        with state.store.unit() as changes:
            answer = self._checked(visit, self._handler(call))
        visit.trace.changes = changes
        return answer

    def _checked(self, visit: Visit, answer: Answer) -> Packed:
        """The answer as it goes out; Lie when the contract does not allow it, where that counts."""
        lie = None if self._checking == "off" else self._answers.lie(answer)
        if lie is not None:
            visit.trace.violations.append(lie.violation)
            if self._checking == "fail":
                raise lie
            if self._checking == "warn":
                _log.warning("%s", lie)
        return self.packed(answer)

    def _read(
        self, scope: Scope, headers: Mapping[str, Sequence[str]], raw: bytes
    ) -> dict[str, Any]:
        """The parsed request; Refusal with all that is invalid in it."""
        content_type = headers.get("content-type")
        body: Any = None
        wrong: tuple[Invalid, ...] = ()
        if self._body is not None:
            body, wrong = self._body.read(raw, content_type[0] if content_type else None)
        sent = path_values(self._operation.path, scope["path_params"])
        path, in_path = self._path.read({name: [text] for name, text in sent.items()})
        query, in_query = self._query.read(_query(scope["query_string"]))
        header, in_header = self._headers.read(headers)
        cookie, in_cookie = self._cookies.read(parse(headers.get("cookie", ())))
        invalid = (*in_path, *in_query, *in_header, *in_cookie, *wrong)
        if invalid:
            status = self._operation.invalid_status
            raise Refusal(status, "The request is not valid.", invalid=invalid)
        return {"path": path, "query": query, "headers": header, "cookies": cookie, "body": body}

    async def _octets(self, receive: Receive, headers: Mapping[str, Sequence[str]]) -> bytes | None:
        """The request body; None when not all of it came, Refusal(413) when it is too long."""
        declared = headers.get("content-length", ("0",))[0]
        if declared.isdigit() and int(declared) > self._limit:
            raise self._too_long()
        raw = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            raw += message.get("body", b"")
            if len(raw) > self._limit:
                raise self._too_long()
            if not message.get("more_body"):
                return bytes(raw)

    def _too_long(self) -> Refusal:
        return Refusal(413, f"The body is longer than {self._limit} bytes.")


def _headers(scope: Scope) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return headers


def _query(raw: bytes) -> Mapping[str, Sequence[str]]:
    if not raw:
        return {}
    values: dict[str, list[str]] = {}
    for name, text in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
        values.setdefault(name, []).append(text)
    return values


def _identities(scope: Scope, operation: Operation) -> Mapping[str, Identity]:
    """Who the security layer found, by scheme."""
    context = scope["extensions"].get("connexion_context")
    found = context.get("token_info") if context and operation.security else None
    identities: dict[str, Identity] = {}
    # A door answers {scheme: Identity}; where several must open, Connexion nests their answers.
    for name, part in (found or {}).items():
        identities.update(part if isinstance(part, dict) else {name: part})
    return identities
