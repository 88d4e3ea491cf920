"""What every request to a contract meets first: refusals get the vendor's words here."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException

from .answers import Lie, packed, write
from .call import Answer
from .entrance import sandbox_of
from .mount import EXTENSION, Mount, Visit
from .problem import PROBLEM, problem
from .refusal import Refusal

_log = logging.getLogger("understudy.front")


class Front:
    """The outermost part of the stack; nothing that is raised below it gets past."""

    def __init__(self, app: Any, *, mounts: Sequence[Mount]) -> None:
        self._app = app
        # The longest prefix first, so that the root comes last.
        self._mounts = sorted(mounts, key=lambda mount: -len(mount.prefix))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        mount = next((mount for mount in self._mounts if mount.covers(path)), None)
        # Set here, the extensions are shared by the copies of the scope that routing makes.
        sandbox, prefix = sandbox_of(scope)
        scope["extensions"][EXTENSION] = Visit(sandbox, mount, prefix)
        has_started = False

        async def watched(message: Any) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            if has_started:
                raise
            answer = Answer(503, problem(503, "The server is stopping."))
            await write(send, packed(answer, PROBLEM))
        except Exception as error:
            if has_started:
                raise
            answer, media = _worded(error, scope, mount)
            await write(send, packed(answer, media), head=scope["method"] == "HEAD")


def _worded(error: Exception, scope: Any, mount: Mount | None) -> tuple[Answer, str]:
    """The answer to what was raised, and its content type."""
    if isinstance(error, HTTPException):
        headers = tuple((name.title(), text) for name, text in (error.headers or {}).items())
        at = _path_pointer(scope, mount) if error.status_code == 405 else None
        error = Refusal(error.status_code, error.detail, headers=headers, at=at)
    if isinstance(error, Refusal):
        if mount is None:
            return Answer(error.status, problem(error.status, error.detail), error.headers), PROBLEM
        routing = scope["extensions"].get("connexion_routing", {})
        operation = mount.contract.operations.get(routing.get("operation_id") or "")
        answer = mount.refused(error, operation)
        documented = operation.response(answer.status) if operation else None
        return answer, next(iter(documented.content if documented else ()), mount.api.error_media)
    if isinstance(error, Lie):
        _log.error("%s", error)
        return Answer(500, problem(500, str(error))), PROBLEM
    _log.error("%s %s: %s", scope["method"], scope["path"], _line(error))
    return Answer(500, problem(500, "Understudy failed; its log says where.")), PROBLEM


def _path_pointer(scope: Any, mount: Mount | None) -> str | None:
    """The path item of a request whose method is not allowed."""
    if mount is None:
        return None
    parts = scope["path"].removeprefix(mount.prefix).split("/")
    literal_first = sorted(mount.contract.operations.values(), key=lambda o: o.path.count("{"))
    for operation in literal_first:
        template = operation.path.split("/")
        if len(template) == len(parts) and all(
            ours == theirs or ours.startswith("{")
            for ours, theirs in zip(template, parts, strict=True)
        ):
            return operation.pointer.rpartition("/")[0]
    return None


def _line(error: Exception) -> str:
    """One line for the log: what failed, and in which line of the program."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{where}"
