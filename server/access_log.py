"""One line in the log for each request."""

import logging
import time
from typing import Any

_log = logging.getLogger("understudy.access")


class AccessLog:
    """Logs what passes through: method, path, status, milliseconds, and why it was refused."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, then log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, reason = 0, ""

        async def noted(message: Any) -> None:
            nonlocal status, reason
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= 400:
                    reason = dict(message["headers"]).get(b"understudy-reason", b"").decode()
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            query = scope["query_string"].decode("latin-1")
            _log.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"] + (f"?{query}" if query else ""),
                    "status": status,
                    "ms": round((time.perf_counter() - began) * 1000, 2),
                    "reason": reason,
                },
            )
