"""Which sandbox a request plays in: by the header `Understudy-Sandbox`, or by its path."""

import re
from typing import Any

from .answers import packed, write
from .call import Answer
from .guard import CONTROL
from .problem import PROBLEM, problem
from .refusal import Refusal
from .sandbox import Sandbox
from .world import DEFAULT, World

HEADER = b"understudy-sandbox"
EXTENSION = "understudy-sandbox"
"""Where `(sandbox, prefix)` stands among the extensions of a request's ASGI scope."""
_PATH = re.compile(r"/sandbox/([^/]+)(/.*)?")


class Entrance:
    """Shows each request its sandbox. Cookies and redirects of one named by path stay below it."""

    def __init__(self, app: Any, *, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            name, prefix, path = _asked(scope)
            with self._world.visit(name) as sandbox:
                inner = _inside(scope, sandbox, prefix, path)
                await self._app(inner, receive, _below(prefix, send) if prefix else send)
        except Refusal as refusal:
            answer = Answer(
                refusal.status, problem(refusal.status, refusal.detail), refusal.headers
            )
            await write(send, packed(answer, PROBLEM), head=scope["method"] == "HEAD")


def sandbox_of(scope: Any) -> tuple[Sandbox, str]:
    """The sandbox of a request, and the prefix that its path named it by."""
    found: tuple[Sandbox, str] = scope["extensions"][EXTENSION]
    return found


def _asked(scope: Any) -> tuple[str, str, str]:
    """Name, prefix and the path without it; Refusal(400) when header and path name two."""
    if scope["path"].startswith(f"{CONTROL}/"):
        return DEFAULT, "", scope["path"]  # it is beside all sandboxes
    header = next((v.decode("latin-1") for n, v in scope["headers"] if n == HEADER), None)
    match = _PATH.fullmatch(scope["path"])
    if match is None:
        return header or DEFAULT, "", scope["path"]
    name = match[1]
    if header is not None and header != name:
        raise Refusal(400, f'The path names the sandbox "{name}", the header "{header}".')
    return name, f"/sandbox/{name}", match[2] or "/"


def _inside(scope: Any, sandbox: Sandbox, prefix: str, path: str) -> dict[str, Any]:
    """The scope as the contracts see it."""
    raw = scope.get("raw_path") or scope["path"].encode()
    extensions = {**scope.get("extensions", {}), EXTENSION: (sandbox, prefix)}
    inner = raw[len(prefix) :] if prefix else raw
    return {**scope, "path": path, "raw_path": inner or b"/", "extensions": extensions}


def _below(prefix: str, send: Any) -> Any:
    """`send` with cookies and redirects of this host kept below `prefix`."""

    async def rewritten(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, _moved(name, value, prefix)) for name, value in message["headers"]]
            message = {**message, "headers": headers}
        await send(message)

    return rewritten


def _moved(name: bytes, value: bytes, prefix: str) -> bytes:
    if name == b"set-cookie":
        return value.replace(b"; Path=/", b"; Path=" + prefix.encode() + b"/", 1)
    if name == b"location" and value.startswith(b"/"):
        return prefix.encode() + value
    return value
