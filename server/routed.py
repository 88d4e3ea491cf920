"""`Routed`: what a request meets once it may come in: preferences, faults, the operation."""

import asyncio
from collections.abc import Sequence
from typing import Any

from .answers import Send, packed, write
from .call import Answer
from .canned import NoSuchAnswer
from .faults.placed import Placed
from .faults.strike import strike
from .faults.transport import Transport
from .operation import Receive, Scope, ServedOperation
from .prefer import ImpossiblePreference, Preference, preference
from .problem import PROBLEM, problem
from .visit import Visit, visit_of


class Routed:
    """One operation of a contract, whoever plays it."""

    def __init__(self, id_: str) -> None:
        self.id = id_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = visit_of(scope)
        served = visit.variant.operation(self.id)
        is_plain = "prefer" not in visit.headers and not visit.sandbox.faults
        if is_plain or not served.mount.is_vendors:
            await served(scope, receive, send)
            return
        try:
            preferred = preference(visit.headers.get("prefer", ()))
            if preferred.is_canned:
                answer = served.canned(preferred.code, preferred.example)
        except (ImpossiblePreference, NoSuchAnswer) as error:
            answer = Answer(400, problem(400, f"Prefer: {error}"))
            await write(send, packed(answer, PROBLEM), head=scope["method"] == "HEAD")
            return
        if preferred.applied:
            send = _applied(preferred, send)
        if preferred.wait:
            await asyncio.sleep(preferred.wait)
        if preferred.is_canned:
            await write(send, served.packed(answer), head=scope["method"] == "HEAD")
        else:
            await self._play(visit, served, scope, receive, send)

    async def _play(
        self, visit: Visit, served: ServedOperation, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let the operation answer, as the sandbox's faults let it."""
        sandbox, contract = visit.sandbox, served.mount.contract.name
        struck: Sequence[Placed] = ()
        if sandbox.faults:
            struck = await sandbox.run(lambda: sandbox.faults.transport(contract, self.id), "own")

        async def serve(of: Receive, to: Send) -> None:
            visit.look_anew()
            await served(scope, of, to)

        if not struck:
            await serve(receive, send)
            return
        visit.trace.struck += tuple(each.fault.name for each in struck)
        transports = [each.fault for each in struck if isinstance(each.fault, Transport)]

        async def canned(status: int, example: str | None, to: Send) -> None:
            try:
                answer = served.packed(served.canned(status, example))
            except NoSuchAnswer:
                told = problem(status, "A fault that was set here answers so.")
                answer = packed(Answer(status, told), PROBLEM)
            await write(to, answer, head=scope["method"] == "HEAD")

        await strike(transports, scope, receive, send, serve, canned, visit.end)


def _applied(preferred: Preference, send: Send) -> Send:
    """`send`, which says what was heeded."""

    async def told(message: Any) -> None:
        if message["type"] == "http.response.start":
            header = (b"preference-applied", preferred.applied.encode("latin-1"))
            message = {**message, "headers": [*message["headers"], header]}
        await send(message)

    return told
