"""Connexion's routing, made exact: whole `Allow`, literal before template, no redirects."""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from connexion.middleware.routing import RoutingAPI, RoutingMiddleware
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import Route

_TEMPLATED = re.compile(r"\{([^{}]*)\}")


def path_values(template: str, params: Mapping[str, str]) -> dict[str, str]:
    """What a request's path holds at each name of `template`."""
    names = _TEMPLATED.findall(template)
    return {name: params[f"p{number}"] for number, name in enumerate(names)}


class _MethodNotAllowed:
    """Refuses every method that no other route of its path has taken."""

    def __init__(self, methods: set[str]) -> None:
        self._allow = ", ".join(sorted(methods))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise HTTPException(405, headers={"Allow": self._allow})


class ExactAPI(RoutingAPI):  # type: ignore[misc]  # Connexion is untyped
    """The routes of one contract."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.router.redirect_slashes = False

    @staticmethod
    def _framework_path_and_name(_: Any, path: str) -> tuple[str, str]:
        # Every path parameter stays text: the operation decides about it, after authentication.
        # Starlette takes Python's names alone, a contract any: so they are numbered.
        number = count()
        numbered = _TEMPLATED.sub(lambda _: f"{{p{next(number)}}}", path)
        return numbered, numbered

    def add_paths(self, paths: dict[str, Any] | None = None) -> None:
        """Add the routes, literal paths first, and a refusal for the other methods of each path."""
        super().add_paths(paths)
        routes: list[Route] = self.router.routes
        routes.sort(key=lambda route: len(route.param_convertors))
        allowed: dict[str, set[str]] = {}
        for route in routes:
            allowed.setdefault(route.path, set()).update(route.methods or ())
        for path, methods in allowed.items():
            self.router.add_route(path, _MethodNotAllowed(methods), methods=None)


class ExactRouting(RoutingMiddleware):  # type: ignore[misc]  # likewise
    """Routes each request to a contract's operation."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.router.redirect_slashes = False

    def add_api(self, specification: Any, base_path: str | None = None, **kwargs: Any) -> None:
        """Add a contract; Connexion's own method names its class literally."""
        api = ExactAPI(specification, base_path=base_path, next_app=self.app, **kwargs)
        self.router.mount(api.base_path, app=api.router)


class ExactSwaggerUI(SwaggerUIMiddleware):  # type: ignore[misc]  # likewise
    """Swagger UI without the redirect from `/nexudus` to `/nexudus/`."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.router.redirect_slashes = False

    def add_api(self, specification: Any, base_path: str | None = None, **kwargs: Any) -> None:
        """Add the pages of a contract."""
        super().add_api(specification, base_path, **kwargs)
        self.router.routes[-1].app.redirect_slashes = False
