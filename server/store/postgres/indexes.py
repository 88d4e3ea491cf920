"""The indexes: of what a listing filters and orders by, what is due, and what handlers find by.

A collection that has any is kept apart, so that what is written elsewhere does not look at them.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from ....specs.clauses import Order
from ....specs.contract import Contract
from ....specs.members import resolved_member
from ....specs.operation import Operation
from ....specs.pointer import Path
from ...values import kind_of
from .fields import Field, quoted
from .transaction import Transaction

_PREFIX, _PART = "understudy_of_", "understudy_documents_of_"
_KNOWN = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
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


def bring(transaction: Transaction, contract: Contract, found_by: Mapping[str, str]) -> None:
    """Make those that the contract asks for, and its handlers, and that are not there."""
    known = {name for (name,) in transaction.rows(_KNOWN)}
    for collection, indexes in _wanted(contract, found_by).items():
        part = _PART + _digest(f"{contract.name} {collection}")
        if part not in known:
            transaction.script(_made(part, contract.name, collection))
        for what in indexes:
            name = _PREFIX + _digest(f"{what} {part}")
            if name not in known:
                transaction.change(f"CREATE INDEX {name} ON {part} {what}")


def _made(part: str, contract: str, collection: str) -> str:
    """What makes a collection's own part of the documents, with those that are there."""
    names = {"contract": contract, "collection": collection, "end": f"{collection}\x01"}
    return _MAKE.format(part=part, **{name: quoted(text) for name, text in names.items()})


def _wanted(contract: Contract, found_by: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """What is indexed, by collection."""
    wanted: dict[tuple[str, Path], tuple[Path, ...]] = {}
    for operation in contract.operations.values():
        listing = operation.listing
        if listing is not None:
            for field in (*_filtered(operation), *_ordered(contract, operation, listing.order)):
                ties = tuple(tie for tie in listing.order.ties if tie != field)
                wanted.setdefault((listing.collection, field), ties)
    for collection in contract.collections.values():
        due = [timer.at for timer in collection.timers]
        for at in (*due, *([collection.live_until] if collection.live_until else ())):
            wanted.setdefault((collection.name, at), ())
    for name, member in found_by.items():
        wanted.setdefault((name, (member,)), ())
    found: dict[str, list[str]] = {}
    for (name, field), ties in wanted.items():
        if kind_of(contract.field_schema(name, field)) != "boolean":  # half of all is no help
            found.setdefault(name, []).append(_columns(contract, name, (field, *ties)))
    return found


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
