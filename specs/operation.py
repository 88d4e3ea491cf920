"""The parts of a contract that a request meets: operations, parameters, bodies, answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .clauses import Basis, Filter, Listing, Resource, Transition

Location = Literal["path", "query", "header", "cookie"]
Security = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
"""Alternatives; each a conjunction of (scheme, scopes). `()` asks for nothing."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `schema` is the document's own, references kept."""

    name: str
    location: Location
    required: bool
    schema: Mapping[str, Any]
    explode: bool
    filter: Filter | None
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Body:
    """The request body: schema by media type."""

    required: bool
    content: Mapping[str, Mapping[str, Any]]
    pointer: str


@dataclass(frozen=True, slots=True)
class Response:
    """One documented answer: schema and examples by media type, and its headers."""

    status: str
    content: Mapping[str, Mapping[str, Any]]
    examples: Mapping[str, tuple[Any, ...]]
    headers: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, Mapping[str, Any]]
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, with its clauses."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Response]
    security: Security
    listing: Listing | None
    resource: Resource | None
    transition: Transition | None
    basis: Basis
    pointer: str

    def response(self, status: int) -> Response | None:
        """What is documented for `status`: itself, else its class (`4XX`), else `default`."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def invalid_status(self) -> int:
        """The status that this operation documents for a request that breaks its schema."""
        for status in (422, 400, 502):
            if str(status) in self.responses:
                return status
        return 400
