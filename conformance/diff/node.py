"""`Node`: a part of a document and where it stands, references followed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...specs import pointer
from ...specs.document import Document
from .change import Spot


@dataclass(frozen=True, slots=True)
class Node:
    """A value at a place in a document; a reference stands for what it leads to."""

    source: Document
    value: Any
    path: pointer.Path = ()

    def child(self, name: str | int) -> "Node":
        """The part of that name; its value is `MISSING` where there is none."""
        found: Any = pointer.MISSING
        if isinstance(self.value, dict):
            found = self.value.get(str(name), pointer.MISSING)
        elif isinstance(self.value, list) and isinstance(name, int):
            found = self.value[name]
        return Node(self.source, found, (*self.path, str(name))).followed()

    def down(self, *names: str) -> "Node":
        """The part at these names, one below the other."""
        node = self
        for name in names:
            node = node.child(name)
        return node

    def followed(self) -> "Node":
        """What this stands for; references are known to be sound."""
        value, path = self.value, self.path
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            path = pointer.split(value["$ref"].removeprefix("#"))
            value = pointer.get(self.source.data, path)
        return self if path is self.path else Node(self.source, value, path)

    def get(self, name: str, default: Any = None) -> Any:
        """The plain value of a member."""
        return self.value.get(name, default) if isinstance(self.value, dict) else default

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Name and part of each member."""
        for name in self.value if isinstance(self.value, dict) else ():
            yield name, self.child(name)

    def fields(self) -> Iterator[tuple[str, "Node"]]:
        """The same without extensions, where names are not the author's own."""
        return ((name, node) for name, node in self.members() if not name.startswith("x-"))

    def items(self) -> list["Node"]:
        """The parts of a list."""
        if not isinstance(self.value, list):
            return []
        return [self.child(index) for index in range(len(self.value))]

    @property
    def exists(self) -> bool:
        """Whether there is anything."""
        return self.value is not pointer.MISSING

    @property
    def spot(self) -> Spot:
        """File, line and pointer; those of the nearest part above where there is nothing."""
        path = self.path
        while path and pointer.get(self.source.data, path) is pointer.MISSING:
            path = path[:-1]
        at = pointer.join(path)
        return Spot(self.source.file, self.source.line(at), at)
