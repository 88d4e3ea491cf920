"""Builds the ASGI application: Connexion's stack with our operations, for some contracts."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from typing import Any

from ..fixtures.fixture import Fixture
from ..specs.contract import CONTROL, NAMES, Contract, load
from ..specs.errors import ContractError
from . import engine, guard
from .api import Api
from .apis import control, custom
from .cors import Cors
from .doors import is_supported
from .entrance import Entrance
from .frame import ExactSwaggerUI, OperationMiddleware
from .framework import ConnexionMiddleware, LifespanMiddleware, SwaggerUIOptions
from .front import Front
from .health import Health
from .house import House
from .mount import Mount
from .pages import Pages
from .sandbox import Sandbox
from .settings import Settings
from .variants import Variants
from .world import Sandboxes

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]
LARGEST_DUMP = 64 * 1024 * 1024
"""Bytes that a body for the control API may have: a dump is longer than any vendor's request."""
_PAGE = {"openapi": "3.0.3", "info": {"title": "Understudy", "version": "1"}, "paths": {}}
"""All that Connexion needs of a contract for its page of Swagger UI, which fetches the document."""
EMPTY = Fixture(CONTROL, "empty", None, {})


def mount(contract: Contract, fixture: Fixture, prefix: str) -> Mount:
    """`contract` at `prefix`, with what its vendor's module adds."""
    api: Api = custom.API
    if contract.name in NAMES:
        api = import_module(f".apis.{contract.name}", __package__).API
    return Mount(contract, api, fixture, prefix)


def build(
    mounts: Sequence[Mount],
    world: Sandboxes,
    settings: Settings,
    health: Health,
    lifespan: Lifespan | None = None,
    prepare: Callable[[Sandbox], None] = lambda _: None,
) -> Any:
    """The application; ContractError when a contract cannot be served.

    `lifespan` is entered before the first request and left after the last. `prepare` is done to
    what is made anew of a sandbox.
    """
    for each in mounts:
        _check_security(each.contract)
    house = House(world, mounts, health, prepare)
    ours = Mount(_control(), control.api(house), EMPTY, guard.CONTROL, is_vendors=False)
    large = replace(settings, body_limit=max(settings.body_limit, LARGEST_DUMP))
    contracts = [*(Variants(each, settings) for each in mounts), Variants(ours, large)]
    stack = ConnexionMiddleware(
        Pages([*mounts, ours]),
        import_name="understudy",
        lifespan=lifespan,
        swagger_ui_options=SwaggerUIOptions(
            serve_spec=False,
            # Relative, so that it holds in a sandbox that the path names.
            swagger_ui_template_arguments={"openapi_spec_url": "../openapi.json"},
        ),
        middlewares=[
            partial(Entrance, world=world),
            partial(guard.Guard, access=settings.access),
            partial(Front, contracts=contracts),
            partial(OperationMiddleware, mounts=[*mounts, ours]),
            ExactSwaggerUI,
            LifespanMiddleware,
        ],
    )
    for each in (*mounts, ours):
        stack.add_api(_PAGE, base_path=each.prefix, name=each.contract.name)
    # Built now: a stack that is built at the first request fails when it is too late.
    stack.app, stack.middleware_stack = stack._build_middleware_stack()  # noqa: SLF001
    return Cors(stack, mounts=mounts, origins=settings.cors_origins)


@cache
def _control() -> Contract:
    """Our own contract, read once: it is the same in every application."""
    return load(CONTROL)


def uncovered(served: Mount) -> list[str]:
    """The operations that neither a clause nor a handler covers, as `GET /path`."""
    return [
        f"{operation.method.upper()} {operation.path}"
        for operation in served.contract.operations.values()
        if operation.id not in served.api.handlers and not engine.is_covered(operation)
    ]


def _check_security(contract: Contract) -> None:
    findings = [
        contract.source.finding(
            f"/components/securitySchemes/{name}",
            f"a scheme of this kind ({kind}) cannot be served",
        )
        for name, scheme in contract.security_schemes.items()
        if not is_supported(scheme) and (kind := scheme.get("scheme", scheme.get("type")))
    ]
    if findings:
        raise ContractError(findings)
