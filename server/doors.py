"""Doors: how a request shows who it is from, for each kind of security scheme."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from connexion.security import NO_VALUE
from starlette.exceptions import HTTPException

from .call import Credential, Identity
from .cookies import parse
from .mount import Mount
from .visit import visit_of

NAME = "x-name"
"""Where a scheme that is given to Connexion holds its own name."""
Verify = Callable[[Any], Awaitable[Any]]
Shown = tuple[str, str | None]
"""A secret, and the user who shows it with HTTP Basic."""
Scope = Mapping[str, Any]
Show = Callable[[Scope, Mapping[str, str]], Shown | None]


class Door:
    """The door of all of a contract's schemes of one kind, as Connexion's security asks for it."""

    def __init__(self, mount: Mount) -> None:
        self._mount = mount

    def get_fn(self, scheme: Mapping[str, Any], scopes: Sequence[str]) -> Verify:
        """What verifies a request against `scheme`."""
        name = scheme[NAME]
        show = _shown_by(scheme)
        operations = self._mount.contract.operations

        async def verify(request: Any) -> Any:
            headers = {
                k.decode("latin-1"): v.decode("latin-1") for k, v in request.scope["headers"]
            }
            shown = show(request.scope, headers)
            if shown is None:
                return NO_VALUE
            value, user = shown
            operation = operations[request.scope["extensions"]["connexion_routing"]["operation_id"]]
            credential = Credential(name, value, user, tuple(scopes), headers, operation)
            visit = visit_of(request.scope)
            api = visit.meet(operation.id).mount.api
            identity: Identity | None = api.authenticate(credential, visit.state())
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
    def header(_: Scope, headers: Mapping[str, str]) -> Shown | None:
        value = headers.get(name.lower())
        return None if value is None else (value, None)

    def cookie(_: Scope, headers: Mapping[str, str]) -> Shown | None:
        values = parse((headers.get("cookie", ""),)).get(name)
        return None if values is None else (values[0], None)

    def query(scope: Scope, _: Mapping[str, str]) -> Shown | None:
        sent = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return (sent[name], None) if name in sent else None

    return {"header": header, "cookie": cookie, "query": query}[location]


def _bearer(_scope: Scope, headers: Mapping[str, str]) -> Shown | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return (token.strip(), None) if scheme.lower() == "bearer" else None


def _basic(_scope: Scope, headers: Mapping[str, str]) -> Shown | None:
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return "", ""
    return password, user
