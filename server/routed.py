"""`Routed`: what a request meets once its operation is found: preferences, faults, the operation.

Connexion's middleware finds it; of Connexion's own operation only the id is used.
"""

import asyncio
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware

from .answers import Send, packed, write
from .call import Answer
from .canned import NoSuchAnswer
from .faults.strike import strike
from .faults.transport import Transport
from .operation import Receive, Scope, ServedOperation
from .prefer import ImpossiblePreference, Preference, preference
from .problem import PROBLEM, problem
from .visit import Visit, visit_of


class Routed:
    """One operation of a contract, whoever plays it."""

    def __init__(self, id_: str) -> None:
        self._id = id_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = visit_of(scope)
        visit.trace.operation = self._id
        served = visit.meet(self._id).operation(self._id)
        if visit.mount is None or not visit.mount.is_vendors:
            await served(scope, receive, send)
            return
        try:
            preferred = preference(scope["headers"])
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
        faults = visit.sandbox.faults
        struck = faults.transport(visit.contract, self._id) if faults else ()
        if not struck:
            await served(scope, receive, send)
            return
        visit.trace.struck += tuple(each.fault.name for each in struck)
        transports = [each.fault for each in struck if isinstance(each.fault, Transport)]

        async def serve(of: Receive, to: Send) -> None:
            await served(scope, of, to)

        async def canned(status: int, example: str | None, to: Send) -> None:
            try:
                answer = served.packed(served.canned(status, example))
            except NoSuchAnswer:
                told = problem(status, "A fault that was set here answers so.")
                answer = packed(Answer(status, told), PROBLEM)
            await write(to, answer, head=scope["method"] == "HEAD")

        await strike(transports, scope, receive, send, serve, canned)


def _applied(preferred: Preference, send: Send) -> Send:
    """`send`, which says what was heeded."""

    async def told(message: Any) -> None:
        if message["type"] == "http.response.start":
            header = (b"preference-applied", preferred.applied.encode("latin-1"))
            message = {**message, "headers": [*message["headers"], header]}
        await send(message)

    return told


class RoutedOperations(RoutedAPI[Routed]):  # type: ignore[misc]  # Connexion is untyped
    """The operations of one contract, by operationId."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: Any) -> Routed:
        """Ours in place of Connexion's."""
        return Routed(operation.operation_id)


class OperationMiddleware(RoutedMiddleware[RoutedOperations]):  # type: ignore[misc]  # likewise
    """Hands each routed request to its operation."""

    api_cls = RoutedOperations
