"""`Subject`: what is judged, how to log in to it, and what may be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Profile = Literal["read-only", "non-destructive", "full"]
Capability = Literal["reset", "clock", "seed"]
_PUBLIC = frozenset({"grant_type", "username", "client_id", "scope"})
"""Members of a login's form that are no secret."""
PROFILES: tuple[Profile, ...] = ("read-only", "non-destructive", "full")


@dataclass(frozen=True, slots=True)
class Basic:
    """A name and a password for HTTP Basic."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """Where a token is got: a form posted to the token endpoint; `fields` are its members."""

    path: str
    fields: Mapping[str, str] = field(repr=False)


Secret = str | Basic | Login


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody the judge can be: a secret for each security scheme, and the roles it has.

    `is_good` is False for credentials that must be refused (expired, without roles).
    """

    name: str
    secrets: Mapping[str, Secret] = field(repr=False)
    roles: tuple[str, ...] = ()
    is_good: bool = True

    @property
    def logs_in(self) -> bool:
        """Whether a token must be asked for."""
        return any(isinstance(secret, Login) for secret in self.secrets.values())


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged. `url` is the base of the contract's paths.

    `known` gives ids that exist there, by name (`product`, `voucher`, `subscription` ...). `pace`
    is the most requests a second. `verify` is False, or a file of certificates, or True. `clock` is
    the path, at the origin of `url`, that moves the subject's clock.
    """

    url: str
    personas: Mapping[str, Persona] = field(default_factory=dict)
    known: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    capabilities: frozenset[Capability] = frozenset()
    profile: Profile = "non-destructive"
    pace: float | None = None
    timeout: float = 10.0
    verify: bool | str = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: str | None = None

    @property
    def may_skip(self) -> bool:
        """Whether the subject's clock can be moved, and the judge may do so."""
        return self.clock is not None and self.profile == "full"

    @property
    def default(self) -> Persona:
        """Who the judge is unless a law says otherwise; nobody where no credentials are known."""
        return self.personas.get("default", Persona("nobody", {}))

    @property
    def others(self) -> Sequence[Persona]:
        """The further good personas; a read-only run posts no login for them."""
        found = [p for name, p in self.personas.items() if name != "default" and p.is_good]
        return [p for p in found if self.profile != "read-only" or not p.logs_in]

    @property
    def impostors(self) -> Sequence[Persona]:
        """The personas that must be refused."""
        return [p for p in self.personas.values() if not p.is_good]

    def secrets(self) -> frozenset[str]:
        """Every text that no report may show."""
        found = set(self.headers.values())
        for persona in self.personas.values():
            for secret in persona.secrets.values():
                if isinstance(secret, Basic):
                    found.add(secret.password)
                elif isinstance(secret, Login):
                    found.update(v for k, v in secret.fields.items() if k not in _PUBLIC)
                else:
                    found.add(secret)
        return frozenset(text for text in found if len(text) > 2)
