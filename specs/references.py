"""Whether every `$ref` of a document leads to something, and none comes back to itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import pointer
from .document import Document
from .errors import Finding, did_you_mean
from .walk import Part

_HOMES: Mapping[str, str] = {
    "schema": "schemas",
    "response": "responses",
    "parameter": "parameters",
    "example": "examples",
    "body": "requestBodies",
    "header": "headers",
    "security scheme": "securitySchemes",
    "link": "links",
    "callback": "callbacks",
}


def findings(source: Document) -> Sequence[Finding]:
    """What is wrong with the references of `source`; nothing is fetched."""
    found: list[Finding] = []
    for part in source.parts:
        if part.reference is not None and part.kind in _HOMES:
            wrong = _wrong(source.data, part, part.reference)
            if wrong:
                found.append(source.finding(f"{part.pointer}/$ref", wrong))
    if not found:
        found.extend(_endless(source))
    return found


def _wrong(document: Mapping[str, Any], part: Part, target: str) -> str:
    home = f"#/components/{_HOMES[part.kind]}/"
    if not target.startswith("#"):
        return f'"{target}" is outside this document: bundle it first, nothing is fetched'
    if not target.startswith(home):
        return f'"{target}" is no {part.kind}: those stand in {home}'
    if pointer.get(document, pointer.split(target[1:])) is pointer.MISSING:
        known = pointer.value(document, pointer.split(home[1:-1]))
        names = known if isinstance(known, Mapping) else ()
        return f'"{target}" leads nowhere.' + did_you_mean(target.removeprefix(home), names)
    return ""


def _endless(source: Document) -> Iterator[Finding]:
    """References that come back to themselves without a step down into the value."""
    for part in source.parts:
        if part.at[:1] == ("components",) and len(part.at) == 3:
            at = part.pointer
            if at in _beside(source.data, at):
                message = "refers to itself, so that no value has an end to its checks"
                yield source.finding(at, message)


def _beside(document: Mapping[str, Any], start: str) -> set[str]:
    """Places whose schemas hold for the same value as the one at `start`."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        at = waiting.pop()
        node = pointer.value(document, pointer.split(at))
        if not isinstance(node, Mapping):
            continue
        target = node.get("$ref")
        steps = [target[1:]] if isinstance(target, str) else []
        if not steps:
            steps = [
                f"{at}/{key}/{index}"
                for key in ("allOf", "oneOf", "anyOf")
                for index, _ in enumerate(_listed(node, key))
            ]
            steps += [f"{at}/not"] if "not" in node else []
        waiting += [step for step in steps if step not in reached]
        reached.update(steps)
    return reached


def _listed(node: Mapping[str, Any], key: str) -> Sequence[Any]:
    """The parts under `key`; none where the form is broken, which is told elsewhere."""
    found = node.get(key, ())
    return found if isinstance(found, list) else ()
