"""`Visit`: one request, the sandbox that it plays in, and what is written down of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .answers import Packed
from .call import Headers, Identity
from .mount import Mount
from .sandbox import Reach, Sandbox
from .state import State
from .store.store import Change
from .violation import Violation

if TYPE_CHECKING:
    from .variants import Variant, Variants

T = TypeVar("T")
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


async def nothing() -> None:
    """Nothing is to be written down."""


class Visit:
    """One request; `prefix` is what the path names the sandbox by (`/sandbox/NAME`), or empty.

    `original` is the contract that it is for, None outside all contracts; `headers` are the
    request's; `identities` is who asks, by security scheme. `end` has it written down, which must
    be before its client knows how it ended.
    """

    __slots__ = (
        "_state",
        "_variant",
        "_variants",
        "_vendors",
        "end",
        "headers",
        "identities",
        "original",
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
        self.end: Callable[[], Awaitable[None]] = nothing
        headers: dict[str, list[str]] = {}
        for name, value in lines:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        self.headers: Headers = headers
        self.original: Mount | None = None
        self._variants = variants
        self._variant: Variant | None = None
        self._state: State | None = None
        self._vendors: str | None = None
        if variants is not None:
            self.original = mount = variants.mount
            self._vendors = mount.contract.name if mount.is_vendors else None

    @property
    def mount(self) -> Mount | None:
        """The contract that it is for, as it meets it; None outside all contracts."""
        return self.original if self._variant is None else self._variant.mount

    @property
    def variant(self) -> "Variant":
        """The contract with the faults that strike it, once it has met them."""
        if self._variant is None:
            raise ValueError("a request outside all contracts has no state")
        return self._variant

    async def meet(self, operation: str | None) -> None:
        """Come into the sandbox, and see which of its faults strike; it does so once."""
        if self._variants is None or self._variant is not None:
            return
        if self._vendors is not None and self.sandbox.is_shared:
            await self.sandbox.arrive()
        if self.sandbox.faults:
            await self.sandbox.run(partial(self._choose, self._variants, operation), "own")
        else:
            self._variant = self._variants.plain

    def run(self, work: Callable[[], T], reach: Reach) -> Awaitable[T]:
        """Do what reads or changes the documents of the contract; it may be done twice."""
        return self.sandbox.run(work, reach, self._vendors)

    def _choose(self, variants: "Variants", operation: str | None) -> None:
        self._variant, placed = variants.meeting(self.sandbox, operation)
        self.trace.struck = tuple(each.fault.name for each in placed)

    def state(self) -> State:
        """The documents that it sees; one look will do until it may have waited."""
        if self._state is None or self.sandbox.is_shared:
            variant = self.variant
            mount = variant.mount
            now = None
            if self._vendors is not None:
                self.sandbox.begin(mount.contract, mount.fixture)
                now = self.sandbox.tick(mount.contract)
            self._state = self.sandbox.state(
                mount.contract, mount.api.timespec, variant.around, now
            )
        return self._state

    def look_anew(self) -> None:
        """It may have waited: what it sees may have changed."""
        self._state = None


def visit_of(scope: Any) -> Visit:
    """The visit that `Front` wrote into an ASGI scope."""
    found: Visit = scope["extensions"][EXTENSION]
    return found
