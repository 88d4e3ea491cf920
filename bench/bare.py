"""The floor: Starlette, orjson and uvicorn with given answers, no contract and no state."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .asked import REQUESTS


def application(answers: Mapping[str, Any]) -> Starlette:
    """Gives each answer where the stand-in gives it, made anew from data as the stand-in does."""
    routes = [Route("/ready", lambda _: Response())]
    for asked in REQUESTS:
        path = f"/{asked.contract}{asked.path}".partition("?")[0]
        answer = _answer(answers[asked.name], has_body=bool(asked.body))
        routes.append(Route(path, answer, methods=[asked.method]))
    return Starlette(routes=routes)


def _answer(data: Any, *, has_body: bool) -> Any:
    async def answer(request: Request) -> Response:
        if has_body:
            orjson.loads(await request.body())
        return Response(orjson.dumps(data), media_type="application/json")

    return answer


if __name__ == "__main__":
    port, file = sys.argv[1:]
    uvicorn.run(
        application(orjson.loads(Path(file).read_bytes())),
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
    )
