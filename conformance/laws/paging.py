"""Laws of `paging`: pages cut a listing into parts that join without gap or overlap."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, pairwise, permutations
from typing import Any

from ...specs import pointer
from ...specs.clauses import Basis, Listing
from ...specs.contract import Contract
from ...specs.operation import Operation
from ..exchange import Exchange
from ..law import Effect, Law, Violation
from ..orders import asked_orders
from ..sample import Asked, beyond, narrowings, other_filters
from ..subject import Persona
from ..trial import Trial
from ..walk import Walk, keys, largest_size, listing_of, next_step, rows, walk

Check = Callable[[Trial, Operation], None]
SMALL = 60
"""Items beyond which a listing is not walked one by one."""


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every listing of the contract."""
    for operation in contract.operations.values():
        if operation.listing is None:
            continue
        paging = operation.listing.paging
        for id_, claim, check in _COMMON:
            yield _law(operation, id_, claim, check, operation.basis)
        for id_, claim, check in _RULED:
            yield _law(operation, id_, claim, check, paging.basis)
        if paging.style == "page":
            for id_, claim, check in _NUMBERS:
                yield _law(operation, id_, claim, check, paging.basis)
        if paging.style == "cursor":
            for id_, claim, check in _CURSORS:
                yield _law(operation, id_, claim, check, paging.basis)
            if paging.previous is not None:
                id_, claim, check = _PREVIOUS
                yield _law(operation, id_, claim, check, paging.basis)


def _law(
    operation: Operation,
    id_: str,
    claim: str,
    check: Check,
    basis: Basis,
    effect: Effect = "reads",
) -> Law:
    return Law(
        id=f"paging.{id_}",
        claim=claim,
        operation=operation.id,
        pointer=listing_of(operation).paging.pointer,
        basis=basis,
        effect=effect,
        check=lambda trial: check(trial, operation),
    )


def _sizes(trial: Trial, operation: Operation, count: int) -> list[int]:
    """Page sizes that cut `count` items in different ways."""
    most = largest_size(trial, operation)
    wanted = [2, 3, 7, max(count - 1, 1), count, count + 1]
    if count <= SMALL:
        wanted.insert(0, 1)
    return sorted({size for size in wanted if 1 <= size <= most and count / size <= SMALL})


