"""One line in the log for each request."""

import time
from typing import Any

from .logs import Requests


class AccessLog:
    """Tells `requests` of what passes through: what was asked, and what came of it."""

    def __init__(self, app: Any, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, then log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, reason = 0, ""

        def noted(message: Any) -> Any:
            nonlocal status, reason
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= 400:
                    reason = dict(message["headers"]).get(b"understudy-reason", b"").decode()
            return send(message)

        # What is within may write the path anew.
        path, query = scope["path"], scope["query_string"]
        try:
            await self._app(scope, receive, noted)
        finally:
            asked = f"{path}?{query.decode('latin-1')}" if query else path
            ms = (time.perf_counter() - began) * 1000
            self._requests.write(scope["method"], asked, status, ms, reason)
