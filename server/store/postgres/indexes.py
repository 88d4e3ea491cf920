"""The indexes: of what a listing filters and orders by, what is due, and what handlers find by.

A collection that may have any is kept apart: what is written elsewhere does not look at them.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from ....specs.clauses import Order
from ....specs.contract import Contract
from ....specs.members import resolved_member
from ....specs.operation import Operation
from ....specs.pointer import Path
from ...values import kind_of
from ..query import Query
from .fields import Field, quoted
from .transaction import Transaction

_PREFIX, _PART = "understudy_of_", "understudy_documents_of_"
_KNOWN = """
SELECT relname FROM pg_class LEFT JOIN pg_index ON indexrelid = pg_class.oid
WHERE relnamespace = current_schema()::regnamespace AND indisvalid IS NOT FALSE
"""
_MAKE = """
CREATE TABLE {part} (LIKE understudy_documents INCLUDING DEFAULTS INCLUDING STORAGE)
    WITH (toast_tuple_target = 8160);
WITH gone AS (
    DELETE FROM understudy_documents
    WHERE contract = {contract} AND collection = {collection} RETURNING *
)
INSERT INTO {part} SELECT * FROM gone;
ALTER TABLE understudy_documents ATTACH PARTITION {part}
    FOR VALUES FROM ({contract}, {collection}) TO ({contract}, {end});
"""
_PLACED = ("eq", "in", "gt", "gte", "lt", "lte")
"""The operators for which an index has a place; it has none for null and for parts of texts."""
Listed = tuple[str, str, Path]
"""A field that a listing filters or orders by, of a contract's collection."""


class Index(NamedTuple):
    """An index of a collection's part of the documents, and what it is of, in SQL."""

    part: str
    what: str

    @property
    def name(self) -> str:
        """Its name, and that of no other."""
        return _PREFIX + _digest(f"{self.what} {self.part}")


def bring(
    transaction: Transaction, contract: Contract, found_by: Mapping[str, str]
) -> Mapping[Listed, Index]:
    """Make those that the contract's timers and its handlers ask for, where they are not there.

    It gives those that listings may ask for and that are not there either.
    """
    known = {name for (name,) in transaction.rows(_KNOWN)}
    always = {*_due(contract), *((name, (member,)) for name, member in found_by.items())}
    missing = {}
    for (collection, field), index in _wanted(contract, always).items():
        if index.part not in known:
            known.add(index.part)
            transaction.script(_made(index.part, contract.name, collection))
        if index.name in known:
            continue
        if (collection, field) in always:
            # One that was left half made may be in the way.
            transaction.change(f"DROP INDEX IF EXISTS {index.name}")
            transaction.change(f"CREATE INDEX {index.name} ON {index.part} {index.what}")
        else:
            missing[contract.name, collection, field] = index
    return missing


def asked_by(contract: str, query: Query) -> Iterator[Listed]:
    """The fields of which an index may help to answer a query."""
    for condition in query.where:
        if condition.op in _PLACED:
            yield contract, query.collection, condition.field
    if query.order:
        yield contract, query.collection, query.order[0].field


def _made(part: str, contract: str, collection: str) -> str:
    """What makes a collection's own part of the documents, with those that are there."""
    names = {"contract": contract, "collection": collection, "end": f"{collection}\x01"}
    return _MAKE.format(part=part, **{name: quoted(text) for name, text in names.items()})


def _wanted(
    contract: Contract, always: Iterable[tuple[str, Path]]
) -> Mapping[tuple[str, Path], Index]:
    """What may be indexed, by collection and field."""
    wanted: dict[tuple[str, Path], tuple[Path, ...]] = {}
    for operation in contract.operations.values():
        listing = operation.listing
        if listing is not None:
            for field in (*_filtered(operation), *_ordered(contract, operation, listing.order)):
                ties = tuple(tie for tie in listing.order.ties if tie != field)
                wanted.setdefault((listing.collection, field), ties)
    for place in always:
        wanted.setdefault(place, ())
    found = {}
    for (name, field), ties in wanted.items():
        if kind_of(contract.field_schema(name, field)) != "boolean":  # half of all is no help
            part = _PART + _digest(f"{contract.name} {name}")
            found[name, field] = Index(part, _columns(contract, name, (field, *ties)))
    return found


def _due(contract: Contract) -> Iterator[tuple[str, Path]]:
    """What timers and lifetimes look at with each request."""
    for collection in contract.collections.values():
        for timer in collection.timers:
            yield collection.name, timer.at
        if collection.live_until:
            yield collection.name, collection.live_until


def _filtered(operation: Operation) -> Iterator[Path]:
    for parameter in operation.parameters:
        if parameter.filter is not None and parameter.filter.op in _PLACED:
            yield parameter.filter.field


def _ordered(contract: Contract, operation: Operation, order: Order) -> Iterator[Path]:
    """What the listing can be ordered by first, as its parameter enumerates it."""
    if order.fixed:
        yield order.fixed[0][0]
        return
    for parameter in operation.parameters:
        if parameter.name == order.by:
            schema = resolved_member(contract.document, parameter.schema)
            if schema.get("type") == "array":
                schema = resolved_member(contract.document, schema.get("items", {}))
            for name in schema.get("enum", ()):
                plain = str(name).removeprefix(order.descending or "")
                yield order.fields.get(plain, (plain,))


def _columns(contract: Contract, collection: str, fields: tuple[Path, ...]) -> str:
    columns = []
    for field in fields:
        kind = kind_of(contract.field_schema(collection, field))
        columns.append(f"({Field.of(field, kind).sorted_by[0]})")
    return f"(sandbox, {', '.join(columns)}, number) WHERE number > 0"


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()
