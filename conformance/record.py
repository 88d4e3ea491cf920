"""Results as JSON data, to cross processes and to be kept in files."""

from dataclasses import asdict
from typing import Any

from .exchange import Exchange, parsed
from .outcome import Result


def to_data(result: Result) -> dict[str, Any]:
    """`result` as JSON data; unmasked."""
    data = asdict(result)
    for exchange in data["trail"]:
        del exchange["data"]
    return data


def from_data(data: dict[str, Any]) -> Result:
    """The result that `to_data` was given."""
    trail = tuple(
        Exchange(
            **{
                **entry,
                "set_cookies": tuple(entry["set_cookies"]),
                "data": parsed(entry["text"]),
            }
        )
        for entry in data["trail"]
    )
    return Result(**{**data, "basis": tuple(data["basis"]), "trail": trail})
