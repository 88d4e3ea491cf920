"""`Api`: what one vendor's module adds to its contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..specs.operation import Operation
from .call import Answer, Credential, Handler, Identity
from .refusal import Refusal
from .state import State

Timespec = Literal["seconds", "milliseconds", "microseconds"]


@dataclass(frozen=True, slots=True)
class Api:
    """How a vendor words an error and authenticates, and the operations that clauses leave open.

    `word` is asked with the operation, or None where no operation was reached (404, 405). The
    status in its answer is final; the content type is `error_media` unless the contract says
    another. `authenticate` answers None for a credential that is not good. `handlers` are by
    operationId. `found_by` is the member that they find documents of a collection by.
    """

    word: Callable[[Refusal, Operation | None], Answer]
    authenticate: Callable[[Credential, State], Identity | None]
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    found_by: Mapping[str, str] = field(default_factory=dict)
    timespec: Timespec = "seconds"
    error_media: str = "application/json"
