"""`Shapes`: holds each answer against what the contract documents for its status."""

from typing import Any

from ..specs import pointer
from ..specs.contract import Contract
from ..specs.operation import Operation, Response
from .exchange import Exchange
from .law import Violation


class Shapes:
    """The documented answers of a contract, compiled when first met."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._validators: dict[str, tuple[str, Any] | None] = {}

    def hold(self, operation: Operation, exchange: Exchange) -> None:
        """Violation when the answer has a status or a body that is not documented."""
        response = operation.response(exchange.status)
        if response is None:
            raise Violation(
                f"{exchange.status} is not documented for this operation",
                exchange,
                pointer=f"{operation.pointer}/responses",
                basis=operation.basis,
            )
        documented = self._documented(response)
        if documented is None:
            return
        at, validator = documented
        error = next(validator.iter_errors(exchange.data), None)
        if error is not None:
            where = pointer.join(error.instance_path) or "the body"
            raise Violation(
                f"the answer is not as documented: {where}: {error.message}",
                exchange,
                pointer=at,
                basis=response.basis or operation.basis,
            )

    def _documented(self, response: Response) -> tuple[str, Any] | None:
        if response.pointer not in self._validators:
            found = None
            for media, schema in response.content.items():
                if "json" in media:
                    at = response.pointer + pointer.join(("content", media, "schema"))
                    found = at, self._contract.schemas.compile(schema, "answer")
                    break
            self._validators[response.pointer] = found
        return self._validators[response.pointer]
