"""Doors: how a request shows who it is from, for each kind of security scheme."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from .call import Credential, Headers, Identity
from .cookies import parse
from .framework import NO_VALUE
from .mount import Mount
from .visit import Visit

NAME = "x-name"
"""Where a scheme that is given to Connexion holds its own name."""
Shown = tuple[str, str | None]
"""A secret, and the user who shows it with HTTP Basic."""
Scope = Mapping[str, Any]
Show = Callable[[Scope, Headers], Shown | None]


class Asking:
    """A request at the doors, as Connexion asks for it; what they find is in its `context`.

    `failure` is why one of them could not say whether it opens: Connexion would try the next.
    """

    __slots__ = ("context", "failure", "scope", "visit")

    def __init__(self, visit: Visit, scope: Scope) -> None:
        self.visit = visit
        self.scope = scope
        self.context: dict[str, Any] = {}
        self.failure: Exception | None = None

    def identities(self) -> Mapping[str, Identity]:
        """Who was found, by scheme."""
        identities: dict[str, Identity] = {}
        # A door finds {scheme: Identity}; where several must open, Connexion nests what they find.
        for name, part in self.context["token_info"].items():
            identities.update(part if isinstance(part, dict) else {name: part})
        return identities


class Door:
    """The door of all of a contract's schemes of one kind, as Connexion's security asks for it."""

    def __init__(self, mount: Mount) -> None:
        self._mount = mount

    def get_fn(self, scheme: Mapping[str, Any], scopes: Sequence[str]) -> Callable[[Asking], Any]:
        """What verifies a request against `scheme`."""
        name = scheme[NAME]
        show = _shown_by(scheme)
        needed = tuple(scopes)
        operations = self._mount.contract.operations

        def verify(asking: Asking) -> Any:
            visit = asking.visit
            shown = show(asking.scope, visit.headers)
            if shown is None:
                return NO_VALUE
            value, user = shown
            operation = operations[visit.trace.operation or ""]
            credential = Credential(name, value, user, needed, visit.headers, operation)
            api = visit.variant.mount.api
            identity: Identity | None
            try:
                identity = api.authenticate(credential, visit.state())
            except Exception as error:  # whatever it is, Connexion would take it for a shut door
                asking.failure = error
                raise
            if identity is None:
                raise HTTPException(401)
            return {name: identity}

        return verify


def doors(mount: Mount) -> Mapping[str, Callable[[], Door]]:
    """A door for each kind of scheme that Connexion knows."""
    return {kind: lambda: Door(mount) for kind in ("oauth2", "bearer", "basic", "apiKey")}


def is_supported(scheme: Mapping[str, Any]) -> bool:
    """Whether a door can be made for `scheme`."""
    if scheme.get("type") == "http":
        return scheme.get("scheme", "").lower() in ("bearer", "basic")
    return scheme.get("type") in ("oauth2", "apiKey")


def _shown_by(scheme: Mapping[str, Any]) -> Show:
    kind = scheme["type"]
    if kind == "apiKey":
        return _key(scheme["in"], scheme["name"])
    return _basic if scheme.get("scheme", "").lower() == "basic" else _bearer


def _key(location: str, name: str) -> Show:
    folded = name.lower()

    def header(_: Scope, headers: Headers) -> Shown | None:
        return (headers[folded][-1], None) if folded in headers else None

    def cookie(_: Scope, headers: Headers) -> Shown | None:
        values = parse(headers.get("cookie", ())[-1:]).get(name)
        return None if values is None else (values[0], None)

    def query(scope: Scope, _: Headers) -> Shown | None:
        sent = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return (sent[name], None) if name in sent else None

    shown: Mapping[str, Show] = {"header": header, "cookie": cookie, "query": query}
    return shown[location]


def _authorization(headers: Headers) -> tuple[str, str]:
    """The scheme in lower case, and what follows it."""
    scheme, _, shown = headers.get("authorization", ("",))[-1].partition(" ")
    return scheme.lower(), shown


def _bearer(_scope: Scope, headers: Headers) -> Shown | None:
    scheme, token = _authorization(headers)
    return (token.strip(), None) if scheme == "bearer" else None


def _basic(_scope: Scope, headers: Headers) -> Shown | None:
    scheme, encoded = _authorization(headers)
    if scheme != "basic":
        return None
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return "", ""
    return password, user
