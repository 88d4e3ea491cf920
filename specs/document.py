"""A YAML or JSON file as plain data, and the line of each of its parts.

YAML is read by the 1.2 rules that OpenAPI asks for: `no` and `on` are text, dates are text, `010`
is ten. Keys are text. Duplicate keys, aliases, tags without a meaning here and documents too deep
to read are refused. A `.json` file is read as JSON.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar

import yaml

from . import json_text, pointer
from .errors import ContractError, Finding, UsageError
from .walk import Part, parts

Tags = Mapping[str, Callable[[str], Any]]
_PREFIX = "tag:yaml.org,2002:"
_DEEPEST = 200


class _Loader(yaml.CSafeLoader):
    """PyYAML's C parser with the scalars of YAML 1.2's core schema."""

    # The stubs call it a variable of instances.
    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}  # type: ignore[misc]
    _depth = 0

    # Called around each node: the C parser itself would overflow its stack and end the process.
    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        del current_node, current_index
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RecursionError

    def ascend_resolver(self) -> None:
        self._depth -= 1


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(_PREFIX + _tag, re.compile(f"^(?:{_pattern})$"), _first)


def _integer(text: str) -> int:
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def _number(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} is beyond what a number can hold")
    return number


_SCALARS: Tags = {
    _PREFIX + "str": str,
    _PREFIX + "null": lambda _: None,
    _PREFIX + "bool": lambda text: text.lower() == "true",
    _PREFIX + "int": _integer,
    _PREFIX + "float": _number,
}


@dataclass(frozen=True)
class Document:
    """What a file holds: `data`, and `file`, the name to show for it."""

    file: str
    data: Any
    text: str = field(repr=False)
    path: Path | None = None

    @property
    def is_json(self) -> bool:
        """Whether the file is JSON, by its name."""
        return self.file.endswith(".json")

    def line(self, at: str) -> int:
        """The line of `at`, or of the nearest part above it that exists."""
        while at and at not in self._lines:
            at = at.rpartition("/")[0]
        return self._lines.get(at, 1)

    @cached_property
    def parts(self) -> Sequence[Part]:
        """All objects of the OpenAPI document that it is."""
        return parts(self.data)

    def finding(self, at: str, message: str) -> Finding:
        """A finding about the part at the pointer `at`."""
        return Finding(self.file, self.line(at), at, message)

    @cached_property
    def _lines(self) -> dict[str, int]:
        if self.is_json:
            return json_text.lines(self.text)
        lines: dict[str, int] = {}

        def walk(node: yaml.Node, path: tuple[str | int, ...], line: int) -> None:
            lines[pointer.join(path)] = line
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    walk(value, (*path, key.value), key.start_mark.line + 1)
            elif isinstance(node, yaml.SequenceNode):
                for index, item in enumerate(node.value):
                    walk(item, (*path, index), item.start_mark.line + 1)

        if (root := yaml.compose(self.text, _Loader)) is not None:
            walk(root, (), root.start_mark.line + 1)
        return lines


def read(path: Path, shown: str | None = None, tags: Tags | None = None) -> Document:
    """The document in the file `path`, shown as `shown`.

    UsageError when there is no such file, ContractError when it cannot be read.
    """
    file = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"is not UTF-8: byte 0x{error.object[error.start]:02x}; save it as UTF-8"
        raise ContractError([Finding(file, line, "", message)]) from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {(error.strerror or 'error').lower()}") from None
    return replace(parse(text, file, tags), path=path)


def parse(text: str, file: str, tags: Tags | None = None) -> Document:
    """The document in `text`; `tags` gives the meaning of further scalar tags (`!now`)."""
    try:
        if file.endswith(".json"):
            return Document(file, json_text.data(text), text)
        node = yaml.compose(text, _Loader)
        data = None if node is None else _Builder(file, {**_SCALARS, **(tags or {})}).build(node)
    except json_text.NotJsonError as error:
        raise ContractError([Finding(file, error.line, error.pointer, str(error))]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        is_tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        why = "a tab cannot indent, use spaces" if is_tab else error.problem or error.context
        message = f"is not YAML: {why}"
        raise ContractError([Finding(file, line, "", message)]) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"is not YAML: the character U+{ord(text[error.position]):04X} is not allowed"
        raise ContractError([Finding(file, line, "", message)]) from None
    except RecursionError:
        message = f"is nested too deeply: {_DEEPEST} levels are the limit"
        raise ContractError([Finding(file, 1, "", message)]) from None
    return Document(file, data, text)


def _meaningless(node: yaml.Node) -> str:
    return f'the tag "{node.tag.replace(_PREFIX, "!!")}" has no meaning here'


class _Builder:
    """Turns composed nodes into data, and refuses what has two meanings."""

    def __init__(self, file: str, scalars: Tags) -> None:
        self._file = file
        self._scalars = scalars
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, at: tuple[str | int, ...] = ()) -> Any:
        if id(node) in self._seen:
            raise self._error(node, at, "aliases are not allowed: write the part out, or use $ref")
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, at)
        if node.tag not in (_PREFIX + "map", _PREFIX + "seq"):
            raise self._error(node, at, _meaningless(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*at, index)) for index, item in enumerate(node.value)]
        members: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error(key, at, "a key must be text")
            if key.value in members:
                message = f'the key "{key.value}" stands here twice'
                raise self._error(key, (*at, key.value), message)
            members[key.value] = self.build(value, (*at, key.value))
        return members

    def _scalar(self, node: yaml.ScalarNode, at: tuple[str | int, ...]) -> Any:
        construct = self._scalars.get(node.tag)
        if construct is None:
            raise self._error(node, at, _meaningless(node))
        try:
            return construct(node.value)
        except ValueError as error:
            raise self._error(node, at, str(error)) from None

    def _error(self, node: yaml.Node, at: tuple[str | int, ...], message: str) -> ContractError:
        line = node.start_mark.line + 1
        return ContractError([Finding(self._file, line, pointer.join(at), message)])
