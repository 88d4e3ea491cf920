"""What Connexion does for us: the security of each operation, and Swagger UI."""

from collections.abc import Mapping, Sequence
from typing import Any

from .call import Identity
from .doors import NAME, Asking, doors
from .framework import SecurityHandlerFactory, SecurityOperation, SwaggerUIMiddleware
from .mount import Mount
from .routed import Routed
from .routing import Paths, Route
from .visit import Visit, visit_of


class _Guarded(SecurityOperation):  # type: ignore[misc]  # Connexion is untyped
    """An operation behind its doors."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See who asks, and let in; an exception where nobody may."""
        visit = visit_of(scope)
        visit.trace.operation = self.next_app.id
        await visit.meet(self.next_app.id)
        if self.security:
            visit.identities = await visit.run(lambda: self._seen(visit, scope), "look")
        await self.next_app(scope, receive, send)

    def _seen(self, visit: Visit, scope: Any) -> Mapping[str, Identity]:
        """Who asks."""
        asking = Asking(visit, scope)
        try:
            self.verification_fn(asking).send(None)
        except StopIteration:
            pass  # Connexion's own is a coroutine, for doors that wait; ours do not.
        finally:
            if asking.failure is not None:
                raise asking.failure
        return asking.identities()


class OperationMiddleware:
    """Hands each request to its operation, and passes on what is for none."""

    def __init__(self, app: Any, *, mounts: Sequence[Mount]) -> None:
        self._app = app
        self._paths = {mount.prefix: _paths(mount) for mount in mounts}

    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Serve one request."""
        original = visit_of(scope).original if scope["type"] == "http" else None
        found = None
        if original is not None:
            path = scope["path"].removeprefix(original.prefix)
            found = self._paths[original.prefix].find(path, scope["method"])
        if found is None:
            return self._app(scope, receive, send)
        operation, scope["path_params"] = found
        return operation(scope, receive, send)


def _paths(mount: Mount) -> Paths:
    """The operations of one contract, each behind what its `security` asks for."""
    factory = SecurityHandlerFactory(dict(doors(mount)))
    # Connexion hands on a scheme without its name, and two may be alike but for that.
    schemes: Mapping[str, Any] = {
        name: {**scheme, NAME: name} for name, scheme in mount.contract.security_schemes.items()
    }
    return Paths(
        Route(
            operation.path,
            operation.method.upper(),
            _Guarded(
                next_app=Routed(operation.id),
                security_handler_factory=factory,
                security=[
                    {name: list(scopes) for name, scopes in alternative}
                    for alternative in operation.security
                ],
                security_schemes=schemes,
            ),
        )
        for operation in mount.contract.operations.values()
    )


class ExactSwaggerUI(SwaggerUIMiddleware):  # type: ignore[misc]  # likewise
    """Swagger UI without the redirect from `/nexudus` to `/nexudus/`."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.router.redirect_slashes = False

    def add_api(self, specification: Any, base_path: str | None = None, **kwargs: Any) -> None:
        """Add the pages of a contract."""
        super().add_api(specification, base_path, **kwargs)
        self.router.routes[-1].app.redirect_slashes = False
