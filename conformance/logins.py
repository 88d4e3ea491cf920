"""How the laws of token endpoints find out who may log in: the subject's file says it."""

from .subject import Login
from .trial import Trial


def logins(trial: Trial, operation: str) -> list[Login]:
    """The forms by which good personas get their tokens at `operation`."""
    path = trial.operation(operation).path
    found = [
        secret
        for persona in (trial.subject.default, *trial.subject.others)
        for secret in persona.secrets.values()
        if isinstance(secret, Login) and secret.path == path
    ]
    if not found:
        trial.reason = f"no persona of the subject's file logs in at {path}"
    return found
