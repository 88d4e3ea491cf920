"""Reads a document into operations and clauses, and collects all that is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import yaml

from . import pointer
from .clauses import Basis, Collection, Filter, Listing, Resource, Transition
from .document import Document
from .errors import ContractError, Finding, did_you_mean
from .operation import Body, Operation, Parameter, Response, Security
from .parse import Clauses

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EXTENSION = "x-understudy"


@cache
def _vocabulary() -> Mapping[str, Any]:
    text = files(__package__).joinpath("clauses.yaml").read_text(encoding="utf-8")
    vocabulary: Mapping[str, Any] = yaml.load(text, yaml.CSafeLoader)  # noqa: S506 - our own file
    return vocabulary


@cache
def _form(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/$defs/{kind}", "$defs": _vocabulary()["$defs"]}
    )


class Reader:
    """One reading of one document; `findings` grows as it goes."""

    def __init__(self, source: Document) -> None:
        self._source = source
        self._document: Mapping[str, Any] = source.data
        self.findings: list[Finding] = []

    def read(self) -> tuple[dict[str, Operation], dict[str, Collection], Basis]:
        """Operations by id, collections by name, the document's own basis."""
        self._check_version()
        self._check_references(self._document, ())
        root = self._clause(self._document, "", "root")
        clauses = Clauses(self._document)
        collections = {
            name: clauses.collection(name, clause, f"/{EXTENSION}/collections/{name}")
            for name, clause in root.get("collections", {}).items()
        }
        for collection in collections.values():
            if collection.schema not in self._document.get("components", {}).get("schemas", {}):
                self._find(
                    f"{collection.pointer}/schema",
                    f'there is no schema "{collection.schema}" in components/schemas',
                )
        operations = self._operations(clauses)
        for operation in operations.values():
            self._check_clauses(operation, collections)
        self._check_elsewhere(self._document, ())
        return operations, collections, clauses.basis(root)

    def _find(self, at: str, message: str) -> None:
        self.findings.append(self._source.finding(at, message))

    def _check_version(self) -> None:
        if not isinstance(self._document, Mapping):
            raise ContractError([self._source.finding("", "is no OpenAPI document: not a mapping")])
        version = str(self._document.get("openapi", "missing"))
        if not version.startswith("3.0."):
            message = f"OpenAPI 3.0 is what can be read; here `openapi` is {version}"
            raise ContractError([self._source.finding("/openapi", message)])
        for member in ("paths", "components", "info"):
            if not isinstance(self._document.get(member, {}), Mapping):
                at = f"/{member}"
                raise ContractError([self._source.finding(at, "must be a mapping")])

    def _check_references(self, node: Any, at: tuple[str | int, ...]) -> None:
        """Every `$ref` leads to a place in this document; nothing is fetched."""
        if isinstance(node, Mapping):
            target = node.get("$ref")
            if isinstance(target, str) and at[-1:] not in (("properties",), ("example",)):
                if not target.startswith("#"):
                    self._find(
                        pointer.join(at),
                        f'"{target}" is outside this document: bundle it first, nothing is fetched',
                    )
                elif self._lookup(target) is None:
                    self._find(pointer.join(at), f'"{target}" leads nowhere')
            for key, value in node.items():
                if key not in ("example", "examples", "default", "enum"):
                    self._check_references(value, (*at, key))
        elif isinstance(node, list):
            for index, item in enumerate(node):
                self._check_references(item, (*at, index))
        if not at and self.findings:
            raise ContractError(sorted(self.findings))

    def _lookup(self, reference: str) -> Any:
        try:
            found = pointer.get(self._document, pointer.split(reference[1:]))
        except ValueError:
            return None
        return None if found is pointer.MISSING else found

    def _resolve(self, node: Any, at: str) -> tuple[Any, str]:
        """What `node` stands for, and where that stands."""
        seen: set[str] = set()
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            reference: str = node["$ref"]
            if reference in seen:
                self._find(at, f'"{reference}" refers to itself')
                return {}, at
            seen.add(reference)
            node, at = self._lookup(reference), reference[1:]
        return node, at

    def _clause(self, node: Mapping[str, Any], at: str, kind: str) -> Mapping[str, Any]:
        """The `x-understudy` of `node`; empty when it is absent or malformed, which is found."""
        clause = node.get(EXTENSION, {})
        errors = list(_form(kind).iter_errors(clause))
        for error in errors:
            where = f"{at}/{EXTENSION}" + pointer.join(error.instance_path)
            message = error.message
            if error.kind.name == "additionalProperties":
                known = error.parent_schema.get("properties", {}) if hasattr(error, "parent_schema") else ()
                for name in getattr(error.kind, "unexpected", ()):
                    message = f'there is no clause member "{name}".' + did_you_mean(name, known)
            self._find(where, message)
        if errors or not isinstance(clause, Mapping):
            return {}
        return clause

    def _operations(self, clauses: Clauses) -> dict[str, Operation]:
        operations: dict[str, Operation] = {}
        for path, item in self._document.get("paths", {}).items():
            at = pointer.join(("paths", path))
            if not isinstance(item, Mapping):
                self._find(at, "must be a mapping")
                continue
            for method in METHODS:
                if method in item:
                    operation = self._operation(clauses, path, method, item, f"{at}/{method}")
                    if operation is None:
                        continue
                    if operation.id in operations:
                        self._find(
                            f"{operation.pointer}/operationId",
                            f'"{operation.id}" is the operationId of another operation as well',
                        )
                    operations[operation.id] = operation
        return operations

    def _operation(
        self, clauses: Clauses, path: str, method: str, item: Mapping[str, Any], at: str
    ) -> Operation | None:
        node = item[method]
        if not isinstance(node, Mapping) or not isinstance(node.get("operationId"), str):
            self._find(at, "needs an operationId")
            return None
        clause = self._clause(node, at, "operation")
        parts: dict[str, Any] = {}
        for kind in ("listing", "resource", "transition"):
            if kind in clause:
                parts[kind] = getattr(clauses, kind)(clause[kind], f"{at}/{EXTENSION}/{kind}")
        listing: Listing | None = parts.get("listing")
        resource: Resource | None = parts.get("resource")
        transition: Transition | None = parts.get("transition")
        return Operation(
            id=node["operationId"],
            method=method,
            path=path,
            tags=tuple(node.get("tags", ())),
            parameters=tuple(self._parameters(clauses, item, node, at)),
            body=self._body(node, at),
            responses=dict(self._responses(clauses, node, at)),
            security=self._security(node, at),
            listing=listing,
            resource=resource,
            transition=transition,
            basis=clauses.basis(clause),
            pointer=at,
        )

    def _parameters(
        self, clauses: Clauses, item: Mapping[str, Any], node: Mapping[str, Any], at: str
    ) -> Iterator[Parameter]:
        """The operation's parameters; its own stand in for those of the path with their name."""
        found: dict[tuple[str, str], Parameter] = {}
        above = at.rpartition("/")[0]
        for where, owner in ((above, item), (at, node)):
            for index, entry in enumerate(owner.get("parameters", ())):
                parameter, place = self._resolve(entry, f"{where}/parameters/{index}")
                schema = parameter.get("schema")
                if schema is None or "name" not in parameter or "in" not in parameter:
                    self._find(place, "a parameter needs `name`, `in` and `schema`")
                    continue
                clause = self._clause(parameter, place, "parameter")
                filter_: Filter | None = None
                if "filter" in clause:
                    filter_ = clauses.filter(clause["filter"], f"{place}/{EXTENSION}/filter")
                style = parameter.get("style", "form")
                found[parameter["in"], parameter["name"]] = Parameter(
                    name=parameter["name"],
                    location=parameter["in"],
                    required=bool(parameter.get("required", False)),
                    schema=schema,
                    explode=bool(parameter.get("explode", style == "form")),
                    filter=filter_,
                    basis=clauses.basis(clause),
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
        self, clauses: Clauses, node: Mapping[str, Any], at: str
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
            yield status, Response(
                status=status,
                content=self._content(answer),
                examples={name: self._examples(m) for name, m in answer.get("content", {}).items()},
                headers=headers,
                links=answer.get("links", {}),
                basis=clauses.basis(clause),
                pointer=place,
            )

    def _examples(self, media: Mapping[str, Any]) -> tuple[Any, ...]:
        if "example" in media:
            return (media["example"],)
        named = (self._resolve(entry, "")[0] for entry in media.get("examples", {}).values())
        return tuple(entry["value"] for entry in named if "value" in entry)

    def _security(self, node: Mapping[str, Any], at: str) -> Security:
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        alternatives: Sequence[Mapping[str, Sequence[str]]] = node.get(
            "security", self._document.get("security", ())
        )
        for index, alternative in enumerate(alternatives):
            for name in alternative:
                if name not in schemes:
                    self._find(
                        f"{at}/security/{index}",
                        f'there is no security scheme "{name}".' + did_you_mean(name, schemes),
                    )
        return tuple(
            tuple((name, tuple(scopes)) for name, scopes in alternative.items())
            for alternative in alternatives
        )

    def _check_clauses(
        self, operation: Operation, collections: Mapping[str, Collection]
    ) -> None:
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
        if key is not None and key.location == "path" and f"{{{key.name}}}" not in operation.path:
            self._find(
                f"{operation.pointer}/{EXTENSION}/resource/key",
                f'the path has no parameter "{key.name}"',
            )

    def _check_elsewhere(self, node: Any, at: tuple[str | int, ...]) -> None:
        """`x-understudy` in any other place says only its basis."""
        if isinstance(node, Mapping):
            if EXTENSION in node and at and not self._has_own_form(at):
                self._clause(node, pointer.join(at), "elsewhere")
            for key, value in node.items():
                if key not in (EXTENSION, "example", "examples", "default", "enum"):
                    self._check_elsewhere(value, (*at, key))
        elif isinstance(node, list):
            for index, item in enumerate(node):
                self._check_elsewhere(item, (*at, index))

    @staticmethod
    def _has_own_form(at: tuple[str | int, ...]) -> bool:
        is_operation = len(at) == 3 and at[0] == "paths" and at[2] in METHODS
        is_parameter = len(at) >= 2 and at[-2] == "parameters"
        is_answer = len(at) >= 2 and at[-2] == "responses"
        return is_operation or is_parameter or is_answer
