"""Any other contract: problem documents (RFC 9457), and every credential is good."""

from ...specs.operation import Operation
from ..api import Api
from ..call import Answer, Credential, Identity
from ..problem import PROBLEM, problem
from ..refusal import Refusal
from ..state import State


def word(refusal: Refusal, operation: Operation | None) -> Answer:
    """A problem document; `errors` lists what is invalid in the request."""
    body = problem(refusal.status, refusal.detail or "The request is refused.")
    if refusal.invalid:
        body["errors"] = [
            {
                "in": invalid.location,
                "path": list(invalid.path),
                "rule": invalid.rule,
                "message": invalid.message,
            }
            for invalid in refusal.invalid
        ]
    return Answer(refusal.status, body)


def authenticate(credential: Credential, state: State) -> Identity | None:
    """Whoever shows anything is who they say."""
    return Identity(credential.user or credential.value) if credential.value else None


API = Api(word=word, authenticate=authenticate, error_media=PROBLEM)
