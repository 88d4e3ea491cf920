"""What changed in the servers: the base URLs that a client may have been given."""

from collections.abc import Iterator, Mapping
from itertools import product

from .change import Change
from .node import Node
from .pair import Pair

_DEFAULT = ("/",)
_MOST = 64


def changes(root: Pair) -> Iterator[Change]:
    """The changes of the document's own servers."""
    yield from _between(root, root.old.child("servers"), root.new.child("servers"))


def overriding(pair: Pair, items: tuple[Node, Node]) -> Iterator[Change]:
    """The changes of servers that an operation, or its path, has for itself."""
    own = [
        next((n for n in (node.child("servers"), item.child("servers")) if n.exists), None)
        for node, item in zip((pair.old, pair.new), items, strict=True)
    ]
    if any(own):
        old, new = (
            node or Node(root.source, root.source.data.get("servers"), ("servers",))
            for node, root in zip(own, (pair.old, pair.new), strict=True)
        )
        yield from _between(pair, old, new)


def _between(pair: Pair, old: Node, new: Node) -> Iterator[Change]:
    before, after = _urls(old), _urls(new)
    here = pair.to(old if old.value else pair.old, new if new.value else pair.new, "")
    for url in before:
        if url not in after:
            told = here.to(here.old, here.new, f"server {url}")
            words = f"the server {url} of {pair.what} is gone"
            yield told.change("server.removed", "breaking", words, "keep the old base URL")
    for url in after:
        if url not in before:
            told = here.to(here.old, here.new, f"server {url}")
            yield told.change("server.added", "safe", f"the server {url} of {pair.what} is new")
    if before[0] != after[0] and before[0] in after:
        words = f"the first server of {pair.what} is {after[0]} instead of {before[0]}"
        cure = "keep the first one first: tools take it unless told otherwise"
        yield here.change("server.first", "risky", words, cure)


def _urls(node: Node) -> list[str]:
    """The base URLs with their variables filled in, in every way there is."""
    found: list[str] = []
    for server in node.items():
        variables: Mapping[str, Mapping[str, object]] = server.get("variables") or {}
        values = [_values(variable) for variable in variables.values()]
        for chosen in list(product(*values))[:_MOST]:
            url = str(server.get("url"))
            for name, value in zip(variables, chosen, strict=True):
                url = url.replace(f"{{{name}}}", str(value))
            found.append(url.rstrip("/") or "/")
    return found or list(_DEFAULT)


def _values(variable: Mapping[str, object]) -> list[object]:
    """The default first, for it is what tools take."""
    default, listed = variable.get("default"), variable.get("enum")
    others = [value for value in listed if value != default] if isinstance(listed, list) else []
    return [default, *others]
