"""Reads the subject from a `subject.toml` and flags; the stand-in's own file ships with the kit."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..specs.contract import Contract
from ..specs.errors import ContractError, UsageError, did_you_mean
from ..specs.loopback import is_loopback
from . import toml_file
from .subject import Basic, Capability, Login, Persona, Profile, Secret, Subject
from .subject_form import FORM
from .toml_file import TomlFile

STAND_IN = "stand-in"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What flags say over the file; `environment` fills in `${NAME}`.

    `clock` is that of a stand-in which the judge has started for itself.
    """

    url: str | None = None
    headers: tuple[str, ...] = ()
    profile: Profile | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: str | None = None

    def at(self, url: str, clock: str) -> "Overrides":
        """The same for a stand-in of the judge's own."""
        return replace(self, url=url, clock=clock)


def read_subject(contract: Contract, file: str, overrides: Overrides) -> Subject:
    """The subject that `file` (or `stand-in`, or none) and the flags describe.

    UsageError where something is missing or not allowed, ContractError for a malformed file.
    """
    said = _file(contract, file)
    data = _expanded(said.data, overrides.environment, said)
    url = overrides.url or data.get("url")
    if not url:
        raise UsageError("the subject has no URL: give --url, or `url` in its file")
    _check_url(url)
    profile: Profile = overrides.profile or data.get("profile", "non-destructive")
    clock = overrides.clock or data.get("clock")
    subject = Subject(
        url=url.rstrip("/"),
        personas={name: _persona(name, node) for name, node in data.get("personas", {}).items()},
        known=data.get("known", {}),
        capabilities=_capabilities(data.get("capabilities", ()), clock),
        profile=profile,
        pace=data.get("pace"),
        timeout=float(data.get("timeout", 10)),
        verify=data.get("verify", True),
        headers=data.get("headers", {}),
        clock=clock,
    )
    _check_schemes(contract, subject, said)
    _check_full(subject, data.get("full-hosts", ()))
    for line in overrides.headers:
        subject = _with_header(contract, subject, line)
    return subject


def _capabilities(said: Iterable[Capability], clock: str | None) -> frozenset[Capability]:
    """Those that the file names; a clock that it says how to move is one."""
    return frozenset(said) | (frozenset({"clock"}) if clock else frozenset())


def _file(contract: Contract, file: str) -> TomlFile:
    """What the file says; nothing where there is none."""
    if not file:
        return TomlFile("flags")
    if file == STAND_IN:
        path = Path(str(files(__package__).joinpath("subjects", f"{contract.name}.toml")))
        if not path.exists():
            secrets = dict.fromkeys(contract.security_schemes, "understudy")
            return TomlFile(
                file, {"profile": "full", "personas": {"default": {"secrets": secrets}}}
            )
        said = toml_file.read(path, f"conformance/subjects/{path.name}")
    else:
        said = toml_file.read(Path(file), file)
    found = said.findings(FORM)
    if found:
        raise ContractError(found)
    return said


def _expanded(node: Any, environment: Mapping[str, str], said: TomlFile) -> Any:
    """`node` with `${NAME}` taken from the environment."""
    if isinstance(node, dict):
        return {k: _expanded(v, environment, said) for k, v in node.items()}
    if isinstance(node, list):
        return [_expanded(v, environment, said) for v in node]
    if not isinstance(node, str):
        return node

    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            line = said.text[: said.text.find(match[0])].count("\n") + 1
            raise UsageError(f"{said.shown}:{line}: the environment has no {match[1]}")
        return environment[match[1]]

    return _VARIABLE.sub(value, node)


def _persona(name: str, node: Mapping[str, Any]) -> Persona:
    secrets = {scheme: _secret(secret) for scheme, secret in node["secrets"].items()}
    return Persona(name, secrets, tuple(node.get("roles", ())), bool(node.get("good", True)))


def _secret(node: Any) -> Secret:
    if isinstance(node, str):
        return node
    if "login" in node:
        fields = {name: value for name, value in node.items() if name != "login"}
        return Login(node["login"], fields)
    return Basic(node["username"], node["password"])


def _check_url(url: str) -> None:
    """A base URL that can be asked, and that may be shown: it has no place for secrets."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
        parts = urlsplit("")
    if not is_good or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise UsageError(
            "the URL must be like https://shop.example/base: http or https, and a host"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(
            "the URL must be a base of paths, without a name, query or fragment: "
            "credentials go into -H or the subject's file"
        )


def _check_schemes(contract: Contract, subject: Subject, said: TomlFile) -> None:
    known = contract.security_schemes
    for persona in subject.personas.values():
        for scheme in persona.secrets:
            if scheme not in known:
                line = said.line(["personas", persona.name, scheme])
                message = f'{contract.name} has no security scheme "{scheme}".'
                raise UsageError(f"{said.shown}:{line}: {message}{did_you_mean(scheme, known)}")


def _check_full(subject: Subject, allowed: list[str] | tuple[str, ...]) -> None:
    """`full` destroys data: only on this machine, or where the file names the host."""
    host = urlsplit(subject.url).hostname or ""
    if subject.profile == "full" and not is_loopback(host) and host not in allowed:
        raise UsageError(
            f"the profile full may destroy data at {host}: "
            f'allow it with full-hosts = ["{host}"] in the subject\'s file'
        )


def _with_header(contract: Contract, subject: Subject, line: str) -> Subject:
    """`subject` with a header from a flag; one that carries credentials becomes the persona's."""
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not colon or not name or not line.isascii() or not line.isprintable():
        raise UsageError(f'-H takes "Name: value", not "{line.partition(":")[0]}"')
    secrets: dict[str, Secret] = {}
    for scheme, node in contract.security_schemes.items():
        secret = _secret_in(node, name.lower(), value)
        if secret is not None:
            secrets[scheme] = secret
    if not secrets:
        return replace(subject, headers={**subject.headers, name: value})
    default = subject.default
    named = Persona("default", {**default.secrets, **secrets}, default.roles)
    return replace(subject, personas={**subject.personas, "default": named})


def _secret_in(scheme: Mapping[str, Any], name: str, value: str) -> Secret | None:
    """The secret that a header holds for `scheme`, if it is that scheme's header."""
    kind, _, rest = value.partition(" ")
    if scheme["type"] == "apiKey":
        if scheme["in"] == "header" and scheme["name"].lower() == name:
            return value
        cookies = dict(pair.strip().partition("=")[::2] for pair in value.split(";"))
        is_cookie = scheme["in"] == "cookie" and name == "cookie"
        return cookies.get(scheme["name"]) if is_cookie else None
    if name != "authorization":
        return None
    if scheme.get("scheme", "").lower() == "basic":
        return _basic(rest) if kind.lower() == "basic" else None
    return rest.strip() if kind.lower() == "bearer" else None


def _basic(encoded: str) -> Basic | None:
    try:
        username, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return None
    return Basic(username, password)
