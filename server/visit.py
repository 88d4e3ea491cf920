"""`Visit`: one request, the sandbox that it plays in, and what is written down of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .answers import Packed
from .call import Headers, Identity
from .mount import Mount
from .sandbox import Sandbox
from .state import State
from .store.store import Change
from .violation import Violation

if TYPE_CHECKING:
    from .variants import Variant, Variants

_NOBODY: Mapping[str, Identity] = {}
EXTENSION = "understudy"
"""Where a request's `Visit` stands among the extensions of its ASGI scope."""


@dataclass(slots=True)
class Trace:
    """What the journal tells of a request beside what went over the wire.

    `operation` is its id, once it is found. `answer` is what was to be sent; where a fault lost it,
    nothing was. `struck` are the names of the faults that it met.
    """

    operation: str | None = None
    body: bytes = b""
    violations: list[Violation] = field(default_factory=list)
    changes: Sequence[Change] = ()
    struck: tuple[str, ...] = ()
    answer: Packed | None = None


class Visit:
    """One request; `prefix` is what the path names the sandbox by (`/sandbox/NAME`), or empty.

    `original` is the contract that it is for, `identities` who asks, by security scheme.
    """

    __slots__ = (
        "_headers",
        "_lines",
        "_variant",
        "_variants",
        "identities",
        "prefix",
        "sandbox",
        "trace",
    )

    def __init__(
        self,
        sandbox: Sandbox,
        variants: "Variants | None",
        prefix: str = "",
        lines: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self.sandbox = sandbox
        self.prefix = prefix
        self.identities: Mapping[str, Identity] = _NOBODY
        self.trace = Trace()
        self._lines = lines
        self._headers: dict[str, list[str]] = {}
        self._variants = variants
        self._variant: Variant | None = None

    @property
    def original(self) -> Mount | None:
        """The contract that it is for; None outside all contracts."""
        return None if self._variants is None else self._variants.mount

    @property
    def mount(self) -> Mount | None:
        """The contract that it is for, as it meets it; None outside all contracts."""
        return None if self._variants is None else self.meet(None).mount

    @property
    def headers(self) -> Headers:
        """The request's headers; they are read once."""
        headers = self._headers
        if not headers:
            for name, value in self._lines:
                headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        return headers

    def meet(self, operation: str | None) -> "Variant":
        """The contract with the faults that strike this request; chosen at the first call."""
        if self._variant is None:
            if self._variants is None:
                raise ValueError("a request outside all contracts has no state")
            self._variant, placed = self._variants.meeting(self.sandbox, operation)
            self.trace.struck = tuple(each.fault.name for each in placed)
        return self._variant

    def state(self) -> State:
        """The documents that it sees: as they are now, and not when the request began to come."""
        variant = self.meet(None)
        mount = variant.mount
        self.sandbox.begin(mount.contract, mount.fixture)
        self.sandbox.tick(mount.contract)
        return self.sandbox.state(mount.contract, mount.api.timespec, variant.around)


def visit_of(scope: Any) -> Visit:
    """The visit that `Front` wrote into an ASGI scope."""
    found: Visit = scope["extensions"][EXTENSION]
    return found
