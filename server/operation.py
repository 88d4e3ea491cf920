"""The path of one request through one operation: parse, validate, handle, check, write."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from ..specs.contract import Contract
from ..specs.operation import Operation
from .answers import Answers, Packed, Send, write
from .begun import Begun
from .body import BodyReader
from .call import Answer, Call, Handler, Headers
from .canned import Canned
from .cookies import parse
from .mount import Mount
from .parameters import Parameters
from .refusal import Invalid, Refusal
from .remembered import QUERIES
from .sandbox import Reach
from .settings import Settings
from .violation import violations
from .visit import Visit, visit_of

_log = logging.getLogger("understudy.answers")

_SAFE = ("GET", "HEAD")
_NOTHING: Mapping[str, Sequence[str]] = {}
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class _Sent(NamedTuple):
    """What a request says, parsed and valid."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    body: Any


class ServedOperation:
    """One operation of `mount`, built once: what does not depend on the request is done here.

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
        self.mount = mount
        self._operation = operation
        self._handler = handler
        self._limit = settings.body_limit
        self._path = Parameters(contract, operation.parameters, "path")
        in_query = Parameters(contract, operation.parameters, "query")
        self._query = lru_cache(QUERIES)(lambda sent: in_query.read(_query(sent)))
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
            if self._body is not None:
                octets = Begun(self._octets(receive, visit.headers))
                if octets.has_waited:
                    visit.look_anew()
                raw = await octets
                if raw is None:
                    return  # whoever asked has gone, in the middle of asking
                visit.trace.body = raw
            reach: Reach = "read" if scope["method"] in _SAFE else "write"
            told = len(visit.trace.violations)
            try:
                sent = self._sent(visit, scope)  # before its turn: others wait for that
            except Refusal:
                await visit.run(visit.state, reach)  # timers fire at any request
                raise
            answer = await visit.run(lambda: self._answer(visit, scope, sent, told), reach)
        except Refusal as refusal:
            at = self.mount.reason(refusal, self._operation)
            visit.trace.violations += violations(refusal, at, is_routed=True)
            answer = self._checked(visit, self.mount.refused(refusal, self._operation))
        visit.trace.answer = answer
        await write(send, answer, head=scope["method"] == "HEAD")

    def canned(self, status: int | None, example: str | None) -> Answer:
        """The documented answer of that status and name; NoSuchAnswer where there is none."""
        if self._canned is None:
            self._canned = Canned(self.mount.contract, self._operation)
        return self._canned.answer(status, example)

    def packed(self, answer: Answer) -> Packed:
        """`answer` as it goes over the wire."""
        return self._answers.packed(answer)

    def _answer(self, visit: Visit, scope: Scope, sent: _Sent, told: int) -> Packed:
        """The handler's answer; what it wrote is undone when the answer is not allowed to leave.

        So many violations were `told` before: those of an attempt that is made again do not count.
        """
        del visit.trace.violations[told:]
        state = visit.state()
        call = Call(
            self.mount.contract,
            self._operation,
            *sent,
            visit.identities,
            state,
            scope["scheme"] == "https",
        )
        with state.store.unit() as changes:
            answer = self._checked(visit, self._handler(call))
        visit.trace.changes = changes
        return answer

    def _checked(self, visit: Visit, answer: Answer) -> Packed:
        """The answer as it goes out; Lie when the contract does not allow it, where that counts."""
        if self._checking == "off":
            return self.packed(answer)
        allowed = self._answers.allowed(answer)
        if allowed is not None:
            return allowed
        lie = self._answers.lie(answer)
        visit.trace.violations.append(lie.violation)
        if self._checking == "fail":
            raise lie
        if self._checking == "warn":
            _log.warning("%s", lie)
        return self.packed(answer)

    def _sent(self, visit: Visit, scope: Scope) -> _Sent:
        """The parsed request; Refusal with all that is invalid in it."""
        headers, sent = visit.headers, scope["query_string"]
        body: Any = None
        wrong: tuple[Invalid, ...] = ()
        if self._body is not None:
            content_type = headers.get("content-type", (None,))[0]
            body, wrong = self._body.read(visit.trace.body, content_type)
        path, in_path = self._path.read(scope["path_params"])
        query, in_query = self._query(sent)
        header, in_header = self._headers.read(headers)
        cookies = parse(headers["cookie"]) if "cookie" in headers else _NOTHING
        cookie, in_cookie = self._cookies.read(cookies)
        invalid = (*in_path, *in_query, *in_header, *in_cookie, *wrong)
        if invalid:
            status = self._operation.invalid_status
            raise Refusal(status, "The request is not valid.", invalid=invalid)
        return _Sent(path, query, header, cookie, body)

    async def _octets(self, receive: Receive, headers: Headers) -> bytes | None:
        """The request body; None when not all of it came, Refusal(413) when it is too long."""
        declared = headers.get("content-length", ("0",))[0]
        if declared.isdigit() and int(declared) > self._limit:
            raise self._too_long()
        parts: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            length += len(part)
            if length > self._limit:
                raise self._too_long()
            parts.append(part)
            if not message.get("more_body"):
                return b"".join(parts)

    def _too_long(self) -> Refusal:
        return Refusal(413, f"The body is longer than {self._limit} bytes.")


def _query(raw: bytes) -> Mapping[str, Sequence[str]]:
    """The values of a query by name, as `parse_qs` reads them, with the blank ones."""
    values: dict[str, list[str]] = {}
    for pair in raw.decode("latin-1").split("&"):
        if pair:
            name, _, text = pair.partition("=")
            values.setdefault(_unquoted(name), []).append(_unquoted(text))
    return values


def _unquoted(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text
