"""Masks: what no journal shows of headers, queries and bodies."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

MASK = "***"
_SECRET = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|api[-_]?key|authorization|cookie|session_?id$|csrf|captcha",
    re.IGNORECASE,
)
"""Names of headers, parameters and members whose values are nobody's to see."""


def is_secret(name: str) -> bool:
    """Whether what is called `name` is masked."""
    return _SECRET.search(name) is not None


def headers(sent: Iterable[tuple[bytes, bytes]], secret: frozenset[str]) -> dict[str, str]:
    """Headers by lower-case name; those whose names are secret, here or in general, masked."""
    shown: dict[str, str] = {}
    for raw, value in sent:
        name = raw.decode("latin-1").lower()
        text = MASK if name in secret or is_secret(name) else value.decode("latin-1")
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def path(text: str, secret: frozenset[str]) -> str:
    """A path with its query, in which secret parameters are masked."""
    before, mark, query = text.partition("?")
    if not mark:
        return text
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(name.lower() in secret or is_secret(name) for name, _ in pairs):
        return text
    return f"{before}?{_pairs(pairs, secret)}"


def body(raw: bytes, media: str, secret: frozenset[str]) -> Any:
    """A body as JSON, else as text; null where there is none."""
    if not raw:
        return None
    try:
        return data(orjson.loads(raw))
    except orjson.JSONDecodeError:
        text = raw.decode(errors="replace")
    if "form" in media:
        return _pairs(parse_qsl(text, keep_blank_values=True), secret)
    return text


def data(node: Any) -> Any:
    """JSON data in which secret members are masked."""
    if isinstance(node, Mapping):
        return {
            name: MASK if is_secret(name) and isinstance(value, str) else data(value)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [data(each) for each in node]
    return node


def _pairs(pairs: Iterable[tuple[str, str]], secret: frozenset[str]) -> str:
    masked = [
        (name, MASK if name.lower() in secret or is_secret(name) else value)
        for name, value in pairs
    ]
    return urlencode(masked, safe="*")
