"""`TomlFile`: a file of settings, and what is wrong with it, by line, without its values."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from math import isfinite
from pathlib import Path
from typing import Any

import jsonschema_rs

from ..specs import pointer
from ..specs.errors import Finding, UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file holds, and `shown`, the name to tell it by."""

    shown: str
    data: dict[str, Any] = field(default_factory=dict)
    text: str = field(default="", repr=False)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the last key of `path` that can be found."""
        found, wanted = 1, [str(part) for part in path if isinstance(part, str)]
        for number, line in enumerate(self.text.splitlines(), 1):
            while wanted and re.match(rf"[^=#]*(?<![\w-]){re.escape(wanted[0])}(?![\w-])", line):
                found = number
                line = line[line.index(wanted.pop(0)) :]
        return found

    def findings(self, form: Mapping[str, Any]) -> list[Finding]:
        """Where the data breaks a JSON Schema; its `description` says what was expected."""
        errors = jsonschema_rs.Draft202012Validator(dict(form)).iter_errors(_plain(self.data))
        return [self._finding(form, error) for error in errors]

    def _finding(self, form: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> Finding:
        path = list(error.instance_path)
        schema = pointer.value(form, tuple(map(str, error.schema_path[:-1])))
        of = error.kind.as_dict()
        if error.kind.name == "additionalProperties":
            name = of["unexpected"][0]
            message = f'"{name}" has no meaning here.{did_you_mean(name, schema["properties"])}'
            path.append(name)
        else:
            message = schema.get("description") or _told(error.kind.name, of)
        return Finding(self.shown, self.line(path), pointer.join(path), message)


def read(path: Path, shown: str) -> TomlFile:
    """The file as it is; UsageError where it is none, or no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(shown, tomllib.loads(text), text)
    except FileNotFoundError:
        raise UsageError(f"{shown}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{shown}:{_line_in(str(error))}: is not TOML: {error}") from None


def _plain(node: Any) -> Any:
    """`node` as a validator takes it: with nothing where TOML has what JSON has not."""
    if isinstance(node, dict):
        return {name: _plain(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    is_unknown = isinstance(node, date | time) or (isinstance(node, float) and not isfinite(node))
    return None if is_unknown else node


def _line_in(message: str) -> int:
    """The line that the reader of TOML names."""
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else 1


def _told(kind: str, of: Mapping[str, Any]) -> str:
    """What was expected; the value may be a secret, and is not repeated."""
    tell: Mapping[str, str] = {
        "type": f"must be of type {' or '.join(of.get('types', ()))}",
        "enum": f"must be one of {', '.join(map(str, of.get('options', ())))}",
        "required": f'"{of.get("property")}" is missing',
        "exclusiveMinimum": f"must be more than {of.get('limit')}",
        "minimum": f"must be {of.get('limit')} or more",
        "maximum": f"must be {of.get('limit')} or less",
        "minLength": "must not be empty",
        "minItems": "must not be empty",
    }
    return tell[kind]
