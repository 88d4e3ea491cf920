"""What every request to a contract meets first: refusals get the vendor's words here."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException

from .answers import Lie, packed, write
from .call import Answer
from .entrance import sandbox_of
from .journal import Asked
from .problem import PROBLEM, problem
from .refusal import Refusal
from .store.store import Unwritable
from .variants import Variants
from .violation import violations
from .visit import EXTENSION, Visit, nothing

_log = logging.getLogger("understudy.front")


class Front:
    """The outermost part of the stack: nothing that is raised below it gets past.

    What was asked of a vendor's contract, and what came of it, is written into the journal.
    """

    def __init__(self, app: Any, *, contracts: Sequence[Variants]) -> None:
        self._app = app
        self._contracts = {each.mount.prefix: each for each in contracts}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        contract = self._contract(scope["path"])
        sandbox, prefix = sandbox_of(scope)
        visit = Visit(sandbox, contract, prefix, scope["headers"])
        scope["extensions"][EXTENSION] = visit
        is_told = contract is None or contract.mount.is_vendors
        heard = _Heard(send, partial(_write_down, scope, visit) if is_told else None)
        visit.end = heard.end
        try:
            await self._play(scope, receive, heard, visit)
        finally:
            await heard.end()
            # Else they hold each other, and only a search for what is unused would part them.
            visit.end = nothing

    def _contract(self, path: str) -> Variants | None:
        """The contract that `path` lies below; of what is below no other's prefix, the root's."""
        end = path.find("/", 1)
        first = path if end < 0 else path[:end]
        return self._contracts.get(first) or self._contracts.get("")

    async def _play(self, scope: Any, receive: Any, heard: "_Heard", visit: Visit) -> None:
        try:
            await self._app(scope, receive, heard)
        except asyncio.CancelledError:
            if heard.status:
                raise
            answer = Answer(503, problem(503, "The server is stopping."))
            await write(heard, packed(answer, PROBLEM))
        except Exception as error:
            if heard.status:
                raise
            answer, media = _worded(await _met(visit, error), scope, visit)
            await write(heard, packed(answer, media), head=scope["method"] == "HEAD")


class _Heard:
    """`send`, which remembers the answer, and has it written down before all of it is sent.

    So it is in the journal before anybody can ask for it.
    """

    __slots__ = ("_send", "_write_down", "began", "body", "headers", "status")

    def __init__(self, send: Any, write_down: Callable[["_Heard"], Awaitable[None]] | None) -> None:
        self._send = send
        self._write_down = write_down
        self.began = time.perf_counter()
        self.status = 0
        self.headers: Sequence[tuple[bytes, bytes]] = ()
        self.body = b""

    def __call__(self, message: Any) -> Any:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                return self._last(message)
        return self._send(message)

    def end(self) -> Awaitable[None]:
        """Have it written down, unless it is."""
        write_down, self._write_down = self._write_down, None
        return nothing() if write_down is None else write_down(self)

    async def _last(self, message: Any) -> None:
        await self.end()
        await self._send(message)


async def _met(visit: Visit, error: Exception) -> Exception:
    """`error`, or why the sandbox cannot say whether one of its faults strikes what it answers."""
    try:
        await visit.meet(None)
    except Unwritable as other:
        return other
    return error


def _write_down(scope: Any, visit: Visit, heard: _Heard) -> Awaitable[None]:
    mount, trace = visit.mount, visit.trace
    if mount is None and heard.status != 404:
        return nothing()  # a page of ours
    if not heard.status and trace.answer is not None:
        heard.status, heard.headers = trace.answer.status, trace.answer.headers
        heard.body = trace.answer.body
    query = scope["query_string"].decode("latin-1")
    event = Asked(
        contract=mount.contract if mount else None,
        operation=trace.operation,
        method=scope["method"],
        path=visit.prefix + scope["path"] + (f"?{query}" if query else ""),
        headers=scope["headers"],
        body=trace.body,
        status=heard.status,
        answer_headers=heard.headers,
        answer_body=heard.body,
        ms=(time.perf_counter() - heard.began) * 1000,
        violations=trace.violations,
        changes=trace.changes,
        struck=trace.struck,
    )
    return visit.sandbox.write_down(event)


def _worded(error: Exception, scope: Any, visit: Visit) -> tuple[Answer, str]:
    """The answer to what was raised, and its content type."""
    mount = visit.mount
    if isinstance(error, HTTPException):
        headers = tuple((name.title(), text) for name, text in (error.headers or {}).items())
        error = Refusal(error.status_code, error.detail, headers=headers)
    if isinstance(error, Unwritable):
        error = Refusal(503, str(error), headers=(("Retry-After", "1"),))
    if isinstance(error, Refusal):
        if mount is None:
            return Answer(error.status, problem(error.status, error.detail), error.headers), PROBLEM
        operation = mount.contract.operations.get(visit.trace.operation or "")
        at = mount.reason(error, operation)
        visit.trace.violations += violations(error, at, is_routed=operation is not None)
        answer = mount.refused(error, operation)
        documented = operation.response(answer.status) if operation else None
        return answer, next(iter(documented.content if documented else ()), mount.api.error_media)
    if isinstance(error, Lie):
        _log.error("%s", error)
        return Answer(500, problem(500, str(error))), PROBLEM
    _log.error("%s %s: %s", scope["method"], scope["path"], _line(error))
    return Answer(500, problem(500, "Understudy failed; its log says where.")), PROBLEM


def _line(error: Exception) -> str:
    """One line for the log: what failed, and in which line of the program."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{where}"
