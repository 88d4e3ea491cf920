"""Problem documents (RFC 9457): errors that are no vendor's."""

from http.client import responses
from typing import Any

PROBLEM = "application/problem+json"


def problem(status: int, detail: str) -> dict[str, Any]:
    """A problem document; a status that HTTP does not name has no title."""
    title = {"title": responses[status]} if status in responses else {}
    return {"type": "about:blank", **title, "status": status, "detail": detail}
