"""`Contract`: one OpenAPI document with clauses, as the rest of the program reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from . import document as documents
from . import examples, promises
from .clauses import Basis, Collection
from .document import Document
from .errors import ContractError, Finding, UsageError, did_you_mean
from .members import field_of, members_of, resolve, resolved_member
from .operation import Operation
from .pointer import Path
from .reader import Reader
from .schema import Schemas

__all__ = [
    "CONTROL",
    "NAMES",
    "Contract",
    "examine",
    "find",
    "from_document",
    "load",
    "members_of",
    "resolve",
    "resolved_member",
]

NAMES = ("nexudus", "limio", "akinon", "zenskar")
"""The contracts that come with Understudy."""
CONTROL = "control"
"""The contract of the stand-in's own control, which is no vendor's."""


@dataclass(frozen=True, eq=False)
class Contract:
    """A contract: its operations by id, its collections by name, and the place of each part."""

    name: str
    source: Document = field(repr=False)
    operations: Mapping[str, Operation] = field(repr=False)
    collections: Mapping[str, Collection] = field(repr=False)
    basis: Basis

    @property
    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document itself; not to be changed."""
        data: Mapping[str, Any] = self.source.data
        return data

    @property
    def security_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        """The security schemes by name."""
        schemes: Mapping[str, Any] = self.document.get("components", {}).get("securitySchemes", {})
        return {name: resolve(self.document, scheme) for name, scheme in schemes.items()}

    @cached_property
    def schemas(self) -> Schemas:
        """What compiles this document's schemas."""
        return Schemas(self.document)

    def place(self, at: str) -> str:
        """`specs/limio.yaml:212`, where the pointer `at` stands."""
        return f"{self.source.file}:{self.source.line(at)}"

    def stored_schema(self, collection: str) -> Mapping[str, Any]:
        """The schema of what `collection` stores, as a reference."""
        return {"$ref": f"#/components/schemas/{self.collections[collection].schema}"}

    def field_schema(self, collection: str, path: Path) -> Mapping[str, Any]:
        """The schema of one stored field; empty where the document says nothing about it."""
        key = collection, path
        if key not in self._fields:
            self._fields[key] = field_of(self.document, self.stored_schema(collection), path)
        return self._fields[key]

    def members(self, collection: str) -> Mapping[str, Mapping[str, Any]]:
        """The stored members by name, each with its schema."""
        if collection not in self._members:
            found = members_of(self.document, self.stored_schema(collection))
            self._members[collection] = dict(found)
        return self._members[collection]

    def defaults(self, collection: str) -> Mapping[str, Any]:
        """The stored members that have a default, with it."""
        if collection not in self._defaults:
            members = self.members(collection).items()
            found = {name: schema["default"] for name, schema in members if "default" in schema}
            self._defaults[collection] = found
        return self._defaults[collection]

    def hidden(self, collection: str) -> frozenset[str]:
        """The stored members that no answer shows (`writeOnly`)."""
        if collection not in self._hidden:
            members = self.members(collection).items()
            found = frozenset(name for name, schema in members if schema.get("writeOnly"))
            self._hidden[collection] = found
        return self._hidden[collection]

    def settable(self, operation: str) -> frozenset[str]:
        """The stored members that are a client's to set in the body of an operation on a resource.

        Those are the ones that the body's schemas declare, and none that is the server's: not
        `readOnly`, nor the owner, nor the time of deletion.
        """
        if operation not in self._settable:
            self._settable[operation] = self._settable_in(self.operations[operation])
        return self._settable[operation]

    def _settable_in(self, operation: Operation) -> frozenset[str]:
        if operation.resource is None:
            raise ValueError(f"{operation.id} has no resource clause")
        collection = self.collections[operation.resource.collection]
        reserved = {collection.scope.field if collection.scope else (), collection.soft_delete}
        declared = {
            name
            for schema in (operation.body.content.values() if operation.body else ())
            for name, _ in members_of(self.document, schema)
        }
        return frozenset(
            name
            for name, schema in self.members(collection.name).items()
            if name in declared and not schema.get("readOnly") and (name,) not in reserved
        )

    # Asked for at every request, and the same at each.
    @cached_property
    def _fields(self) -> dict[tuple[str, Path], Mapping[str, Any]]:
        return {}

    @cached_property
    def _members(self) -> dict[str, Mapping[str, Mapping[str, Any]]]:
        return {}

    @cached_property
    def _defaults(self) -> dict[str, Mapping[str, Any]]:
        return {}

    @cached_property
    def _hidden(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _settable(self) -> dict[str, frozenset[str]]:
        return {}


def load(name_or_file: str) -> Contract:
    """The contract of that name, or in that file; ContractError or UsageError if there is none."""
    return from_document(*find(name_or_file))


def find(name_or_file: str) -> tuple[str, Document]:
    """The name and the document of the contract of that name, or in that file."""
    if name_or_file in (*NAMES, CONTROL):
        packaged = FilePath(str(files(__package__).joinpath(f"{name_or_file}.yaml")))
        return name_or_file, documents.read(packaged, f"specs/{name_or_file}.yaml")
    path = FilePath(name_or_file)
    if path.suffix not in {".yaml", ".yml", ".json"}:
        raise UsageError(
            f'there is no contract "{name_or_file}"; give a name, or a .yaml, .yml or .json file.'
            + did_you_mean(name_or_file, NAMES)
        )
    return path.stem, documents.read(path)


def from_document(name: str, source: Document) -> Contract:
    """The contract in `source`; ContractError with every defect found."""
    contract, findings = examine(name, source)
    if findings:
        raise ContractError(findings)
    return contract


def examine(name: str, source: Document) -> tuple[Contract, Sequence[Finding]]:
    """What can be read of `source`, and its defects; ContractError when nothing can be."""
    reader = Reader(source)
    operations, collections, basis = reader.read()
    contract = Contract(name, source, operations, collections, basis)
    return contract, sorted(
        {*reader.findings, *promises.findings(contract), *examples.misfits(contract)}
    )
