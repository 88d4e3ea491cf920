"""`Skipping`: the time of day, and ahead of it by as much as somebody has asked for."""

import re
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .common import utc_now


class Skipping:
    """A clock that a request moves: `POST /test/clock` with `{"by": "PT60S"}`."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self.route = Route("/test/clock", self._skip, methods=["POST"])

    def __call__(self) -> datetime:
        """What time it is."""
        return utc_now() + self._ahead

    async def _skip(self, request: Request) -> Response:
        span = re.fullmatch(r"PT(\d+)S", (await request.json())["by"])
        if span is None:
            return Response(status_code=400)
        self._ahead += timedelta(seconds=int(span[1]))
        return Response(status_code=204)
