"""Which pages of other origins may use the server."""

from collections.abc import Sequence
from typing import Any

from starlette.middleware.cors import CORSMiddleware

from .mount import Mount

LOOPBACK = r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$"
"""The origins whose pages may always use the server with credentials."""
_EXPOSED = ("Allow", "Retry-After", "Understudy-Reason", "Preference-Applied")
"""What pages may read of an answer, beside what the contracts declare."""


class Cors(CORSMiddleware):
    """Starlette's, around which a request goes that is from no page.

    Its answer still says that another would be told otherwise: caches must know.
    """

    def __init__(self, app: Any, *, mounts: Sequence[Mount], origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=list(origins),
            allow_origin_regex=LOOPBACK,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=sorted({*_request_headers(mounts), "Prefer", "Understudy-Sandbox"}),
            allow_credentials=True,
            expose_headers=sorted({*_answer_headers(mounts), *_EXPOSED}),
        )

    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Serve one request, or tell a page what it may ask."""
        if scope["type"] != "http" or b"origin" in dict(scope["headers"]):
            return super().__call__(scope, receive, send)

        def varied(message: Any) -> Any:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"vary", b"Origin")]}
            return send(message)

        return self.app(scope, receive, varied)


def _request_headers(mounts: Sequence[Mount]) -> set[str]:
    """Every header that the contracts say a request may carry."""
    names = {"Content-Type", "Authorization"}
    for each in mounts:
        for operation in each.contract.operations.values():
            names.update(p.name for p in operation.parameters if p.location == "header")
        for scheme in each.contract.security_schemes.values():
            if scheme.get("in") == "header":
                names.add(scheme["name"])
    return names


def _answer_headers(mounts: Sequence[Mount]) -> set[str]:
    """Every header that the contracts say an answer may carry; a page cannot read cookies so."""
    names = {
        name
        for each in mounts
        for operation in each.contract.operations.values()
        for response in operation.responses.values()
        for name in response.headers
    }
    return names - {"Set-Cookie"}
