"""`Unchanged`: what stands in both documents word for word, with all that it refers to."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...specs import pointer
from ...specs.document import Document
from .node import Node


class Unchanged:
    """Told quickly, so that only what differs is compared by meaning."""

    def __init__(self, old: Document, new: Document) -> None:
        self._references: dict[int, frozenset[str]] = {}
        self._same = self._components(old.data, new.data)

    def is_so(self, old: Node, new: Node) -> bool:
        """Whether the two are equal, with all that they refer to."""
        return bool(old.value == new.value) and self._of(old.value) <= self._same

    def are(self, old: Sequence[Node], new: Sequence[Node]) -> bool:
        """The same of each two of them."""
        return len(old) == len(new) and all(map(self.is_so, old, new))

    def _components(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
        """References that lead to the same in both; one that leads on to a change does not."""
        same: dict[str, frozenset[str]] = {}
        for home, parts in old.get("components", {}).items():
            others = new.get("components", {}).get(home, {})
            for name, part in parts.items() if isinstance(parts, Mapping) else ():
                if isinstance(others, Mapping) and name in others and others[name] == part:
                    same[f"#{pointer.join(('components', home, name))}"] = self._of(part)
        while True:
            left = {name: used for name, used in same.items() if used <= same.keys()}
            if len(left) == len(same):
                return frozenset(left)
            same = left

    def _of(self, value: Any) -> frozenset[str]:
        """All references in a value."""
        if not isinstance(value, dict | list):
            return frozenset()
        key = id(value)
        if key not in self._references:
            inner = value.values() if isinstance(value, dict) else value
            found = frozenset[str]().union(*map(self._of, inner))
            target = value.get("$ref") if isinstance(value, dict) else None
            self._references[key] = found | {target} if isinstance(target, str) else found
        return self._references[key]
