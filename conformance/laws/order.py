"""Laws of `order` and `report`: a listing comes in the order asked for, and says what it shows."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.members import resolved_member
from ...specs.operation import Operation
from ..law import Law, Violation
from ..orders import asked_orders
from ..sample import is_shown, narrowings
from ..trial import Trial
from ..values import Ordering
from ..walk import Walk, default_size, keys, listing_of, walk

Check = Callable[[Trial, Operation], None]


def laws(contract: Contract) -> Iterator[Law]:
    """The laws of every listing's order and report."""
    for operation in contract.operations.values():
        if operation.listing is None:
            continue
        order, report = operation.listing.order, operation.listing.report
        for id_, claim, check in _ORDER:
            yield Law(
                id=f"order.{id_}",
                claim=claim,
                operation=operation.id,
                pointer=order.pointer,
                basis=operation.basis if id_ in _DOCUMENTED else order.basis,
                effect="reads",
                check=_bound(check, operation),
            )
        if order.by is not None:
            for id_, claim, check in _ASKED:
                yield Law(
                    id=f"order.{id_}",
                    claim=claim,
                    operation=operation.id,
                    pointer=order.pointer,
                    basis=order.basis,
                    effect="reads",
                    check=_bound(check, operation),
                )
        for member, claim, check_report in _REPORTS:
            if getattr(report, member):
                yield Law(
                    id=f"report.{member.replace('_', '-')}",
                    claim=claim,
                    operation=operation.id,
                    pointer=report.pointer,
                    basis=report.basis,
                    effect="reads",
                    check=_bound(check_report, operation),
                )


_DOCUMENTED = ("monotone", "permutation")


def _bound(check: Check, operation: Operation) -> Callable[[Trial], None]:
    return lambda trial: check(trial, operation)


def ordering(trial: Trial, operation: Operation, name: str, *, descending: bool) -> Ordering:
    """The order by the field of that name, ties included."""
    listing = listing_of(operation)
    field = listing.order.fields.get(name, (name,))
    schema = trial.contract.field_schema(listing.collection, field)
    ties = tuple(
        (tie, trial.contract.field_schema(listing.collection, tie)) for tie in listing.order.ties
    )
    return Ordering(field, schema, descending=descending, nulls=listing.order.nulls, ties=ties)


def _walks(
    trial: Trial, operation: Operation
) -> Iterator[tuple[Mapping[str, Any], str, bool, Walk]]:
    """A walk in each order whose field the items show."""
    listing = listing_of(operation)
    for query, name, descending in asked_orders(trial, operation):
        field = listing.order.fields.get(name, (name,))
        if is_shown(trial.contract, operation, field):
            yield query, name, descending, walk(trial, operation, query)


def _monotone(trial: Trial, operation: Operation) -> None:
    order = listing_of(operation).order
    if order.by is None:
        _fixed(trial, operation)
        return
    for query, name, descending, found in _walks(trial, operation):
        by = ordering(trial, operation, name, descending=descending)
        for one, other in zip(found.items, found.items[1:], strict=False):
            if by.compare_field(one, other) > 0:
                raise Violation(
                    f"{query} puts {_shown(trial, operation, name, one)} before "
                    f"{_shown(trial, operation, name, other)}",
                    *found.pages[:2],
                )
        if len(found.items) > 1:
            trial.fire(query)


