"""`json_of`: JSON data as octets, which take no more memory than they are long."""

import json
from typing import Any

import orjson


def dumps(data: Any) -> bytes:
    """`data` as orjson writes it; JSONEncodeError where it cannot.

    orjson gives out its buffer, of 4 KB at least, however little is in it. A copy has its own size.
    """
    return bytes(memoryview(orjson.dumps(data)))


def json_of(data: Any) -> bytes:
    """`data` as JSON; TypeError or ValueError when it cannot be written."""
    try:
        return dumps(data)
    except orjson.JSONEncodeError:
        # An integer of more than 64 bits, as a page's number may be.
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
