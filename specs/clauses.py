"""The clauses of `x-understudy` as values; `clauses.yaml` says which documents are well formed.

A field is a path, the unescaped tokens of its JSON Pointer. A clause that names no basis has that
of what it stands in. `docs/clauses.md` explains each clause.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .pointer import Path

Operator = Literal["eq", "in", "isnull", "gt", "gte", "lt", "lte", "contains"]
Nulls = Literal["first", "last", "smallest", "largest"]
Action = Literal["create", "read", "replace", "merge", "delete", "act"]
Bound = Literal["filters", "order", "scope"]
Basis = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents belong to the identity that the scheme `security` established."""

    field: Path
    security: str


@dataclass(frozen=True, slots=True)
class Timer:
    """At the instant in the field `at`, a document that matches `when` gets `set`."""

    at: Path
    when: Mapping[Path, tuple[Any, ...]]
    set: Mapping[Path, Any]
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What is stored: documents of one schema under a key."""

    name: str
    key: Path
    schema: str
    scope: Scope | None
    soft_delete: Path | None
    live_until: Path | None
    timers: tuple[Timer, ...]
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that keeps documents whose `field` stands in the relation `op` to it."""

    field: Path
    op: Operator
    case_sensitive: bool
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Where:
    """A condition that a listing always sets."""

    field: Path
    op: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Paging:
    """How a listing is cut into pages; `page` or `cursor`, and `size`, name query parameters."""

    style: Literal["page", "cursor"]
    page: str | None
    cursor: str | None
    size: str
    next: Path | None
    previous: Path | None
    end: Literal["absent", "null"]
    bound: frozenset[Bound]
    refuse: int | None
    past_end: Literal["empty", "refuse"]
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Direction:
    """The parameter that says the direction, and its values."""

    parameter: str
    asc: Any
    desc: Any


@dataclass(frozen=True, slots=True)
class Order:
    """How a listing is ordered: by a parameter, or by fixed fields (path, is descending)."""

    by: str | None
    fixed: tuple[tuple[Path, bool], ...]
    direction: Direction | None
    descending: str | None
    fields: Mapping[str, Path]
    nulls: Nulls
    ties: tuple[Path, ...]
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Report:
    """Where a listing's answer says what it shows; each a tuple of paths into the answer."""

    total: tuple[Path, ...]
    pages: tuple[Path, ...]
    page: tuple[Path, ...]
    size: tuple[Path, ...]
    order: tuple[Path, ...]
    direction: tuple[Path, ...]
    first: tuple[Path, ...]
    last: tuple[Path, ...]
    has_next: tuple[Path, ...]
    has_previous: tuple[Path, ...]
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that lists a collection."""

    collection: str
    items: Path
    where: tuple[Where, ...]
    paging: Paging
    order: Order
    report: Report
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Key:
    """Where a request names the document that it is about."""

    location: Literal["path", "body", "cookie"]
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Once:
    """A create that is not repeated for the same value at `by`; another body is refused."""

    by: Path
    refuse: int
    pointer: str


@dataclass(frozen=True, slots=True)
class Resource:
    """An operation on one document of a collection."""

    collection: str
    action: Action
    key: Key | None
    answer: Path | None
    stamp: tuple[Path, ...]
    once: Once | None
    basis: Basis
    pointer: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a move sets when the request body matches `when_body`; always, when that is empty."""

    when_body: Mapping[Path, Any]
    set: Mapping[Path, Any]
    stamp: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """A move in a document's life: allowed when `when` matches, else refused."""

    when: Mapping[Path, tuple[Any, ...]]
    refuse: int
    cases: tuple[Case, ...]
    stamp: tuple[Path, ...]
    basis: Basis
    pointer: str
