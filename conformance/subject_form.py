"""What may stand in a `subject.toml`, as a JSON Schema."""

from collections.abc import Mapping
from typing import Any

_SECRET: Mapping[str, Any] = {
    "description": "must be a text, {username, password}, or {login, ...} with the form's members",
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
    ],
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
URL: Mapping[str, Any] = {
    "pattern": "^https?://",
    "description": "must begin with http:// or https://",
}
FORM: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "url": {"type": "string", "allOf": [URL]},
        "profile": {"enum": ["read-only", "non-destructive", "full"]},
        "full-hosts": {"type": "array", "items": {"type": "string"}},
        "capabilities": {"type": "array", "items": {"enum": ["reset", "clock", "seed"]}},
        "clock": {"type": "string", "pattern": "^/", "description": "must begin with /"},
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
