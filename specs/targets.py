"""Where a pointer leads in a schema: what a clause may name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import pointer
from .errors import did_you_mean
from .pointer import Path

ANYTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Target:
    """The schemas of a place, one where it is declared once; `wrong` says why there are none.

    `views` are the same with references and combinations taken apart.
    """

    schemas: tuple[Mapping[str, Any], ...]
    views: tuple[Mapping[str, Any], ...] = ()
    wrong: str = ""

    def has(self, key: str, value: str) -> bool:
        """Whether the values may have this keyword with this value; a free schema may."""
        return any(view == ANYTHING or view.get(key) == value for view in self.views)


def look(document: Mapping[str, Any], schema: Any, path: Path) -> Target:
    """What `path` leads to below `schema`, through references and every alternative."""
    members: list[Mapping[str, Any]] = [schema]
    found = tuple(views(document, schema))
    for index, token in enumerate(path):
        members = [member for view in found for member in _below(view, token)]
        if not members and any(_is_free(view) for view in found):
            return Target((ANYTHING,), (ANYTHING,))
        if not members:
            names = {name for view in found for name in view.get("properties", ())}
            place = pointer.join(path[:index]) or "the top"
            hint = did_you_mean(token, names)
            message = f'there is no member "{token}" at {place} of the schema.{hint}'
            return Target((), wrong=message)
        found = tuple(view for member in members for view in views(document, member))
    return Target(tuple(members), found)


def views(
    document: Mapping[str, Any], schema: Any, seen: frozenset[str] = frozenset()
) -> Iterator[Mapping[str, Any]]:
    """`schema` and all that hold, or may hold, for the same value: references and combinations."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference not in seen:
            target = pointer.value(document, pointer.split(reference.removeprefix("#")))
            yield from views(document, target or {}, seen | {reference})
        return
    parts = [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, ())]
    own = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf", "anyOf")}
    if parts and "additionalProperties" not in own:
        own.setdefault("properties", {})  # its members are those of the parts: it is not free
    yield own
    for part in parts:
        yield from views(document, part, seen)


def _below(view: Mapping[str, Any], token: str) -> Iterator[Any]:
    if token in view.get("properties", {}):
        yield view["properties"][token]
    elif isinstance(view.get("additionalProperties"), Mapping):
        yield view["additionalProperties"]
    if token.isdigit() and "items" in view:
        yield view["items"]


def _is_free(view: Mapping[str, Any]) -> bool:
    """Whether any member at all may stand below: nothing is declared, or it says so itself."""
    if view.get("type", "object") != "object" or "items" in view:
        return False
    extra = view.get("additionalProperties")
    return extra is True or (extra is None and "properties" not in view)
