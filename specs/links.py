"""Whether the links of a contract lead from what its answers hold to operations that exist."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import pointer
from .contract import Contract, resolve
from .errors import Finding, did_you_mean
from .operation import Operation, Response
from .targets import look


def findings(contract: Contract) -> Sequence[Finding]:
    """Every link that names an operation, a parameter or a part of a message that is not there."""
    found: dict[Finding, None] = {}
    for operation in contract.operations.values():
        for response in operation.responses.values():
            for name, entry in response.links.items():
                at = f"{response.pointer}/links{pointer.join((name,))}"
                if "$ref" in entry:
                    at = entry["$ref"].removeprefix("#")
                link = resolve(contract.document, entry)
                for place, message in _wrong(contract, operation, response, link):
                    found[contract.source.finding(at + place, message)] = None
    return tuple(found)


def _wrong(
    contract: Contract, source: Operation, response: Response, link: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    target = contract.operations.get(link.get("operationId", ""))
    if target is None and "operationId" in link:
        name = link["operationId"]
        hint = did_you_mean(name, contract.operations)
        yield "/operationId", f'there is no operation "{name}".{hint}'
    elif target is None:
        yield "", "a link needs an operationId: one by operationRef is not followed"
    for name, value in link.get("parameters", {}).items():
        place = f"/parameters{pointer.join((name,))}"
        if target is not None and not _names(target, name):
            hint = did_you_mean(name, (entry.name for entry in target.parameters))
            yield place, f'the operation "{target.id}" has no parameter "{name}".{hint}'
        yield from ((place, message) for message in _source(contract, source, response, value))
    body = link.get("requestBody")
    if body is not None and target is not None and target.body is None:
        yield "/requestBody", f'the operation "{target.id}" takes no request body'
    yield from (("/requestBody", text) for text in _source(contract, source, response, body))


def _names(target: Operation, name: str) -> bool:
    """Whether `name`, which may say the location first (`path.id`), is a parameter of `target`."""
    return any(
        name in (entry.name, f"{entry.location}.{entry.name}") for entry in target.parameters
    )


def _source(contract: Contract, source: Operation, response: Response, value: Any) -> Iterator[str]:
    """What is wrong with a runtime expression; a constant is never wrong."""
    if not isinstance(value, str) or not value.startswith("$"):
        return
    side, _, rest = value.partition(".")
    where, _, name = rest.partition(".")
    if value in ("$url", "$method", "$statusCode"):
        return
    if side not in ("$request", "$response"):
        yield f'"{value}" is no expression: it begins with $request or $response'
    elif rest.partition("#")[0] == "body":
        body = source.body.content if source.body is not None else {}
        content = response.content if side == "$response" else body
        wrong = _below(contract, content, rest.partition("#")[2])
        if wrong:
            yield f'"{value}" leads nowhere: {wrong}'
    elif side == "$response":
        # Some tools let a pattern follow the name: `Set-Cookie#regex:id=(.*)`.
        known = {header.lower() for header in response.headers}
        if where != "header" or name.partition("#")[0].lower() not in known:
            hint = did_you_mean(name, response.headers)
            yield f'the answer documents no header "{name}".{hint}'
    elif (where, name.lower()) not in {(e.location, e.name.lower()) for e in source.parameters}:
        hint = did_you_mean(name, (entry.name for entry in source.parameters))
        yield f'the operation "{source.id}" has no {where} parameter "{name}".{hint}'


def _below(contract: Contract, content: Mapping[str, Any], at: str) -> str:
    if not content:
        return "there is no body"
    if at and not at.startswith("/"):
        return 'a pointer begins with "/"'
    return look(contract.document, {"oneOf": list(content.values())}, pointer.split(at)).wrong
