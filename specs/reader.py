"""Reads a document into operations and clauses, and collects all that is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import form, pointer
from .clauses import Basis, Collection, Filter
from .document import Document
from .errors import Finding, did_you_mean
from .operation import Body, Operation, Parameter, Response, Security
from .parse import Clauses
from .vocabulary import misspelt
from .walk import METHODS

EXTENSION = "x-understudy"
_TEMPLATED = re.compile(r"\{([^{}]*)\}")


class Reader:
    """One reading of one document; `findings` grows as it goes."""

    def __init__(self, source: Document) -> None:
        self._source = source
        self._document: Mapping[str, Any] = source.data
        self.findings: list[Finding] = []

    def read(self) -> tuple[dict[str, Operation], dict[str, Collection], Basis]:
        """Operations by id, collections by name, the document's own basis.

        ContractError at once where the form is so broken that nothing more can be read.
        """
        form.check(self._source)
        root = self._clause(self._document, "", "root")
        clauses = Clauses(self._document)
        collections = {
            name: clauses.collection(
                name, clause, f"/{EXTENSION}/collections/{name}", clauses.basis(root)
            )
            for name, clause in root.get("collections", {}).items()
        }
        for collection in collections.values():
            self._check_collection(collection)
        operations = self._operations(clauses)
        for operation in operations.values():
            self._check_clauses(operation, collections)
        self._check_elsewhere()
        return operations, collections, clauses.basis(root)

    def _find(self, at: str, message: str) -> None:
        self.findings.append(self._source.finding(at, message))

    def _resolve(self, node: Any, at: str) -> tuple[Any, str]:
        """What `node` stands for, and where that stands; references are known to be sound."""
        while "$ref" in node:
            at = node["$ref"].removeprefix("#")
            node = pointer.get(self._document, pointer.split(at))
        return node, at

    def _clause(self, node: Mapping[str, Any], at: str, kind: str) -> Mapping[str, Any]:
        """The `x-understudy` of `node`; empty when it is absent or malformed, which is found."""
        clause: Mapping[str, Any] = node.get(EXTENSION, {})
        found = list(misspelt(clause, kind))
        for path, message in found:
            self._find(f"{at}/{EXTENSION}{pointer.join(path)}", message)
        return {} if found else clause

    def _check_collection(self, collection: Collection) -> None:
        known = self._document.get("components", {}).get("schemas", {})
        if collection.schema not in known:
            self._find(
                f"{collection.pointer}/schema",
                f'there is no schema "{collection.schema}" in components/schemas.'
                + did_you_mean(collection.schema, known),
            )
        if collection.scope is not None:
            self._check_scheme(collection.scope.security, f"{collection.pointer}/scope/security")

    def _check_scheme(self, name: str, at: str) -> None:
        known = self._document.get("components", {}).get("securitySchemes", {})
        if name not in known:
            self._find(at, f'there is no security scheme "{name}".' + did_you_mean(name, known))

    def _operations(self, clauses: Clauses) -> dict[str, Operation]:
        operations: dict[str, Operation] = {}
        for path, item in self._document["paths"].items():
            if path.startswith("x-"):
                continue
            at = pointer.join(("paths", path))
            if "$ref" in item:
                self._find(f"{at}/$ref", "a path by reference is not read: write it out here")
            for method in METHODS:
                if method not in item:
                    continue
                operation = self._operation(clauses, path, method, item, f"{at}/{method}")
                if operation is None:
                    continue
                if operation.id in operations:
                    self._find(
                        f"{operation.pointer}/operationId",
                        f'"{operation.id}" is the operationId of another operation as well, '
                        f"on line {self._source.line(operations[operation.id].pointer)}",
                    )
                operations[operation.id] = operation
        return operations

    def _operation(
        self, clauses: Clauses, path: str, method: str, item: Mapping[str, Any], at: str
    ) -> Operation | None:
        node = item[method]
        if "operationId" not in node:
            self._find(at, 'needs the member "operationId": operations are known by it')
            return None
        clause = self._clause(node, at, "operation")
        place = f"{at}/{EXTENSION}"
        basis = clauses.basis(clause)
        return Operation(
            id=node["operationId"],
            method=method,
            path=path,
            tags=tuple(node.get("tags", ())),
            parameters=tuple(self._parameters(clauses, item, node, at, basis)),
            body=self._body(node, at),
            responses=dict(self._responses(clauses, node, at, basis)),
            security=self._security(node, at),
            listing=clauses.listing(clause["listing"], f"{place}/listing", basis)
            if "listing" in clause
            else None,
            resource=clauses.resource(clause["resource"], f"{place}/resource", basis)
            if "resource" in clause
            else None,
            transition=clauses.transition(clause["transition"], f"{place}/transition", basis)
            if "transition" in clause
            else None,
            basis=basis,
            pointer=at,
        )

    def _parameters(
        self,
        clauses: Clauses,
        item: Mapping[str, Any],
        node: Mapping[str, Any],
        at: str,
        basis: Basis,
    ) -> Iterator[Parameter]:
        """The operation's parameters; its own stand in for those of the path with their name."""
        found: dict[tuple[str, str], Parameter] = {}
        above = at.rpartition("/")[0]
        for where, owner in ((above, item), (at, node)):
            for index, entry in enumerate(owner.get("parameters", ())):
                parameter, place = self._resolve(entry, f"{where}/parameters/{index}")
                if "schema" not in parameter:
                    self._find(place, "only a parameter with a `schema` can be read, not `content`")
                    continue
                clause = self._clause(parameter, place, "parameter")
                filter_: Filter | None = None
                if "filter" in clause:
                    filter_ = clauses.filter(
                        clause["filter"],
                        f"{place}/{EXTENSION}/filter",
                        clauses.basis(clause, basis),
                    )
                usual = "form" if parameter["in"] in ("query", "cookie") else "simple"
                style = parameter.get("style", usual)
                found[parameter["in"], parameter["name"]] = Parameter(
                    name=parameter["name"],
                    location=parameter["in"],
                    required=bool(parameter.get("required", False)),
                    schema=parameter["schema"],
                    explode=bool(parameter.get("explode", style == "form")),
                    filter=filter_,
                    basis=clauses.basis(clause, basis),
                    pointer=place,
                )
        yield from found.values()

    def _body(self, node: Mapping[str, Any], at: str) -> Body | None:
        if "requestBody" not in node:
            return None
        body, place = self._resolve(node["requestBody"], f"{at}/requestBody")
        return Body(bool(body.get("required", False)), self._content(body), place)

    @staticmethod
    def _content(node: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        return {name: media.get("schema", {}) for name, media in node.get("content", {}).items()}

    def _responses(
        self, clauses: Clauses, node: Mapping[str, Any], at: str, basis: Basis
    ) -> Iterator[tuple[str, Response]]:
        for status, entry in node.get("responses", {}).items():
            if status.startswith("x-"):
                continue
            answer, place = self._resolve(entry, f"{at}/responses/{status}")
            clause = self._clause(answer, place, "elsewhere")
            headers = {
                name: self._resolve(header, place)[0].get("schema", {})
                for name, header in answer.get("headers", {}).items()
            }
            yield (
                status,
                Response(
                    status=status,
                    content=self._content(answer),
                    examples={
                        name: self._examples(m) for name, m in answer.get("content", {}).items()
                    },
                    headers=headers,
                    links=answer.get("links", {}),
                    basis=clauses.basis(clause, basis),
                    pointer=place,
                ),
            )

    def _examples(self, media: Mapping[str, Any]) -> tuple[Any, ...]:
        if "example" in media:
            return (media["example"],)
        named = (self._resolve(entry, "")[0] for entry in media.get("examples", {}).values())
        return tuple(entry["value"] for entry in named if "value" in entry)

    def _security(self, node: Mapping[str, Any], at: str) -> Security:
        owner, place = (node, at) if "security" in node else (self._document, "")
        alternatives: Sequence[Mapping[str, Sequence[str]]] = owner.get("security", ())
        for index, alternative in enumerate(alternatives):
            for name in alternative:
                self._check_scheme(name, f"{place}/security/{index}")
        return tuple(
            tuple((name, tuple(scopes)) for name, scopes in alternative.items())
            for alternative in alternatives
        )

    def _check_clauses(self, operation: Operation, collections: Mapping[str, Collection]) -> None:
        """The clauses name collections and parameters that exist."""
        query = {p.name for p in operation.parameters if p.location == "query"}
        for clause in (operation.listing, operation.resource):
            if clause is not None and clause.collection not in collections:
                self._find(
                    f"{clause.pointer}/collection",
                    f'there is no collection "{clause.collection}".'
                    + did_you_mean(clause.collection, collections),
                )
        if operation.listing is not None:
            paging, order = operation.listing.paging, operation.listing.order
            direction = order.direction.parameter if order.direction else None
            for name, at in (
                (paging.page, f"{paging.pointer}/page"),
                (paging.cursor, f"{paging.pointer}/cursor"),
                (paging.size, f"{paging.pointer}/size"),
                (order.by, f"{order.pointer}/by"),
                (direction, f"{order.pointer}/direction/parameter"),
            ):
                if name is not None and name not in query:
                    self._find(
                        at, f'there is no query parameter "{name}".' + did_you_mean(name, query)
                    )
        key = operation.resource.key if operation.resource else None
        names = _TEMPLATED.findall(operation.path)
        if key is not None and key.location == "path" and key.name not in names:
            self._find(
                f"{operation.pointer}/{EXTENSION}/resource/key/path",
                f'the path has no parameter "{key.name}".' + did_you_mean(key.name, names),
            )

    def _check_elsewhere(self) -> None:
        """`x-understudy` in any other place says only its basis."""
        for part in self._source.parts:
            own = part.kind in ("document", "operation", "parameter", "response")
            if EXTENSION in part.node and not own and part.reference is None:
                self._clause(part.node, part.pointer, "elsewhere")
            elif EXTENSION in part.node and part.kind in ("parameter", "response"):
                # One in components that no operation uses is read by nobody else.
                kind = "parameter" if part.kind == "parameter" else "elsewhere"
                self._clause(part.node, part.pointer, kind)
