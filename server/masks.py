"""Masks: what no journal shows of headers, queries and bodies."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .body import FORM, parsed

MASK = "***"
_NAMES = r"secret|token|api[-_]?key|authorization|cookie|csrf|captcha"
_SECRET = re.compile(rf"pass(word|wd|phrase)?$|{_NAMES}", re.IGNORECASE)
"""Names of headers, parameters and members whose values are nobody's to see."""
_SECRET_WITHIN = re.compile(rf"pass(word|wd|phrase)|{_NAMES}", re.IGNORECASE)
"""Such a name somewhere in a text."""
_ADDRESSES = ("location", "referer")
"""Headers that hold an address, and so perhaps a query."""


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
        text = path(text, secret) if name in _ADDRESSES else text
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def path(text: str, secret: frozenset[str]) -> str:
    """A path or an address with its query."""
    before, mark, query = text.partition("?")
    if not mark:
        return text
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(is_secret(name, secret) for name, _ in pairs):
        return text
    return f"{before}?{_pairs(pairs, secret)}"


def body(raw: bytes, media: str, secret: frozenset[str]) -> Any:
    """A body as JSON, else as text, else in base64; null where there is none."""
    if not raw:
        return None
    if media.startswith(FORM):
        return _pairs(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True), secret)
    try:
        return data(parsed(raw), secret)
    except ValueError:
        return text(raw, secret)


def text(raw: bytes, secret: frozenset[str] = NOTHING) -> str:
    """What is no data: whole, or masked whole where the name of a secret is in it."""
    if _names_secret(raw.decode("latin-1"), secret):
        return MASK
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return b64encode(raw).decode()


def data(node: Any, secret: frozenset[str] = NOTHING) -> Any:
    """JSON data with its members masked by their names, whatever they hold."""
    if isinstance(node, Mapping):
        return {name: member(name, value, secret) for name, value in node.items()}
    if isinstance(node, list):
        return [data(each, secret) for each in node]
    # A message may quote what was sent.
    is_quoting = isinstance(node, str) and "{" in node and _names_secret(node, secret)
    return MASK if is_quoting else node


def member(name: str, value: Any, secret: frozenset[str] = NOTHING) -> Any:
    """One member's value; null, true and false are no secrets."""
    is_told = value is None or isinstance(value, bool) or not is_secret(name, secret)
    return data(value, secret) if is_told else MASK


def _names_secret(plain: str, secret: frozenset[str]) -> bool:
    return _SECRET_WITHIN.search(plain) is not None or any(n in plain.lower() for n in secret)


def _pairs(pairs: Iterable[tuple[str, str]], secret: frozenset[str]) -> str:
    masked = [(name, MASK if is_secret(name, secret) else value) for name, value in pairs]
    return urlencode(masked, safe="*")
