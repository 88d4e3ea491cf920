"""What the four subjects share: variants, routing, bodies, cursors and ids.

Nothing here comes from the stand-in, and nothing may be imported from it: two readings of the same
rules are worth something only while neither has seen the other.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Flag, auto
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid4

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .values import BadValueError

Clock = Callable[[], datetime]
Handler = Callable[[Request], Awaitable[Response]]
Row = TypeVar("Row")

BODY_LIMIT = 1024 * 1024
DEEPEST = 100


class Variant(Flag):
    """How a subject differs from the plain one, in ways that no contract forbids."""

    PLAIN = 0
    REORDERED = auto()
    OTHER_IDS = auto()
    EXTRA_MEMBERS = auto()
    EMPTY = auto()
    SLOW = auto()
    STRANGE = REORDERED | OTHER_IDS | EXTRA_MEMBERS

    @property
    def option(self) -> str:
        """What the command line calls it."""
        return str(self.name).lower().replace("_", "-")

    @classmethod
    def of(cls, option: str) -> "Variant":
        """The variant that the command line calls so; KeyError for another."""
        return cls[option.upper().replace("-", "_")]


def utc_now() -> datetime:
    """The time of day, for subjects that nobody gave another clock."""
    return datetime.now(UTC)


class Refusal(Exception):
    """A request that is answered with an error, in its vendor's words."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one vendor words what is wrong with a request before it reaches an operation."""

    problem: Callable[[int, str], Any]
    variant: Variant

    def refusal(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> Refusal:
        """A refusal in this vendor's shape."""
        return Refusal(status, self.problem(status, text), headers)

    def more(self, members: dict[str, Any]) -> dict[str, Any]:
        """The members of an answer, and in one variant some that no contract declares."""
        if Variant.EXTRA_MEMBERS not in self.variant:
            return members
        return {"_trace": "a1b2", **members, "x_extra": {"since": 2, "tags": ["new", None]}}


# ---------------------------------------------------------------------------------------- routing


@dataclass(frozen=True, slots=True)
class _Path:
    """One path with all its methods, so that a 405 can name each of them."""

    handlers: Mapping[str, Handler]
    vendor: Vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        try:
            if method not in self.handlers:
                allowed = {*self.handlers, *(["HEAD"] if "GET" in self.handlers else [])}
                text = f"The method {method} is not allowed here."
                raise self.vendor.refusal(405, text, {"Allow": ", ".join(sorted(allowed))})
            response = await self.handlers[method](request)
        except Refusal as refusal:
            body = refusal.body
            if isinstance(body, dict):
                body = self.vendor.more(body)
            response = JSONResponse(body, refusal.status, refusal.headers)
        await response(scope, receive, send)


class _Slow:
    """Keeps every request waiting for a moment."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(0.05)
        await self.app(scope, receive, send)


def build(paths: Mapping[str, Mapping[str, Handler]], vendor: Vendor) -> Starlette:
    """The application that serves `paths`, and refuses the rest as `vendor` does."""

    async def unknown(_request: Request, _error: Exception) -> Response:
        return JSONResponse(vendor.problem(404, "There is nothing here."), 404)

    app = Starlette(
        routes=[Route(path, _Path(handlers, vendor)) for path, handlers in paths.items()],
        exception_handlers={404: unknown},
        middleware=[Middleware(_Slow)] if Variant.SLOW in vendor.variant else [],
    )
    # Otherwise `/checkout/` would be answered with a redirection that no contract knows.
    app.router.redirect_slashes = False
    return app


# ----------------------------------------------------------------------------------------- bodies


async def read_body(request: Request, vendor: Vendor) -> bytes:
    """The body; 413 when it is too long, after all of it was received.

    A client that is cut off while it still sends sees a broken connection and no answer.
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= BODY_LIMIT:
            parts.append(part)
    if size > BODY_LIMIT:
        raise vendor.refusal(413, f"The body is longer than {BODY_LIMIT} bytes.")
    return b"".join(parts)


def media_type(request: Request) -> str:
    """The content type without its parameters, in lower case; empty when there is none."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def read_json(request: Request, vendor: Vendor) -> Any:
    """The JSON body; 413 or 415 as the vendor words them, BadValueError when it is no JSON."""
    content = await read_body(request, vendor)
    kind = media_type(request)
    if kind not in ("", "application/json"):
        raise vendor.refusal(415, f"The content type {kind} is not read here.")
    return parse_json(content)


async def read_form(request: Request, vendor: Vendor) -> dict[str, str]:
    """The members of a form; one that is sent twice counts as not sent."""
    # Starlette's form parser would need the whole body again; a query string has the same form.
    content = await read_body(request, vendor)
    scope = {"type": "http", "query_string": content, "headers": []}
    pairs = Request(scope).query_params.multi_items()
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


def parse_json(content: bytes) -> Any:
    """The value in `content`; BadValueError for all that a strict reader of JSON refuses."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    def real(text: str) -> float:
        if abs(value := float(text)) == float("inf"):
            raise ValueError(f"{text} is too large")
        return value

    try:
        value = json.loads(content.decode(), parse_constant=refuse, parse_float=real)
        if _depth(value) > DEEPEST:
            raise ValueError("nested too deeply")
        # Half a surrogate pair cannot be written as UTF-8 again.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadValueError(f"JSON parse error - {error}") from error
    return value


def _depth(value: Any) -> int:
    # Without recursion, which the very values that are looked for would exhaust.
    layer, depth = [value], 0
    while layer:
        depth += 1
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth


def single(request: Request, name: str) -> str | None:
    """The value of a parameter, None when it was not sent; twice is a bad value."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise BadValueError("was sent more than once")
    return values[0] if values else None


# ---------------------------------------------------------------------------------------- cursors


class Cursors:
    """Makes cursors that only this process can make, so that a changed one is noticed."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def seal(self, content: Mapping[str, Any]) -> str:
        """An opaque text that `content` can be got back from."""
        packed = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
        return f"{self._sign(packed)}.{packed}"

    def open(self, text: str) -> dict[str, Any]:
        """What was sealed; BadValueError when `text` is nothing that `seal` gave."""
        signature, _, packed = text.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(packed).encode()):
            raise BadValueError("this is no cursor of this listing")
        content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(packed + "=" * 3))
        return content

    def _sign(self, packed: str) -> str:
        return hmac.new(self._key, packed.encode(), hashlib.sha256).hexdigest()[:20]


# -------------------------------------------------------------------------------------------- ids


def new_uuid(variant: Variant, random: Random | None = None) -> str:
    """A UUID; in one variant of another version, and in capitals."""
    found = UUID(int=random.getrandbits(128), version=4) if random else uuid4()
    if Variant.OTHER_IDS not in variant:
        return str(found)
    return str(UUID(int=found.int, version=1)).upper()


def shuffled(variant: Variant, rows: list[Row]) -> list[Row]:
    """The rows as they are kept: in one variant in another order than they were made."""
    if Variant.REORDERED in variant:
        Random(7).shuffle(rows)
    return [] if Variant.EMPTY in variant else rows
