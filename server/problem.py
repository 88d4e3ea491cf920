"""Problem documents (RFC 9457): errors that are no vendor's."""

from typing import Any

PROBLEM = "application/problem+json"


def problem(status: int, detail: str) -> dict[str, Any]:
    """A problem document."""
    return {"type": "about:blank", "status": status, "detail": detail}
