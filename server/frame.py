"""What Connexion does here: a contract's operations with their security, and Swagger UI."""

from typing import Any

from connexion.middleware.abstract import AbstractRoutingAPI, SpecMiddleware
from connexion.middleware.security import SecurityOperation
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from connexion.security import SecurityHandlerFactory

from .doors import Asking
from .routed import Routed
from .routing import Paths, Route
from .visit import visit_of


class _Guarded(SecurityOperation):  # type: ignore[misc]  # Connexion is untyped
    """An operation behind its doors."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See who asks, and let in; an exception where nobody may."""
        visit = visit_of(scope)
        visit.trace.operation = self.next_app.id
        if self.security:
            asking = Asking(visit, scope)
            await self.verification_fn(asking)
            visit.identities = asking.identities()
        await self.next_app(scope, receive, send)


class _Contract(AbstractRoutingAPI[_Guarded]):  # type: ignore[misc]  # likewise
    """The operations of one contract; of Connexion's own only id and security are used."""

    def __init__(self, *args: Any, security_map: Any, **kwargs: Any) -> None:
        self._doors = SecurityHandlerFactory(security_map)
        self._routes: list[Route] = []
        super().__init__(*args, **kwargs)
        self.paths = Paths(self._routes)

    def make_operation(self, operation: Any) -> _Guarded:
        """Ours in place of Connexion's."""
        app = Routed(operation.operation_id)
        made: _Guarded = _Guarded.from_operation(
            operation, next_app=app, security_handler_factory=self._doors
        )
        return made

    @staticmethod
    def _framework_path_and_name(_: Any, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(
        self, method: str, path: str, operation: _Guarded, name: str | None = None
    ) -> None:
        del name
        self._routes.append(Route(path, method.upper(), operation))


class OperationMiddleware(SpecMiddleware):  # type: ignore[misc]  # likewise
    """Hands each request to its operation, and passes on what is for none."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._paths: dict[str, Paths] = {}

    def add_api(self, specification: Any, base_path: str | None = None, **kwargs: Any) -> None:
        """Add a contract."""
        contract = _Contract(specification, base_path, **kwargs)
        self._paths[contract.base_path] = contract.paths

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        original = visit_of(scope).original if scope["type"] == "http" else None
        found = None
        if original is not None:
            path = scope["path"].removeprefix(original.prefix)
            found = self._paths[original.prefix].find(path, scope["method"])
        if found is None:
            await self._app(scope, receive, send)
        else:
            operation, scope["path_params"] = found
            await operation(scope, receive, send)


class ExactSwaggerUI(SwaggerUIMiddleware):  # type: ignore[misc]  # likewise
    """Swagger UI without the redirect from `/nexudus` to `/nexudus/`."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.router.redirect_slashes = False

    def add_api(self, specification: Any, base_path: str | None = None, **kwargs: Any) -> None:
        """Add the pages of a contract."""
        super().add_api(specification, base_path, **kwargs)
        self.router.routes[-1].app.redirect_slashes = False
