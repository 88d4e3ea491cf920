"""`framework`: what is used of Connexion, imported without what it imports and nobody here uses."""

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_UNUSED = ("httpx", "requests", "starlette.testclient")
"""What asks others about tokens, fetches references and drives tests: a fifth of a start."""


class _Empty(ModuleType):
    """Stands for a module of which nothing is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


@contextmanager
def _without(names: Sequence[str]) -> Iterator[None]:
    """Imports find these modules empty, unless they are loaded; later ones find them whole."""
    empty = {name: _Empty(name) for name in names if name not in sys.modules}
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name in empty:
            del sys.modules[name]


with warnings.catch_warnings(), _without(_UNUSED):
    # Connexion imports two things that their own projects have since deprecated.
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.lifespan import LifespanMiddleware
    from connexion.middleware.security import SecurityOperation
    from connexion.middleware.swagger_ui import SwaggerUIMiddleware
    from connexion.options import SwaggerUIOptions
    from connexion.security import NO_VALUE, SecurityHandlerFactory

__all__ = [
    "NO_VALUE",
    "ConnexionMiddleware",
    "LifespanMiddleware",
    "SecurityHandlerFactory",
    "SecurityOperation",
    "SwaggerUIMiddleware",
    "SwaggerUIOptions",
]
