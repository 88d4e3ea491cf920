"""`Mount`, a contract served under a prefix, and `Visit`, one request to it."""

from dataclasses import dataclass, replace
from typing import Any

from ..fixtures.fixture import Fixture
from ..specs.contract import Contract
from ..specs.operation import Operation
from .api import Api
from .call import Answer
from .refusal import Refusal
from .sandbox import Sandbox
from .state import State

EXTENSION = "understudy"
"""Where a request's `Visit` stands among the extensions of its ASGI scope."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One contract at `prefix` (`/nexudus`, or empty at the root)."""

    contract: Contract
    api: Api
    fixture: Fixture
    prefix: str

    def covers(self, path: str) -> bool:
        """Whether `path` lies below the prefix."""
        return path.startswith(f"{self.prefix}/") or path == self.prefix

    def refused(self, refusal: Refusal, operation: Operation | None) -> Answer:
        """The vendor's answer to a refusal, with the place in the contract that refused."""
        answer = self.api.word(refusal, operation)
        at = refusal.at
        if at is None and refusal.invalid:
            at = refusal.invalid[0].pointer
        if at is None:
            at = "/paths"
            if operation is not None:
                response = operation.response(answer.status)
                at = response.pointer if response else operation.pointer
        reason = f"{at}; {self.contract.place(at)}"
        headers = [*refusal.headers, ("Understudy-Reason", _latin(reason))]
        if answer.status == 401:
            headers.extend(self._challenges(operation))
        return replace(answer, headers=(*answer.headers, *headers))

    def _challenges(self, operation: Operation | None) -> list[tuple[str, str]]:
        """What a 401 asks for (RFC 9110, 11.6.1), one for each scheme of the operation."""
        schemes = self.contract.security_schemes
        names = {name for group in (operation.security if operation else ()) for name, _ in group}
        words = {"basic": f'Basic realm="{self.contract.name}"', "bearer": "Bearer"}
        asked = []
        for name in sorted(names):
            scheme = schemes[name]
            kind = "bearer" if scheme["type"] == "oauth2" else scheme.get("scheme", "").lower()
            asked.append(words.get(kind, f'ApiKey name="{scheme.get("name", name)}"'))
        return [("WWW-Authenticate", ", ".join(asked))] if asked else []


def _latin(text: str) -> str:
    """`text` with what a header cannot hold as `%XX`."""
    return "".join(c if " " <= c <= "~" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """One character as the percent-encoded octets of its UTF-8."""
    return "".join(f"%{octet:02X}" for octet in character.encode())


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: the sandbox that it plays in, and the contract that it is for, if any.

    `prefix` is what the path names the sandbox by (`/sandbox/NAME`), or empty.
    """

    sandbox: Sandbox
    mount: Mount | None
    prefix: str = ""

    def state(self) -> State:
        """The documents that it sees: as they are now, and not when the request began to come."""
        if self.mount is None:
            raise ValueError("a request outside all contracts has no state")
        self.sandbox.begin(self.mount.contract, self.mount.fixture)
        self.sandbox.tick(self.mount.contract)
        return self.sandbox.state(self.mount.contract, self.mount.api.timespec)


def visit_of(scope: Any) -> Visit:
    """The visit that `Front` wrote into an ASGI scope."""
    found: Visit = scope["extensions"][EXTENSION]
    return found
