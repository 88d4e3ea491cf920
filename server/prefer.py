"""`Preference`: what a request prefers (RFC 7240): a status, an example, a wait."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LONGEST = 60.0
"""Seconds that a request may ask to wait."""
_ONE = re.compile(
    r"""[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)       # a name
        (?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s",;]*))?  # its value, which may be quoted
        \s*(?:;(?:"(?:[^"\\]|\\.)*"|[^",])*)?(?:,|$)  # parameters, which none of ours has""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class ImpossiblePreference(ValueError):
    """A preference that makes no sense; the text says what would."""


@dataclass(frozen=True, slots=True)
class Preference:
    """`code` and `example` name a documented answer; `wait` is in seconds."""

    code: int | None = None
    example: str | None = None
    wait: float = 0.0

    @property
    def is_canned(self) -> bool:
        """Whether a documented answer is asked for."""
        return self.code is not None or self.example is not None

    @property
    def applied(self) -> str:
        """What `Preference-Applied` says."""
        parts = [f"code={self.code}"] if self.code is not None else []
        parts += [f"example={_written(self.example)}"] if self.example is not None else []
        parts += [f"wait={self.wait:g}"] if self.wait else []
        return ", ".join(parts)


def _written(text: str) -> str:
    """A value in a header: quoted where it is no token."""
    if _TOKEN.fullmatch(text):
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


NONE = Preference()


def preference(lines: Iterable[str]) -> Preference:
    """What the `Prefer` headers say; what is not known is ignored. ImpossiblePreference."""
    stated: dict[str, str] = {}
    for line in lines:
        for key, text in _stated(line):
            # Of one that is stated twice the first counts (RFC 7240, 2).
            stated.setdefault(key, text)
    return _read(stated) if stated else NONE


def _stated(line: str) -> Iterator[tuple[str, str]]:
    position = 0
    while match := _ONE.match(line, position):
        position = match.end()
        text = match[2] or ""
        if text.startswith('"'):
            text = _ESCAPED.sub(r"\1", text[1:-1])
        yield match[1].lower(), text
        if position >= len(line):
            return


def _read(stated: Mapping[str, str]) -> Preference:
    code, example = stated.get("code"), stated.get("example")
    if code is not None and not re.fullmatch(r"[1-5]\d\d", code, re.ASCII):
        raise ImpossiblePreference(f'code takes a status such as 404, not "{code}".')
    if example == "":
        raise ImpossiblePreference("example takes the name of an example.")
    return Preference(None if code is None else int(code), example, _wait(stated.get("wait")))


def _wait(text: str | None) -> float:
    if text is None:
        return 0.0
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII) or float(text) > LONGEST:
        raise ImpossiblePreference(f'wait takes seconds, {LONGEST:g} at most, not "{text}".')
    return float(text)
