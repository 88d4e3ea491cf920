"""The path of one request through one operation: parse, validate, handle, check, write."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware

from ..specs.operation import Operation
from .answers import Answers, Packed, Send, packed, write
from .body import BodyReader
from .call import Answer, Call, Handler, Identity
from .cookies import parse
from .mount import Mount, Visit, visit_of
from .parameters import Parameters
from .refusal import Invalid, Refusal
from .routing import path_values
from .settings import Settings

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class ServedOperation:
    """One operation, built once at start: all that does not depend on the request is done here."""

    def __init__(
        self, mount: Mount, operation: Operation, handler: Handler, settings: Settings
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
        self._answers = Answers(
            contract, operation, settings.validate_responses, closed=settings.closed_answers
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = visit_of(scope)
        try:
            headers = _headers(scope)
            raw = await self._octets(receive, headers) if self._body else b""
            if raw is None:
                return  # whoever asked has gone, in the middle of asking
            answer = self._answer(visit, scope, headers, raw)
        except Refusal as refusal:
            answer = self._checked(self._mount.refused(refusal, self._operation))
        await write(send, answer, head=scope["method"] == "HEAD")

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
        with state.store.unit():
            return self._checked(self._handler(call))

    def _checked(self, answer: Answer) -> Packed:
        self._answers.check(answer)
        return packed(answer, self._answers.media_type(answer.status))

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


class OperationAPI(RoutedAPI[ServedOperation]):  # type: ignore[misc]  # Connexion is untyped
    """The operations of one contract, by operationId."""

    def __init__(
        self,
        *args: Any,
        mount: Mount,
        handlers: Mapping[str, Handler],
        settings: Settings,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._mount = mount
        self._handlers = handlers
        self._settings = settings
        self.add_paths()

    def make_operation(self, operation: Any) -> ServedOperation:
        """Our operation in place of Connexion's, of which only the id is used."""
        ours = self._mount.contract.operations[operation.operation_id]
        return ServedOperation(self._mount, ours, self._handlers[ours.id], self._settings)


class OperationMiddleware(RoutedMiddleware[OperationAPI]):  # type: ignore[misc]  # likewise
    """Hands each routed request to its operation."""

    api_cls = OperationAPI
