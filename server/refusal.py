"""`Refusal`: why a request is not served, in no vendor's words; each API module words it."""

from dataclasses import dataclass
from typing import Any, Literal

Where = Literal["path", "query", "header", "cookie", "body"]


@dataclass(frozen=True, slots=True)
class Invalid:
    """One broken rule of the request.

    `path` is the parameter's name, or the way to the member inside the body. `rule` is the JSON
    Schema keyword that is broken (`required`, `type`, `enum`, `format`, `minimum` ...), or `json`
    (a body that cannot be read) or `repeated` (a scalar sent twice), or a handler's own word.
    `limit` is what the rule asks for, `value` what was sent (None when missing).
    """

    location: Where
    path: tuple[str | int, ...]
    rule: str
    value: Any
    limit: Any
    message: str
    pointer: str


class Refusal(Exception):
    """A request that is refused; what it had changed is undone.

    `at` is the JSON Pointer of the place in the contract that refused it; without one it is the
    operation's answer of that status.
    """

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        invalid: tuple[Invalid, ...] = (),
        at: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.invalid = invalid
        self.at = at
        self.headers = headers
