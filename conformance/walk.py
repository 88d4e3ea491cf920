"""`walk`: all pages of a listing, one after the other, as a client would read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..specs import pointer
from ..specs.clauses import Listing
from ..specs.members import resolved_member
from ..specs.operation import Operation
from .exchange import Exchange
from .law import Violation
from .subject import Persona
from .trial import Trial

MOST_PAGES = 400
"""Where a walk ends that seems never to end."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What the pages of a listing held."""

    items: tuple[Mapping[str, Any], ...]
    pages: tuple[Exchange, ...]
    sizes: tuple[int, ...]
    is_whole: bool


def listing_of(operation: Operation) -> Listing:
    """The operation's listing clause, which it must have."""
    if operation.listing is None:
        raise ValueError(f"{operation.id} lists nothing")
    return operation.listing


def rows(listing: Listing, page: Exchange) -> list[Mapping[str, Any]]:
    """The items of one page."""
    found = pointer.value(page.data, listing.items)
    return list(found) if isinstance(found, list) else []


def largest_size(trial: Trial, operation: Operation) -> int:
    """The greatest page size that the contract allows; 100 where it sets none."""
    size = listing_of(operation).paging.size
    schema = next(p.schema for p in operation.parameters if p.name == size)
    return int(resolved_member(trial.contract.document, schema).get("maximum", 100))


def default_size(trial: Trial, operation: Operation) -> int | None:
    """The page size that holds when none is asked for."""
    size = listing_of(operation).paging.size
    schema = next(p.schema for p in operation.parameters if p.name == size)
    found = resolved_member(trial.contract.document, schema).get("default")
    return None if found is None else int(found)


def walk(
    trial: Trial,
    operation: Operation,
    query: Mapping[str, Any] | None = None,
    *,
    size: int | None = None,
    most: int = MOST_PAGES,
    persona: Persona | None = None,
    is_new: bool = False,
) -> Walk:
    """All items that match `query`, page by page; not `is_whole` when `most` pages were not all.

    Pages that were read since the last write are not asked for again, unless it must be `is_new`.
    """
    if is_new:
        trial.forget()
    listing = listing_of(operation)
    asked = dict(query or {})
    asked[listing.paging.size] = size or largest_size(trial, operation)
    items: list[Mapping[str, Any]] = []
    pages: list[Exchange] = []
    sizes: list[int] = []
    step: Mapping[str, Any] | None = {}
    while step is not None and len(pages) < most:
        page = trial.page(operation.id, {**asked, **step}, persona)
        found = rows(listing, page)
        items += found
        pages.append(page)
        sizes.append(len(found))
        step = next_step(listing, page, len(pages), len(found))
    return Walk(tuple(items), tuple(pages), tuple(sizes), step is None)


def next_step(
    listing: Listing, page: Exchange, number: int, found: int
) -> Mapping[str, Any] | None:
    """What to ask for after the page `number`, counted from 1; None at the end."""
    paging = listing.paging
    if paging.cursor is not None and paging.next is not None:
        cursor = pointer.value(page.data, paging.next)
        return None if cursor is None else {paging.cursor: cursor}
    if paging.page is None:
        return None
    report = listing.report
    if report.has_next:
        more = pointer.value(page.data, report.has_next[0])
        return {paging.page: number + 1} if more else None
    return {paging.page: number + 1} if found else None


def keys(trial: Trial, listing: Listing, items: tuple[Mapping[str, Any], ...]) -> list[Any]:
    """The keys of items; Violation when one has none."""
    path = trial.contract.collections[listing.collection].key
    found = [pointer.value(item, path) for item in items]
    if None in found:
        raise Violation(f"an item has no {pointer.join(path)}")
    return found
