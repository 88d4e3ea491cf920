"""What may stand in a `subject.toml`, and what is told of one that is otherwise."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs

from ..specs import pointer
from ..specs.errors import Finding, did_you_mean

_SECRET: Mapping[str, Any] = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "required": ["username", "password"],
            "additionalProperties": False,
            "properties": {"username": {"type": "string"}, "password": {"type": "string"}},
        },
        {
            "type": "object",
            "required": ["login"],
            "additionalProperties": {"type": "string"},
        },
    ]
}
_PERSONA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["secrets"],
    "properties": {
        "secrets": {"type": "object", "additionalProperties": _SECRET},
        "roles": {"type": "array", "items": {"type": "string"}},
        "good": {"type": "boolean"},
    },
}
FORM: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "url": {"type": "string", "pattern": "^https?://"},
        "profile": {"enum": ["read-only", "non-destructive", "full"]},
        "full-hosts": {"type": "array", "items": {"type": "string"}},
        "capabilities": {"type": "array", "items": {"enum": ["reset", "clock", "seed"]}},
        "pace": {"type": "number", "exclusiveMinimum": 0},
        "timeout": {"type": "number", "exclusiveMinimum": 0},
        "verify": {"type": ["boolean", "string"]},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "known": {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}},
        "personas": {
            "type": "object",
            "additionalProperties": _PERSONA,
        },
    },
}


def findings(shown: str, text: str, data: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with the file: each with its line; no message repeats a value."""
    return [
        _finding(shown, text, error)
        for error in jsonschema_rs.Draft202012Validator(dict(FORM)).iter_errors(data)
    ]


def _finding(shown: str, text: str, error: jsonschema_rs.ValidationError) -> Finding:
    path = list(error.instance_path)
    if error.kind.name == "additionalProperties":
        name = error.kind.as_dict()["unexpected"][0]
        known = FORM["properties"] if not path else _PERSONA["properties"]
        message = f'"{name}" has no meaning here.{did_you_mean(name, known)}'
        path.append(name)
    else:
        message = _told(error.kind.name, error.kind.as_dict())
    return Finding(shown, line_of(text, path), pointer.join(path), message)


def _told(kind: str, of: Mapping[str, Any]) -> str:
    """What was expected; the value may be a secret, and is not repeated."""
    tell: Mapping[str, str] = {
        "type": f"must be of type {' or '.join(of.get('types', ()))}",
        "enum": f"must be one of {', '.join(map(str, of.get('options', ())))}",
        "required": f'"{of.get("property")}" is missing',
        "pattern": "must begin with http:// or https://",
        "exclusiveMinimum": f"must be more than {of.get('limit')}",
        "minItems": "must not be empty",
        "oneOf": "must be a text, {username, password}, or {login, ...} with the form's members",
    }
    return tell[kind]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of the last key of `path` that can be found."""
    found, wanted = 1, [str(part) for part in path if isinstance(part, str)]
    for number, line in enumerate(text.splitlines(), 1):
        while wanted and re.match(rf"[^=#]*(?<![\w-]){re.escape(wanted[0])}(?![\w-])", line):
            found = number
            line = line[line.index(wanted.pop(0)) :]
    return found
