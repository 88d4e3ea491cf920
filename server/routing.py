"""`Paths`: which operation a request is for, found as fast among a thousand as among three."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from ..specs import pointer
from .refusal import Refusal

_NAME = re.compile(r"\{([^{}]*)\}")
Values = Mapping[str, Sequence[str]]
"""What a path holds at each name: one text."""
_NO_VALUES: Values = {}


class Route(NamedTuple):
    """What answers one method, in capitals, of a path, which may hold `{names}`."""

    path: str
    method: str
    app: Any


class _Path:
    """What answers at one path, by method."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.apps: dict[str, Any] = {}
        parts = _NAME.split(template)
        self.names = parts[1::2]
        # A value stays text: the operation decides about it, after authentication.
        self._parts = parts[::2]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Made when it is first asked for: a thousand of them would take a third of a second.
        return re.compile("([^/]+)".join(map(re.escape, self._parts)))

    def values(self, path: str) -> Values | None:
        """What `path` holds at each name; None where it is another path."""
        match = self._pattern.fullmatch(path)
        if match is None:
            return None
        return {name: (text,) for name, text in zip(self.names, match.groups(), strict=True)}


class Paths:
    """The paths of one contract: plain ones by dictionary, templates by length and first part.

    A path whose first part is plain goes before one that begins with a name, one that holds fewer
    names before one that holds more.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        paths: dict[str, _Path] = {}
        for path, method, app in routes:
            if path not in paths:
                paths[path] = _Path(path)
            paths[path].apps[method] = app
        for each in paths.values():
            if "GET" in each.apps:
                each.apps.setdefault("HEAD", each.apps["GET"])
        self._plain = {path: each for path, each in paths.items() if not each.names}
        self._named: dict[tuple[int, str], list[_Path]] = {}
        for each in sorted(paths.values(), key=lambda path: len(path.names)):
            if each.names:
                count, first = _place(each.template)
                place = count, "" if _NAME.search(first) else first
                self._named.setdefault(place, []).append(each)

    def find(self, path: str, method: str) -> tuple[Any, Values] | None:
        """What answers, and the values in the path; None where there is no such path.

        Refusal(405) where there is one, but not with that method.
        """
        plain = self._plain.get(path)
        if plain is not None and method in plain.apps:
            return plain.apps[method], _NO_VALUES
        other = plain
        for each, values in self._matching(path):
            if method in each.apps:
                return each.apps[method], values
            other = other or each
        if other is None:
            return None
        allow = "Allow", ", ".join(sorted(other.apps))
        at = pointer.join(("paths", other.template))
        raise Refusal(405, "Method Not Allowed", at=at, headers=(allow,))

    def _matching(self, path: str) -> Iterator[tuple[_Path, Values]]:
        count, first = _place(path)
        for each in chain(self._named.get((count, first), ()), self._named.get((count, ""), ())):
            values = each.values(path)
            if values is not None:
                yield each, values


def _place(path: str) -> tuple[int, str]:
    """How many parts `path` has, and its first one."""
    return path.count("/"), path[1:].partition("/")[0]