def _fixed(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for asked in narrowings(trial, operation):
        found = walk(trial, operation, asked)
        for field, descending in listing.order.fixed[:1]:
            schema = trial.contract.field_schema(listing.collection, field)
            by = Ordering(field, schema, descending=descending, nulls=listing.order.nulls)
            for number, (one, other) in enumerate(zip(found.items, found.items[1:], strict=False)):
                if by.compare_field(one, other) > 0:
                    raise Violation(
                        f"{pointer.value(one, field)} comes before {pointer.value(other, field)}",
                        *found.pages[:2],
                    )
                trial.fire(asked, number)


def _shown(trial: Trial, operation: Operation, name: str, item: Mapping[str, Any]) -> str:
    listing = listing_of(operation)
    path = trial.contract.collections[listing.collection].key
    field = listing.order.fields.get(name, (name,))
    return f"{pointer.value(item, field)!r} ({pointer.value(item, path)})"


def _ties(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    if listing.order.by is None:
        _fixed_ties(trial, operation)
        return
    for query, name, descending, found in _walks(trial, operation):
        by = ordering(trial, operation, name, descending=descending)
        for one, other in zip(found.items, found.items[1:], strict=False):
            if by.compare_field(one, other) == 0:
                if by.compare(one, other) > 0:
                    raise Violation(
                        f"{query} breaks a tie the wrong way: "
                        f"{_shown(trial, operation, name, one)} before "
                        f"{_shown(trial, operation, name, other)}",
                        *found.pages[:2],
                    )
                trial.fire(query)


def _fixed_ties(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    found = walk(trial, operation)
    fields = [field for field, _ in listing.order.fixed]
    for one, other in zip(found.items, found.items[1:], strict=False):
        if all(pointer.value(one, f) == pointer.value(other, f) for f in fields):
            tie = listing.order.ties[0]
            left, right = pointer.value(one, tie), pointer.value(other, tie)
            if left > right:
                raise Violation(f"a tie puts {left} before {right}", *found.pages[:2])
            trial.fire(left, right)


def _permutation(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    whole = sorted(map(repr, keys(trial, listing, walk(trial, operation).items)))
    for query, _, _ in asked_orders(trial, operation) or [({}, "", False)]:
        found = walk(trial, operation, query)
        if sorted(map(repr, keys(trial, listing, found.items))) != whole:
            raise Violation(f"{query} shows other items than the list does", found.pages[0])
        trial.fire(query)
    if listing.order.by is None:
        for key in whole[:3]:
            trial.fire(key)


def _default(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    order = listing.order
    defaults: dict[str, Any] = {}
    for name in (order.by, order.direction.parameter if order.direction else None):
        parameter = next((p for p in operation.parameters if p.name == name), None)
        schema = resolved_member(trial.contract.document, parameter.schema) if parameter else {}
        if parameter is not None and "default" in schema:
            defaults[parameter.name] = schema["default"]
    if order.by not in defaults:
        trial.reason = "the contract names no default order"
        return
    for asked in narrowings(trial, operation):
        plain = walk(trial, operation, asked)
        said = walk(trial, operation, {**asked, **defaults})
        if keys(trial, listing, plain.items) != keys(trial, listing, said.items):
            raise Violation(
                f"without an order the list is not in the default one, {defaults}",
                plain.pages[0],
                said.pages[0],
            )
        trial.fire(asked)


def _unknown(trial: Trial, operation: Operation) -> None:
    by = listing_of(operation).order.by
    for name in ("understudy_unknown", "", "-", "Id;drop"):
        answer = trial.send(operation.id, query={by or "": name})
        if answer.status < 400:
            raise Violation(f"the unknown order {name!r} was accepted", answer)
        trial.fire(name)


def _reports(path_of: str, claim: Callable[[Trial, Operation, Walk, int, int], Any]) -> Check:
    """A check that each page reports what `claim` computes for it."""

    def check(trial: Trial, operation: Operation) -> None:
        paths = getattr(listing_of(operation).report, path_of)
        for asked in narrowings(trial, operation):
            for size in (2, 5, default_size(trial, operation)):
                found = walk(trial, operation, asked, size=size)
                for number, page in enumerate(found.pages):
                    expected = claim(trial, operation, found, number, size or 0)
                    for path in paths:
                        told = pointer.value(page.data, path)
                        if told != expected:
                            raise Violation(
                                f"{pointer.join(path)} is {told!r} where {expected!r} is right",
                                page,
                            )
                if found.is_whole and found.items:
                    trial.fire(asked, size)

    return check


def _total(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> int:
    return len(found.items)


def _pages(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> int:
    return -(-len(found.items) // size)


def _page(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> int:
    return number + 1


def _size(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> int:
    return size


def _first(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> int:
    return sum(found.sizes[:number]) + 1 if found.sizes[number] else 0


def _last(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> int:
    return sum(found.sizes[: number + 1]) if found.sizes[number] else 0


def _has_next(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> bool:
    return number + 1 < len(found.pages)


def _has_previous(trial: Trial, operation: Operation, found: Walk, number: int, size: int) -> bool:
    return number > 0


def _order_told(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    for query, name, _ in asked_orders(trial, operation):
        page = trial.good(operation.id, query=query)
        for path in listing.report.order:
            if pointer.value(page.data, path) != name:
                raise Violation(f"{pointer.join(path)} does not say {name}", page)
        trial.fire(query)


def _direction_told(trial: Trial, operation: Operation) -> None:
    listing = listing_of(operation)
    direction = listing.order.direction
    if direction is None:
        return
    for query, _, descending in asked_orders(trial, operation):
        page = trial.good(operation.id, query=query)
        expected = direction.desc if descending else direction.asc
        for path in listing.report.direction:
            if pointer.value(page.data, path) != expected:
                raise Violation(f"{pointer.join(path)} does not say {expected}", page)
        trial.fire(query)


_ORDER: tuple[tuple[str, str, Check], ...] = (
    ("monotone", "No item comes before one that its order puts first.", _monotone),
    ("ties", "Items that are equal in the order come by their tie breakers.", _ties),
    ("permutation", "Every order shows the same items.", _permutation),
)
_ASKED: tuple[tuple[str, str, Check], ...] = (
    ("default", "Without an order the default holds.", _default),
    ("unknown", "An order that is not documented is refused.", _unknown),
)
_REPORTS: tuple[tuple[str, str, Check], ...] = (
    ("total", "The total is the number of items on all pages.", _reports("total", _total)),
    ("pages", "The number of pages is told rightly.", _reports("pages", _pages)),
    ("page", "Each page tells its number.", _reports("page", _page)),
    ("size", "Each page tells the size asked for.", _reports("size", _size)),
    ("first", "Each page tells where it begins.", _reports("first", _first)),
    ("last", "Each page tells where it ends.", _reports("last", _last)),
    ("has_next", "Each page tells whether one follows.", _reports("has_next", _has_next)),
    (
        "has_previous",
        "Each page tells whether one comes before.",
        _reports("has_previous", _has_previous),
    ),
    ("order", "The answer tells the order in force.", _order_told),
    ("direction", "The answer tells the direction in force.", _direction_told),
)