def _same_whole(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for asked in narrowings(trial, operation):
        whole = walk(trial, operation, asked)
        if not whole.is_whole:
            trial.reason = "the listing is too long to be walked"
            continue
        expected = keys(trial, listing, whole.items)
        for size in _sizes(trial, operation, len(expected)):
            cut = walk(trial, operation, asked, size=size)
            found = keys(trial, listing, cut.items)
            if found != expected:
                raise Violation(
                    f"pages of {size} join to {len(found)} items that differ from the "
                    f"{len(expected)} of larger pages",
                    *cut.pages[:3],
                    whole.pages[0],
                )
            if expected:
                trial.fire(asked, size)


def _no_duplicates(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for asked in narrowings(trial, operation):
        for size in (2, 3, 7):
            cut = walk(trial, operation, asked, size=size, most=40)
            found = keys(trial, listing, cut.items)
            twice = [key for key in found if found.count(key) > 1]
            if twice:
                raise Violation(
                    f"{twice[0]} stands on more than one page",
                    *_pages_with(trial, cut, twice[0], listing),
                )
            if len(cut.pages) > 1:
                trial.fire(asked, size)


def _pages_with(trial: Trial, cut: Walk, key: Any, listing: Any) -> list[Any]:
    path = trial.contract.collections[listing.collection].key
    return [
        page
        for page in cut.pages
        if any(pointer.value(row, path) == key for row in rows(listing, page))
    ][:2]


def _full_pages(trial: Trial, operation: Operation) -> None:
    for asked in narrowings(trial, operation):
        for size in (1, 2, 5):
            cut = walk(trial, operation, asked, size=size, most=10)
            for number, found in enumerate(cut.sizes, 1):
                is_last = cut.is_whole and number == len(cut.sizes)
                if found > size or (found < size and not is_last):
                    raise Violation(
                        f"page {number} of size {size} holds {found} items", cut.pages[number - 1]
                    )
            if len(cut.pages) > 1:
                trial.fire(asked, size)


def _ends(trial: Trial, operation: Operation) -> None:
    for asked in narrowings(trial, operation):
        count = len(walk(trial, operation, asked).items)
        for size in _sizes(trial, operation, count):
            cut = walk(trial, operation, asked, size=size, most=count // size + 3)
            expected = max(1, -(-count // size))
            if not cut.is_whole or len(cut.pages) > expected:
                raise Violation(
                    f"{count} items in pages of {size} end after {expected} pages, not after "
                    f"{len(cut.pages)}{'' if cut.is_whole else ' or more'}",
                    cut.pages[-1],
                )
            trial.fire(asked, size)


def _repeatable(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for asked in narrowings(trial, operation):
        page = trial.good(operation.id, query={**asked, listing.paging.size: 3})
        for number in range(1, 4):
            step = next_step(listing, page, number, len(rows(listing, page)))
            if step is None:
                break
            query = {**asked, listing.paging.size: 3, **step}
            page, again = (
                trial.good(operation.id, query=query),
                trial.good(operation.id, query=query),
            )
            if rows(listing, page) != rows(listing, again):
                raise Violation("the same request answers another page", page, again)
            trial.fire(query)


def _empty(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for asked in _nothing(trial, operation):
        page = trial.good(operation.id, query=asked)
        if rows(listing, page):
            continue
        totals = [pointer.value(page.data, path) for path in listing.report.total]
        if any(totals):
            raise Violation(f"a page without items reports a total of {totals[0]}", page)
        if next_step(listing, page, 1, 0) is not None:
            raise Violation("a page without items has a next page", page)
        trial.fire(asked)


def _nothing(trial: Trial, operation: Operation) -> Iterator[Asked]:
    """Requests that should match nothing: beyond all data, or filters that exclude each other."""
    yield from islice(beyond(trial, operation), 6)
    seen: list[Asked] = []
    for one in other_filters(trial, operation):
        for other in seen:
            if not one.keys() & other.keys():
                yield {**one, **other}
        seen.append(one)
        if len(seen) > 8:
            return


def _bounds(trial: Trial, operation: Operation) -> None:
    paging = listing_of(operation).paging
    for size in (0, -1, largest_size(trial, operation) + 1):
        answer = trial.send(operation.id, query={paging.size: size})
        if answer.status < 400:
            raise Violation(f"a page size of {size} is out of bounds, and was accepted", answer)
        trial.fire(size)


def _numbers(trial: Trial, operation: Operation) -> None:
    page = listing_of(operation).paging.page or ""
    for number in (0, -1, "1.5", "x"):
        answer = trial.send(operation.id, query={page: number})
        if answer.status < 400:
            raise Violation(f"there is no page {number}, and it was answered", answer)
        trial.fire(number)


def _past_end(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    paging = listing.paging
    for asked in narrowings(trial, operation):
        count = len(walk(trial, operation, asked).items)
        if not count:
            continue
        for size, beyond_last in ((2, 1), (5, 2), (count, 1000)):
            size = min(size, largest_size(trial, operation))
            number = -(-count // size) + beyond_last
            query = {**asked, paging.size: size, paging.page or "": number}
            answer = trial.send(operation.id, query=query)
            if paging.past_end == "refuse":
                if answer.status != paging.refuse:
                    raise Violation(f"page {number} of {number - 1} must be refused", answer)
            else:
                _hold_past_end(listing, answer, count, number)
            trial.fire(asked, size)


def _hold_past_end(listing: Listing, answer: Exchange, count: int, number: int) -> None:
    """A page behind the last one has no items, and still tells rightly of the list."""
    if answer.status >= 400 or rows(listing, answer):
        raise Violation("a page past the end must be a page without items", answer)
    report = listing.report
    told = (
        (report.total, count),
        (report.page, number),
        (report.first, 0),
        (report.last, 0),
        (report.has_next, False),
        (report.has_previous, True),
    )
    for paths, expected in told:
        for path in paths:
            if pointer.value(answer.data, path) != expected:
                raise Violation(f"{pointer.join(path)} must be {expected!r} past the end", answer)


def _foreign(trial: Trial, operation: Operation) -> None:
    paging = listing_of(operation).paging
    for cursor in ("x", "bm90IGEgY3Vyc29y", "%00", "0" * 200, "eyJ2IjoxfQ=="):
        answer = trial.send(operation.id, query={paging.cursor or "": cursor})
        if answer.status != paging.refuse:
            raise Violation(
                f"a cursor that was never given out must be refused with {paging.refuse}", answer
            )
        trial.fire(cursor)


def _bound(trial: Trial, operation: Operation) -> None:
    paging = listing_of(operation).paging
    for asked, other, persona in _elsewhere(trial, operation):
        cursor = _second(trial, operation, asked)
        if cursor is None:
            continue
        query = {**other, paging.cursor or "": cursor}
        answer = trial.send(operation.id, query=query, persona=persona)
        if answer.status != paging.refuse:
            raise Violation(
                f"a cursor given for {asked or 'the whole list'} must be refused with "
                f"{paging.refuse} for {persona.name if persona else other or 'the whole list'}",
                answer,
            )
        trial.fire(asked, other, persona)


def _elsewhere(trial: Trial, operation: Operation) -> Iterator[tuple[Asked, Asked, Persona | None]]:
    """Where a cursor was given, and where it is not good: what was asked, and by whom."""
    paging = listing_of(operation).paging
    parts = list(narrowings(trial, operation))
    if "filters" in paging.bound:
        yield from ((asked, other, None) for asked, other in permutations(parts, 2))
    if "order" in paging.bound:
        orders = [query for query, _, _ in asked_orders(trial, operation)]
        trial.random.shuffle(orders)
        yield from ((one, other, None) for one, other in pairwise(orders[:4]))
    if "scope" in paging.bound:
        yield from (({}, {}, persona) for persona in trial.subject.others)


def _second(trial: Trial, operation: Operation, asked: Asked) -> Any:
    """The cursor of the second page; None where there is just one."""
    paging = listing_of(operation).paging
    page = trial.good(operation.id, query={**asked, paging.size: 2})
    return pointer.value(page.data, paging.next or ())


def _size_is_free(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    paging = listing.paging
    for asked in narrowings(trial, operation):
        cursor = _second(trial, operation, asked)
        if cursor is None:
            continue
        query: Mapping[str, Any] = {**asked, paging.cursor or "": cursor}
        many = trial.good(operation.id, query={**query, paging.size: 9})
        for size in (1, 3, 5):
            few = trial.good(operation.id, query={**query, paging.size: size})
            if rows(listing, few) != rows(listing, many)[:size]:
                raise Violation("a cursor leads elsewhere with another page size", few, many)
            trial.fire(asked, size)


def _back(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    paging = listing.paging
    for asked in narrowings(trial, operation):
        cut = walk(trial, operation, asked, size=3, most=6)
        for here, there in zip(cut.pages, cut.pages[1:], strict=False):
            cursor = pointer.value(there.data, paging.previous or ())
            if cursor is None:
                raise Violation("a page that follows another has no previous one", here, there)
            query: Mapping[str, Any] = {**asked, paging.size: 3, paging.cursor or "": cursor}
            back = trial.good(operation.id, query=query)
            if rows(listing, back) != rows(listing, here):
                raise Violation("`previous` does not come back to the same page", here, back)
            trial.fire(asked, cursor)


_COMMON: tuple[tuple[str, str, Check], ...] = (
    ("same-whole", "Pages of every size join to the same list.", _same_whole),
    ("no-duplicates", "No item stands on two pages of one walk.", _no_duplicates),
    ("full-pages", "Every page but the last is full, and none is overfull.", _full_pages),
    ("ends", "The last page is known as the last, and no empty page follows.", _ends),
    ("repeatable", "The same request for a page answers the same page.", _repeatable),
    ("empty", "A list without items has total 0 and no next page.", _empty),
)
_RULED: tuple[tuple[str, str, Check], ...] = (
    ("bounds", "A page size outside its bounds is refused.", _bounds),
)
_NUMBERS: tuple[tuple[str, str, Check], ...] = (
    ("numbers", "Pages are counted from 1, and a number that is none is refused.", _numbers),
    ("past-end", "A page past the end is empty, or refused, as the contract says.", _past_end),
)
_CURSORS: tuple[tuple[str, str, Check], ...] = (
    ("foreign-cursor", "A cursor that was never given out is refused.", _foreign),
    ("bound-cursor", "A cursor is good for what it was given for alone.", _bound),
    ("cursor-any-size", "A cursor leads to the same place with any page size.", _size_is_free),
)
_PREVIOUS: tuple[str, str, Check] = (
    "back",
    "`previous` of a page comes back to the page before it.",
    _back,
)
