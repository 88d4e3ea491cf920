"""`json_of`: JSON data as octets."""

import json
from typing import Any

import orjson


def json_of(data: Any) -> bytes:
    """`data` as JSON; TypeError or ValueError when it cannot be written."""
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError:
        # An integer of more than 64 bits, as a page's number may be.
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
