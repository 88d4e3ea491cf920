"""What is served beside the contracts: the index, and each contract's document."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import orjson
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from .mount import Mount
from .visit import visit_of


class Pages:
    """The innermost application: it gets what no operation took."""

    def __init__(self, mounts: Sequence[Mount]) -> None:
        self._mounts = {f"{mount.prefix}/openapi.json": mount for mount in mounts}
        self._index = HTMLResponse(_index([each for each in mounts if each.is_vendors]))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with a page, or refuse."""
        path = scope["path"]
        response = self._page(path, visit_of(scope).prefix)
        if response is None:
            raise HTTPException(404, f"There is nothing at {path}.")
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        await response(scope, receive, send)

    def _page(self, path: str, prefix: str) -> Response | None:
        if path == "/":
            return self._index
        mount = self._mounts.get(path)
        if mount is None:
            return None
        servers = [{"url": f"{prefix}{mount.prefix}" or "/"}]
        document = {**mount.contract.document, "servers": servers}
        return Response(orjson.dumps(document), media_type="application/json")


def _index(mounts: Sequence[Mount]) -> str:
    text = files(__package__).joinpath("index.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True).from_string(text)
    return template.render(contracts=[_summary(mount) for mount in mounts])


def _summary(mount: Mount) -> Mapping[str, Any]:
    info = mount.contract.document["info"]
    return {
        "name": mount.contract.name,
        "title": info.get("title", mount.contract.name),
        "prefix": mount.prefix,
        "operations": [
            {"method": o.method.upper(), "path": mount.prefix + o.path, "basis": ", ".join(o.basis)}
            for o in mount.contract.operations.values()
        ],
    }
