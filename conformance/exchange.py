"""`Exchange`: one request and its answer, as they were sent; masked before anybody reads them."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

LONGEST = 4000
"""Characters of a body that reports show."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; `data` is the body's JSON, if any.

    The names of the answer's `headers` are lower case.
    """

    operation: str
    method: str
    url: str
    sent_headers: Mapping[str, str]
    sent_body: str | None
    status: int
    headers: Mapping[str, str]
    text: str
    set_cookies: tuple[str, ...] = ()
    elapsed: float = 0.0
    data: Any = field(default=None, compare=False)

    def curl(self) -> str:
        """The command that repeats the request."""
        parts = ["curl", "-i"]
        if self.method != "GET":
            parts += ["-X", self.method]
        for name, value in self.sent_headers.items():
            parts += ["-H", f"{name}: {value}"]
        if self.sent_body is not None:
            parts += ["--data-raw", self.sent_body]
        return shlex.join([*parts, self.url])


def parsed(text: str) -> Any:
    """The JSON that `text` holds; None where it holds none."""
    try:
        return orjson.loads(text)
    except ValueError:
        return None
