"""The floor: Starlette, orjson and uvicorn with given answers, no contract and no state."""

import sys
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/nexudus/api/billing/basketsessions"


def application(listed: Any, created: Any) -> Starlette:
    """Answers a list and a create at the stand-in's path."""

    async def show(_: Request) -> Response:
        return Response(orjson.dumps(listed), media_type="application/json")

    async def create(request: Request) -> Response:
        orjson.loads(await request.body())
        return Response(orjson.dumps(created), media_type="application/json")

    return Starlette(routes=[Route(PATH, show), Route(PATH, create, methods=["POST"])])


if __name__ == "__main__":
    port, file = sys.argv[1:]
    answers = orjson.loads(Path(file).read_bytes())
    uvicorn.run(
        application(answers["list"], answers["create"]),
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
    )
