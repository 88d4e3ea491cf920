"""Everything that can be said against a contract before it is served."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import contract as contracts
from . import examples, links, pointer
from .contract import NAMES, Contract
from .document import Document
from .errors import ContractError, Finding, did_you_mean
from .operation import Operation
from .targets import views

_TEMPLATED = re.compile(r"\{([^{}]*)\}")


def lint(name_or_file: str) -> Sequence[Finding]:
    """Every defect of a contract, in the order of its lines; UsageError when there is none.

    Where a document has not even the form of OpenAPI, only that is told.
    """
    try:
        name, source = contracts.find(name_or_file)
    except ContractError as error:
        return error.findings
    return examined(name, source, ours=name_or_file in NAMES)


def examined(name: str, source: Document, *, ours: bool) -> Sequence[Finding]:
    """Every defect of the contract in `source`.

    What is `ours` must also say the basis of each operation, and its examples of answers hold
    nothing that is not declared.
    """
    try:
        contract, found = contracts.examine(name, source)
    except ContractError as error:
        return error.findings
    checks = (
        examples.findings(contract, closed=ours),
        links.findings(contract),
        _paths(contract),
        _parameters(contract),
        _beside_references(source),
        _required(source),
        _scopes(contract),
        _basis(contract) if ours else (),
    )
    told = {*found, *(finding for check in checks for finding in check)}
    return sorted(told or _validator(source))


def _paths(contract: Contract) -> Iterator[Finding]:
    """Path templates declare what they name, and no two match the same paths."""
    shapes: dict[str, str] = {}
    for path in contract.document["paths"]:
        at, shape = pointer.join(("paths", path)), _TEMPLATED.sub("{}", path)
        if shape in shapes:
            message = f'differs from "{shapes[shape]}" only in the names of its parameters'
            yield contract.source.finding(at, message)
        shapes.setdefault(shape, path)
    for operation in contract.operations.values():
        yield from _path_parameters(contract, operation)


def _path_parameters(contract: Contract, operation: Operation) -> Iterator[Finding]:
    named = _TEMPLATED.findall(operation.path)
    declared = {entry.name: entry for entry in operation.parameters if entry.location == "path"}
    for name in named:
        if name not in declared:
            hint = did_you_mean(name, declared)
            message = f'the path names "{name}", and no path parameter describes it.{hint}'
            yield contract.source.finding(operation.pointer, message)
    for name, parameter in declared.items():
        if name not in named:
            message = f'the path "{operation.path}" does not name "{name}".'
            hint = did_you_mean(name, named)
            yield contract.source.finding(f"{parameter.pointer}/name", message + hint)


def _parameters(contract: Contract) -> Iterator[Finding]:
    """No list of parameters names one twice."""
    for part in contract.source.parts:
        if part.kind not in ("path", "operation"):
            continue
        seen: set[tuple[str, str]] = set()
        for index, entry in enumerate(part.node.get("parameters", ())):
            parameter = contracts.resolve(contract.document, entry)
            key = (parameter["in"], parameter["name"])
            if key in seen:
                message = f'the {key[0]} parameter "{key[1]}" stands here twice'
                yield contract.source.finding(f"{part.pointer}/parameters/{index}", message)
            seen.add(key)


def _beside_references(source: Document) -> Iterator[Finding]:
    """Nothing stands beside `$ref`, where OpenAPI 3.0 ignores it."""
    for part in source.parts:
        if part.reference is None or part.kind == "path":
            continue
        for name in part.node:
            if name != "$ref":
                way = "write `allOf: [{$ref: ...}]` and put it beside that"
                cure = way if part.kind == "schema" else "say it where the reference leads"
                message = f'"{name}" beside $ref is ignored: {cure}'
                yield source.finding(f"{part.pointer}{pointer.join((name,))}", message)


def _required(source: Document) -> Iterator[Finding]:
    """Where a schema declares members, those that it requires are among them."""
    for part in source.parts:
        # A part of a combination may require what another part declares.
        if part.kind != "schema" or _is_alternative(part.at):
            continue
        seen = tuple(views(source.data, part.node))
        declared = {name for view in seen for name in view.get("properties", ())}
        for index, name in enumerate(part.node.get("required", ())):
            if declared and name not in declared:
                message = f'requires "{name}", which it does not declare.'
                hint = did_you_mean(name, declared)
                yield source.finding(f"{part.pointer}/required/{index}", message + hint)


def _is_alternative(at: pointer.Path) -> bool:
    return len(at) > 1 and at[-2] in ("allOf", "oneOf", "anyOf")


def _scopes(contract: Contract) -> Iterator[Finding]:
    """A scope that an operation asks for is one of its security scheme."""
    schemes = contract.security_schemes
    for operation in contract.operations.values():
        own = "security" in pointer.value(contract.document, pointer.split(operation.pointer))
        at = f"{operation.pointer}/security" if own else "/security"
        for index, group in enumerate(operation.security):
            for name, scopes in group:
                known = _scopes_of(schemes.get(name, {}))
                place = f"{at}/{index}{pointer.join((name,))}"
                for scope in scopes:
                    if scope not in known:
                        message = f'the scheme "{name}" has no scope "{scope}".'
                        yield contract.source.finding(place, message + did_you_mean(scope, known))


def _scopes_of(scheme: Mapping[str, Any]) -> set[str]:
    flows = scheme.get("flows", {}).items()
    return {scope for flow, said in flows if not flow.startswith("x-") for scope in said["scopes"]}


def _basis(contract: Contract) -> Iterator[Finding]:
    """Each operation says its basis itself; one that it has from the document does not count."""
    for operation in contract.operations.values():
        path = (*pointer.split(operation.pointer), "x-understudy", "basis")
        if pointer.get(contract.document, path) is pointer.MISSING:
            yield contract.source.finding(
                operation.pointer, "missing basis: seed, public or a ruling"
            )


def _validator(source: Document) -> Iterator[Finding]:
    """What openapi-spec-validator finds; asked last, since it seldom says where."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for error in OpenAPIV30SpecValidator(source.data).iter_errors():
        path = tuple(map(str, error.absolute_path))
        message = " ".join(error.message.split())
        if pointer.get(source.data, path) is pointer.MISSING:
            # The path begins at the schema, and nothing says which.
            message, path = f"{pointer.join(path)} in a schema: {message}", ()
        yield source.finding(pointer.join(path), message)
