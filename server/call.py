"""`Call`, what a handler is given, and `Answer`, what it gives back.

They are made at every request, in a third of the time of a frozen dataclass.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from ..specs.contract import Contract
from ..specs.operation import Operation
from .state import Document, State

Headers = Mapping[str, Sequence[str]]
"""The headers of a request by lower-case name, each with all its lines."""


class Credential(NamedTuple):
    """What a request shows for one security scheme.

    `value` is the token or key; for HTTP Basic `user` is set as well and `value` is the password.
    `headers` are the request's, by lower-case name. `operation` is what it is shown for: OpenAPI
    lets oauth2 alone say scopes, so a role needed with any scheme must be looked up there.
    """

    scheme: str
    value: str
    user: str | None
    scopes: tuple[str, ...]
    headers: Headers
    operation: Operation

    def header(self, name: str) -> str | None:
        """The header of that lower-case name; of several the last."""
        return self.headers[name][-1] if name in self.headers else None


class Identity(NamedTuple):
    """Who a credential belongs to: a name (a user, an organisation, a session) and its document."""

    name: str
    document: Document = MappingProxyType({})


class Call(NamedTuple):
    """One request to one operation, parsed and valid; absent parameters without default are absent.

    `headers` holds the declared ones under their names in the contract. `identities` are by
    security scheme. `secure` says whether the request came by https.
    """

    contract: Contract
    operation: Operation
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    body: Any
    identities: Mapping[str, Identity]
    state: State
    secure: bool = False

    @property
    def identity(self) -> Identity | None:
        """The first identity that was established; None for an anonymous request."""
        return next(iter(self.identities.values()), None)


class Answer(NamedTuple):
    """What goes back: `body` is JSON data, or None for no body."""

    status: int
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Call], Answer]


def cookie(name: str, value: str, *, secure: bool, http_only: bool = True) -> tuple[str, str]:
    """A `Set-Cookie` header for a session cookie of the whole host."""
    parts = [f"{name}={value}", "Path=/"]
    if http_only:
        parts.append("HttpOnly")
    parts.append("SameSite=Lax")
    if secure:
        parts.append("Secure")
    return "Set-Cookie", "; ".join(parts)
