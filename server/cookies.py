"""Reads `Cookie` headers; one malformed cookie does not hide the others."""

from collections.abc import Iterable, Mapping, Sequence


def parse(headers: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The cookies by name. Of several with a name the first counts: it has the longest path."""
    cookies: dict[str, list[str]] = {}
    for header in headers:
        for pair in header.split(";"):
            name, equals, value = pair.strip().partition("=")
            if equals and name not in cookies:
                cookies[name] = [value.strip('"')]
    return cookies
