"""`Guard`: who may use the control API: programs of this machine, or whoever has the token."""

import hmac
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import packed, write
from .call import Answer
from .problem import PROBLEM, problem

CONTROL = "/_understudy"
"""Where the control API is."""
_OPEN = (f"{CONTROL}/health", f"{CONTROL}/live")
"""What anybody may ask, since it says nothing of anybody."""
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)
_PAGES = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")


@dataclass(frozen=True, slots=True)
class Access:
    """What is asked of a request to the control API.

    Where there is a `token`, it must be shown. Without one, which is for loopback alone, `Host`
    must be a loopback's name, and `Origin`, if any, a page of this machine or one of `origins`.
    """

    is_on: bool = True
    token: str | None = field(default=None, repr=False)
    origins: tuple[str, ...] = ()


class Guard:
    """Stands before the control API; all else passes."""

    def __init__(self, app: Any, *, access: Access) -> None:
        self._app = app
        self._access = access

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        """Serve one request, or refuse it."""
        is_control = scope["type"] == "http" and scope["path"].startswith(CONTROL)
        refused = self._refused(scope) if is_control else None
        if refused is None:
            served: Coroutine[Any, Any, None] = self._app(scope, receive, send)
            return served
        return write(send, packed(refused, PROBLEM), head=scope["method"] == "HEAD")

    def _refused(self, scope: Any) -> Answer | None:
        path: str = scope["path"]
        if path[len(CONTROL) :][:1] not in ("", "/") or path in _OPEN:
            return None
        if not self._access.is_on:
            return _problem(404, f"There is nothing at {path}.")
        headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
        if self._access.token is not None:
            return None if self._knows(headers) else _unknown()
        host = headers.get("host", "")
        if not _LOOPBACK.fullmatch(host):
            return _problem(403, f'The control API is for this machine, not for "{host}".')
        origin = headers.get("origin")
        if origin is None or _PAGES.fullmatch(origin) or origin in self._access.origins:
            return None
        return _problem(403, f"The control API is not for pages of {origin}.")

    def _knows(self, headers: Mapping[str, str]) -> bool:
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        wanted = self._access.token or ""
        return scheme.lower() == "bearer" and hmac.compare_digest(
            shown.strip().encode(), wanted.encode()
        )


def _problem(status: int, detail: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status, problem(status, detail), headers)


def _unknown() -> Answer:
    detail = "The control token is missing or wrong."
    return _problem(401, detail, ("WWW-Authenticate", 'Bearer realm="understudy"'))
