"""What Connexion needs of a contract: paths, operation ids and security; all else is ours."""

from typing import Any

from ..specs.contract import Contract
from .doors import NAME


def skeleton(contract: Contract) -> dict[str, Any]:
    """A small OpenAPI document with the contract's routes and security.

    Schemas and examples stay out: Connexion would resolve the references in them, also those that
    are none, and check them a second time.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in contract.operations.values():
        paths.setdefault(operation.path, {})[operation.method] = {
            "operationId": operation.id,
            "security": [
                {name: list(scopes) for name, scopes in alternative}
                for alternative in operation.security
            ],
            "responses": {"default": {"description": "As the contract says."}},
        }
    # Connexion hands on a scheme without its name, and two may be alike but for that.
    schemes = {name: {**scheme, NAME: name} for name, scheme in contract.security_schemes.items()}
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.name, "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": schemes},
    }
