"""Masks: what no journal shows of headers, queries and bodies."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

MASK = "***"
_SECRET = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|api[-_]?key|authorization|cookie|csrf|captcha",
    re.IGNORECASE,
)
"""Names of headers, parameters and members whose values are nobody's to see."""


NOTHING: frozenset[str] = frozenset()


def is_secret(name: str, secret: frozenset[str] = NOTHING) -> bool:
    """Whether what is called `name` is masked: it is one of `secret`, or secret in general."""
    return name.lower() in secret or _SECRET.search(name) is not None


def headers(sent: Iterable[tuple[bytes, bytes]], secret: frozenset[str]) -> dict[str, str]:
    """Headers by lower-case name."""
    shown: dict[str, str] = {}
    for raw, value in sent:
        name = raw.decode("latin-1").lower()
        text = MASK if is_secret(name, secret) else value.decode("latin-1")
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def path(text: str, secret: frozenset[str]) -> str:
    """A path with its query."""
    before, mark, query = text.partition("?")
    if not mark:
        return text
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(is_secret(name, secret) for name, _ in pairs):
        return text
    return f"{before}?{_pairs(pairs, secret)}"


def body(raw: bytes, media: str, secret: frozenset[str]) -> Any:
    """A body as JSON, else as text; null where there is none."""
    if not raw:
        return None
    try:
        return data(orjson.loads(raw), secret)
    except orjson.JSONDecodeError:
        text = raw.decode(errors="replace")
    if "form" in media:
        return _pairs(parse_qsl(text, keep_blank_values=True), secret)
    return text


def data(node: Any, secret: frozenset[str] = NOTHING) -> Any:
    """JSON data, members that are text masked by their names."""
    if isinstance(node, Mapping):
        return {
            name: MASK
            if isinstance(value, str) and is_secret(name, secret)
            else data(value, secret)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [data(each, secret) for each in node]
    return node


def _pairs(pairs: Iterable[tuple[str, str]], secret: frozenset[str]) -> str:
    masked = [(name, MASK if is_secret(name, secret) else value) for name, value in pairs]
    return urlencode(masked, safe="*")
