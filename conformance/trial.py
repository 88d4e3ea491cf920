"""`Trial`: what a law judges with: a client, a source of chance, and a count of what it said."""

import random
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from math import ceil
from typing import Any, TypeVar

from ..specs.contract import Contract
from ..specs.operation import Operation
from .client import UNSET, Client, Jar
from .exchange import Exchange
from .law import Unreachable, Violation
from .memory import Memory
from .shapes import Shapes
from .subject import Persona, Subject

T = TypeVar("T")
TICK = 1.1
"""Seconds after which a clock that shows whole seconds shows another one."""


class Trial:
    """One judging of one law. Every answer's shape is held against the contract on the way."""

    def __init__(self, client: Client, shapes: Shapes, memory: Memory, seed: int, law: str) -> None:
        self._client = client
        self._shapes = shapes
        self._memory = memory
        self._seed = seed
        self.contract: Contract = client.contract
        self.subject: Subject = client.subject
        self.random = random.Random(f"{seed} {law}")
        self._fired: set[str] = set()
        self._undo: list[Callable[[], object]] = []
        self._kept: dict[str, Any] = {}
        self.reason = ""

    @property
    def fired(self) -> int:
        """On how many distinct inputs the law has said something."""
        return len(self._fired)

    def fire(self, *inputs: Any) -> None:
        """Count that the law says something about `inputs`."""
        self._fired.add(repr(inputs))

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made once in this trial."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found

    def chance(self, of: str) -> random.Random:
        """A source of chance that all laws share which are about the same."""
        return random.Random(f"{self._seed} {of}")

    def name(self) -> str:
        """A name that nobody has given before: not by chance, or a second run would give it too."""
        return f"understudy-{secrets.token_hex(8)}"

    def operation(self, id_: str) -> Operation:
        """The contract's operation of that id."""
        return self.contract.operations[id_]

    def send(
        self,
        operation: str,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        body: Any = UNSET,
        persona: Persona | None = None,
        jar: Jar | None = None,
    ) -> Exchange:
        """One request; Violation when the answer is not one that the contract documents."""
        ours = self.operation(operation)
        if ours.method != "get":
            self._memory.forget()
        kept = {**(jar.cookies if jar else {}), **(cookies or {})}
        exchange = self._client.send(
            ours,
            path=path,
            query=query,
            headers=headers,
            cookies=kept,
            body=body,
            persona=persona,
        )
        if jar is not None:
            jar.keep(exchange)
        self._shapes.hold(ours, exchange)
        return exchange

    def good(self, operation: str, **request: Any) -> Exchange:
        """One request that the contract says succeeds; Violation when it does not."""
        exchange = self.send(operation, **request)
        if not 200 <= exchange.status < 400:
            raise Violation(f"a good request was refused with {exchange.status}", exchange)
        return exchange

    def page(
        self, operation: str, query: Mapping[str, Any], persona: Persona | None = None
    ) -> Exchange:
        """A page of a listing, as `good` gives it, or as it was since the last write."""
        key = operation, repr(query), persona.name if persona else ""
        return self._memory.once(key, lambda: self.good(operation, query=query, persona=persona))

    def shared(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, of what can be read; all laws share it until the next write."""
        return self._memory.once(name, make)

    def forget(self) -> None:
        """Take nothing as read."""
        self._memory.forget()

    def skip(self, span: timedelta) -> None:
        """Move the subject's clock forward by whole seconds; ClockStands where that fails."""
        self._memory.forget()
        self._client.skip(ceil(span.total_seconds()))

    def pass_time(self, seconds: float = TICK) -> None:
        """Let time pass at the subject: by its clock where that can be moved, else by waiting."""
        if self.subject.may_skip:
            self.skip(timedelta(seconds=seconds))
        else:
            time.sleep(seconds)

    def later(self, undo: Callable[[], object]) -> None:
        """Clean up with `undo` when the law is done, the last thing made first."""
        self._undo.append(undo)

    def clean_up(self) -> None:
        """Remove what the law made; a subject that is gone is left alone."""
        while self._undo:
            with suppress(Violation, Unreachable):
                self._undo.pop()()
