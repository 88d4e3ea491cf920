"""`Routed`: what a request meets once its operation is found: preferences, faults, the operation.

Connexion's middleware finds it; of Connexion's own operation only the id is used.
"""

from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware

from .answers import Send
from .operation import Receive, Scope
from .visit import visit_of


class Routed:
    """One operation of a contract, whoever plays it."""

    def __init__(self, id_: str) -> None:
        self._id = id_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        visit = visit_of(scope)
        visit.trace.operation = self._id
        await visit.meet(self._id).operation(self._id)(scope, receive, send)


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
