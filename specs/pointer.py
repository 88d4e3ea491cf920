"""JSON Pointers (RFC 6901): reading parts of a document, and writing them into a copy."""

from collections.abc import Iterable, Mapping
from typing import Any

Path = tuple[str, ...]

_LISTS = (list, tuple)
MISSING: Any = object()
"""What `get` answers where a pointer leads nowhere; unlike null, which is a value."""


def split(pointer: str) -> Path:
    """The unescaped tokens of `pointer`; ValueError when it is not empty nor begins with `/`."""
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f'"{pointer}" is no JSON Pointer: it must begin with "/"')
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def join(tokens: Iterable[str | int]) -> str:
    """The pointer with these tokens, escaped."""
    return "".join([f"/{_escaped(str(token))}" for token in tokens])


def _escaped(token: str) -> str:
    if "~" in token or "/" in token:
        return token.replace("~", "~0").replace("/", "~1")
    return token


def get(document: Any, path: Path) -> Any:
    """The value at `path`, or `MISSING`."""
    for token in path:
        if isinstance(document, dict):
            if token not in document:
                return MISSING
            document = document[token]
        elif isinstance(document, _LISTS):
            if not token.isdigit() or int(token) >= len(document):
                return MISSING
            document = document[int(token)]
        else:
            return MISSING
    return document


def value(document: Any, path: Path) -> Any:
    """The value at `path`; null where there is none."""
    if len(path) == 1 and isinstance(document, dict):  # as most are
        return document.get(path[0])
    found = get(document, path)
    return None if found is MISSING else found


def put(document: Mapping[str, Any], path: Path, new: Any) -> dict[str, Any]:
    """A copy of `document` with `new` at `path`; objects on the way are copied or made."""
    head, *rest = path
    changed = dict(document)
    if rest:
        inner = changed.get(head)
        new = put(inner if isinstance(inner, Mapping) else {}, tuple(rest), new)
    changed[head] = new
    return changed


def put_all(document: Mapping[str, Any], values: Mapping[Path, Any]) -> dict[str, Any]:
    """A copy of `document` with each of `values` at its path."""
    changed = dict(document)
    for path, new in values.items():
        if len(path) == 1:
            changed[path[0]] = new
        else:
            changed = put(changed, path, new)
    return changed
