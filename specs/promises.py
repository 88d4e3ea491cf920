"""Whether what the clauses name is there: fields, parameters, statuses, and values that fit."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import pointer
from .clauses import Collection, Filter, Listing, Resource, Transition
from .errors import Finding, did_you_mean
from .explain import defects, shown
from .members import resolve
from .operation import Operation, Parameter
from .pointer import Path
from .targets import Target, look

if TYPE_CHECKING:
    from .contract import Contract

_REPORT_MEMBERS = (
    *("total", "pages", "page", "size", "order", "direction", "first", "last"),
    *("has_next", "has_previous"),
)


def findings(contract: "Contract") -> Sequence[Finding]:
    """What the clauses of `contract` name and its document does not have."""
    checker = _Checker(contract)
    for collection in contract.collections.values():
        checker.collection(collection)
    for operation in contract.operations.values():
        checker.operation(operation)
    return checker.found


class _Checker:
    def __init__(self, contract: "Contract") -> None:
        self._contract = contract
        self._document = contract.document
        self.found: list[Finding] = []

    def collection(self, clause: Collection) -> None:
        at, schema = clause.pointer, self._stored(clause.name)
        if schema is None:
            return
        self._field(schema, clause.key, f"{at}/key")
        if clause.scope is not None:
            self._field(schema, clause.scope.field, f"{at}/scope/field")
        for path, member in (
            (clause.soft_delete, "soft-delete"),
            (clause.live_until, "live-until"),
        ):
            if path is not None:
                self._moment(schema, path, f"{at}/{member}")
        for timer in clause.timers:
            self._moment(schema, timer.at, f"{timer.pointer}/at")
            self._allowed(schema, timer.when, f"{timer.pointer}/when")
            self._values(schema, timer.set, f"{timer.pointer}/set")

    def operation(self, operation: Operation) -> None:
        if operation.listing is not None:
            self._listing(operation, operation.listing)
        for parameter in operation.parameters:
            if parameter.filter is not None:
                self._filter(operation, parameter, parameter.filter)
        if operation.resource is not None:
            self._resource(operation, operation.resource)
            if operation.transition is not None:
                self._transition(operation, operation.resource, operation.transition)

    def _listing(self, operation: Operation, clause: Listing) -> None:
        at, answers = clause.pointer, self._answers(operation)
        items = self._field(answers, clause.items, f"{at}/items")
        if items.schemas and not items.has("type", "array"):
            self._find(f"{at}/items", "is no array in the answer's schema")
        paging = clause.paging
        for path, member in ((paging.next, "next"), (paging.previous, "previous")):
            if path is not None:
                self._field(answers, path, f"{paging.pointer}/{member}")
        self._status(operation, paging.refuse, f"{paging.pointer}/refuse")
        for name in _REPORT_MEMBERS:
            member = name.replace("_", "-")
            for index, path in enumerate(getattr(clause.report, name)):
                self._field(answers, path, f"{at}/report/{member}/{index}")
        schema = self._stored(clause.collection)
        if schema is not None:
            for index, where in enumerate(clause.where):
                self._field(schema, where.field, f"{at}/where/{index}/field")
            self._order(operation, clause, schema)

    def _order(self, operation: Operation, listing: Listing, schema: Mapping[str, Any]) -> None:
        order, at = listing.order, listing.order.pointer
        for index, path in enumerate(order.ties):
            self._field(schema, path, f"{at}/ties/{index}")
        for index, (path, _) in enumerate(order.fixed):
            self._field(schema, path, f"{at}/fixed/{index}")
        for name, path in order.fields.items():
            self._field(schema, path, f"{at}/fields{pointer.join((name,))}")
        if order.direction is not None:
            direction = _named(operation, order.direction.parameter)
            for member in ("asc", "desc"):
                if direction is not None:
                    value = getattr(order.direction, member)
                    self._fits((direction.schema,), value, f"{at}/direction/{member}")
        self._names(operation, listing, schema)

    def _names(self, operation: Operation, listing: Listing, schema: Mapping[str, Any]) -> None:
        """The names that the order's parameter allows are fields, and the fields are allowed."""
        order, at = listing.order, listing.order.pointer
        by = _named(operation, order.by)
        names = self._sortable(by, order.descending) if by is not None else ()
        for name in names:
            if name not in order.fields:
                self._field(schema, (name,), f"{at}/by", f'the order "{name}": ')
        for name in order.fields:
            if names and name not in names:
                message = f'the parameter "{order.by}" does not allow "{name}".'
                place = f"{at}/fields{pointer.join((name,))}"
                self._find(place, message + did_you_mean(name, names))

    def _sortable(self, parameter: Parameter, descending: str | None) -> Sequence[str]:
        schema = resolve(self._document, parameter.schema)
        schema = resolve(self._document, schema.get("items", schema))
        names = (str(name) for name in schema.get("enum", ()) if name is not None)
        return tuple(dict.fromkeys(name.removeprefix(descending or "") for name in names))

    def _filter(self, operation: Operation, parameter: Parameter, clause: Filter) -> None:
        at = clause.pointer
        if operation.listing is None:
            message = f'nothing obeys it: the operation "{operation.id}" has no listing'
            self._find(at, message)
            return
        schema = self._stored(operation.listing.collection)
        if schema is not None:
            self._field(schema, clause.field, f"{at}/field")
        wanted = {"in": "array", "isnull": "boolean"}.get(clause.op)
        given = resolve(self._document, parameter.schema).get("type")
        if wanted is not None and given not in (wanted, None):
            message = f'"{clause.op}" needs a parameter of type {wanted}, not {given}'
            self._find(f"{at}/op", message)

    def _resource(self, operation: Operation, clause: Resource) -> None:
        at, schema = clause.pointer, self._stored(clause.collection)
        if clause.key is not None and clause.key.location == "body":
            self._field(self._body(operation), clause.key.path, f"{at}/key/body")
        if clause.key is not None and clause.key.location == "cookie":
            self._cookie(operation, clause.key.name, f"{at}/key/cookie")
        if clause.answer is not None:
            self._field(self._answers(operation), clause.answer, f"{at}/answer")
        if clause.once is not None:
            self._field(self._body(operation), clause.once.by, f"{clause.once.pointer}/by")
            self._status(operation, clause.once.refuse, f"{clause.once.pointer}/refuse")
        if schema is not None:
            for index, path in enumerate(clause.stamp):
                self._moment(schema, path, f"{at}/stamp/{index}")

    def _transition(self, operation: Operation, resource: Resource, clause: Transition) -> None:
        at, schema = clause.pointer, self._stored(resource.collection)
        self._status(operation, clause.refuse, f"{at}/refuse")
        if schema is None:
            return
        self._allowed(schema, clause.when, f"{at}/when")
        for index, path in enumerate(clause.stamp):
            self._moment(schema, path, f"{at}/stamp/{index}")
        for number, case in enumerate(clause.cases):
            place = f"{at}/cases/{number}"
            self._values(self._body(operation), case.when_body, f"{place}/if")
            self._values(schema, case.set, f"{place}/set")
            for index, path in enumerate(case.stamp):
                self._moment(schema, path, f"{place}/stamp/{index}")

    def _find(self, at: str, message: str) -> None:
        self.found.append(self._contract.source.finding(at, message))

    def _stored(self, collection: str) -> Mapping[str, Any] | None:
        """The stored schema; None where reading has found it missing already."""
        known = self._document.get("components", {}).get("schemas", {})
        clause = self._contract.collections.get(collection)
        if clause is None or clause.schema not in known:
            return None
        return self._contract.stored_schema(collection)

    @staticmethod
    def _answers(operation: Operation) -> Mapping[str, Any]:
        """A schema that stands for all the good answers."""
        good = [answer for status, answer in operation.responses.items() if status[0] == "2"]
        return {"oneOf": [schema for answer in good for schema in answer.content.values()]}

    @staticmethod
    def _body(operation: Operation) -> Mapping[str, Any]:
        return {"oneOf": list(operation.body.content.values()) if operation.body else []}

    def _field(self, schema: Mapping[str, Any], path: Path, at: str, who: str = "") -> Target:
        if schema == {"oneOf": []}:
            self._find(at, "there is no body for it to point into")
            return Target(())
        target = look(self._document, schema, path)
        if target.wrong:
            self._find(at, who + target.wrong)
        return target

    def _moment(self, schema: Mapping[str, Any], path: Path, at: str) -> None:
        target = self._field(schema, path, at)
        if target.schemas and not target.has("format", "date-time"):
            self._find(at, f"{pointer.join(path)} is no date-time")

    def _allowed(
        self, schema: Mapping[str, Any], when: Mapping[Path, tuple[Any, ...]], at: str
    ) -> None:
        for path, values in when.items():
            place = f"{at}{pointer.join((pointer.join(path),))}"
            target = self._field(schema, path, place)
            for index, value in enumerate(values):
                self._fits(target.schemas, value, f"{place}/{index}")

    def _values(self, schema: Mapping[str, Any], values: Mapping[Path, Any], at: str) -> None:
        for path, value in values.items():
            place = f"{at}{pointer.join((pointer.join(path),))}"
            self._fits(self._field(schema, path, place).schemas, value, place)

    def _fits(self, schemas: Sequence[Mapping[str, Any]], value: Any, at: str) -> None:
        """The value is one that the field, or one of its alternatives, can have."""
        wrong: list[str] = []
        for schema in schemas:
            validator = self._contract.schemas.compile(schema, "stored")
            found = [message for _, message in defects(validator, value)]
            if not found:
                return
            wrong.extend(found)
        if wrong:
            self._find(at, f"{shown(value)} does not fit the schema: it {wrong[0]}")

    def _status(self, operation: Operation, status: int | None, at: str) -> None:
        if status is not None and operation.response(status) is None:
            message = f'the operation "{operation.id}" does not document the answer {status}'
            self._find(at, message)

    def _cookie(self, operation: Operation, name: str, at: str) -> None:
        schemes = self._contract.security_schemes
        used = (schemes.get(scheme, {}) for group in operation.security for scheme, _ in group)
        known = {scheme.get("name") for scheme in used if scheme.get("in") == "cookie"}
        known |= {entry.name for entry in operation.parameters if entry.location == "cookie"}
        if name not in known:
            hint = did_you_mean(name, {entry for entry in known if entry})
            self._find(at, f'there is no cookie parameter "{name}".{hint}')


def _named(operation: Operation, name: str | None) -> Parameter | None:
    query = (entry for entry in operation.parameters if entry.location == "query")
    return next((entry for entry in query if entry.name == name), None)
