"""Whether the examples and defaults of a document keep to their own schemas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import pointer
from .errors import Finding
from .explain import Defect, defects
from .members import resolve
from .schema import Direction
from .walk import Part

if TYPE_CHECKING:
    from .contract import Contract


def misfits(contract: "Contract") -> Sequence[Finding]:
    """Every default that its schema refuses: with one, a request without it could not be valid."""
    found: list[Finding] = []
    for part in contract.source.parts:
        if part.kind == "schema" and part.reference is None and "default" in part.node:
            wrong = _defects(contract, part.node, part.node["default"], "stored")
            found.extend(_told(contract, f"{part.pointer}/default", wrong, "the default"))
    return found


def findings(contract: "Contract", *, closed: bool = False) -> Sequence[Finding]:
    """Every example that its schema refuses.

    With `closed`, an answer's example may hold only what its schema declares.
    """
    found: list[Finding] = []
    for part in contract.source.parts:
        if part.reference is None:
            found.extend(_in(contract, part, closed))
    return found


def _in(contract: "Contract", part: Part, closed: bool) -> Iterator[Finding]:
    if part.kind == "schema":
        yield from _in_schema(contract, part)
    elif part.kind in ("parameter", "header", "media") and "schema" in part.node:
        side = part.side or "answer"
        shut = closed and side == "answer"
        for at, value in _values(contract.document, part):
            wrong = _defects(contract, part.node["schema"], value, side, closed=shut)
            yield from _told(contract, at, wrong, "the example")


def _in_schema(contract: "Contract", part: Part) -> Iterator[Finding]:
    if "example" in part.node:
        # It may be one of a request or one of an answer.
        value = part.node["example"]
        wrong = _defects(contract, part.node, value, "answer")
        if wrong and _defects(contract, part.node, value, "request"):
            yield from _told(contract, f"{part.pointer}/example", wrong, "the example")


def _values(document: Mapping[str, Any], part: Part) -> Iterator[tuple[str, Any]]:
    """The examples of a parameter, header or media type, each with its place.

    XML is passed over: its examples are text.
    """
    if part.at[-1].endswith("xml"):
        return
    if "example" in part.node:
        yield f"{part.pointer}/example", part.node["example"]
    for name, entry in part.node.get("examples", {}).items():
        at = f"{part.pointer}/examples{pointer.join((name,))}"
        if "$ref" in entry:
            at = entry["$ref"].removeprefix("#")
        named = resolve(document, entry)
        if "value" in named:
            yield f"{at}/value", named["value"]


def _defects(
    contract: "Contract",
    schema: Mapping[str, Any],
    value: Any,
    direction: Direction,
    *,
    closed: bool = False,
) -> Sequence[Defect]:
    validator = contract.schemas.compile(schema, direction, closed=closed)
    whole = contract.schemas.whole(schema, direction, closed=closed)
    return tuple(defects(validator, value, whole))


def _told(contract: "Contract", at: str, wrong: Sequence[Defect], what: str) -> Iterator[Finding]:
    for path, message in wrong:
        yield contract.source.finding(
            at + pointer.join(path), f"{what} breaks its schema: {message}"
        )
