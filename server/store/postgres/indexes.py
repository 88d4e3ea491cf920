"""The indexes that clauses ask for: of what a listing filters and orders by, and of what is due."""

from collections.abc import Iterator
from hashlib import blake2b

from ....specs.clauses import Order
from ....specs.contract import Contract
from ....specs.members import resolved_member
from ....specs.operation import Operation
from ....specs.pointer import Path
from ...values import kind_of
from .fields import Field, quoted
from .transaction import Transaction

_PREFIX = "understudy_of_"
_PLACED = ("eq", "in", "gt", "gte", "lt", "lte")
"""The operators for which an index has a place; it has none for null and for parts of texts."""


def bring(transaction: Transaction, contract: Contract) -> None:
    """Make those that the contract asks for and that are not there."""
    sql = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    known = {name for (name,) in transaction.rows(sql)}
    for name, statement in _wanted(contract):
        if name not in known:
            transaction.change(statement)


def _wanted(contract: Contract) -> Iterator[tuple[str, str]]:
    """Each with the statement that makes it."""
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
    for (name, field), ties in wanted.items():
        if kind_of(contract.field_schema(name, field)) != "boolean":  # half of all is no help
            yield _index(contract, name, (field, *ties))


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


def _index(contract: Contract, collection: str, fields: tuple[Path, ...]) -> tuple[str, str]:
    columns = []
    for field in fields:
        kind = kind_of(contract.field_schema(collection, field))
        columns.append(f"({Field(field, kind).sorted_by[0]})")
    what = f"(sandbox, {', '.join(columns)}, number)"
    where = f"contract = {quoted(contract.name)} AND collection = {quoted(collection)}"
    name = _PREFIX + blake2b(f"{what} {where}".encode(), digest_size=12).hexdigest()
    return name, f"CREATE INDEX {name} ON understudy_documents {what} WHERE {where}"
