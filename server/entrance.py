"""Which sandbox a request plays in: by the header `Understudy-Sandbox`, or by its path."""

import re
from typing import Any

from .answers import packed, write
from .call import Answer
from .guard import CONTROL
from .problem import PROBLEM, problem
from .refusal import Refusal
from .sandbox import Sandbox
from .world import DEFAULT, Sandboxes

HEADER = b"understudy-sandbox"
EXTENSION = "understudy-sandbox"
"""Where `(sandbox, prefix)` stands among the extensions of a request's ASGI scope."""
_BELOW = "/sandbox/"
_PATH = re.compile(_BELOW + "([^/]+)(/.*)?")


class Entrance:
    """Shows each request its sandbox. Cookies and redirects of one named by path stay below it."""

    def __init__(self, app: Any, *, world: Sandboxes) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            name, prefix, path = _asked(scope)
            async with self._world.visit(name) as sandbox:
                scope.setdefault("extensions", {})[EXTENSION] = sandbox, prefix
                if not prefix:
                    await self._app(scope, receive, send)
                else:
                    await self._app({**scope, "path": path}, receive, _below(prefix, send))
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
    path: str = scope["path"]
    if path.startswith(f"{CONTROL}/"):
        return DEFAULT, "", path  # it is beside all sandboxes
    sent = dict(scope["headers"]).get(HEADER)
    header = None if sent is None else sent.decode("latin-1")
    match = _PATH.fullmatch(path) if path.startswith(_BELOW) else None
    if match is None:
        return header or DEFAULT, "", path
    name = match[1]
    if header is not None and header != name:
        raise Refusal(400, f'The path names the sandbox "{name}", the header "{header}".')
    return name, f"{_BELOW}{name}", match[2] or "/"


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
