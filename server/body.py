"""Reads the body of one operation: octets into JSON data, checked by a schema compiled once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from ..specs import pointer
from ..specs.contract import Contract
from ..specs.json_text import is_deeper
from ..specs.operation import Body
from ..specs.schema import FORMATS
from .invalid import invalids, schema_place
from .refusal import Invalid, Refusal
from .values import is_instant

_FORMATS = {**FORMATS, "date-time": is_instant}
FORM = "application/x-www-form-urlencoded"

DEEPEST = 200
"""Levels of nesting that are read; what goes much deeper could not be written again."""


class BodyReader:
    """The request body of one operation."""

    def __init__(self, contract: Contract, body: Body) -> None:
        self._body = body
        self._readers = {
            media.lower(): (
                contract.schemas.compile(schema, "request", formats=_FORMATS),
                schema_place(f"{body.pointer}{pointer.join(('content', media, 'schema'))}"),
            )
            for media, schema in body.content.items()
        }
        self._default = next(iter(self._readers), "application/json")

    def read(self, raw: bytes, content_type: str | None) -> tuple[Any, tuple[Invalid, ...]]:
        """The data sent and all that is invalid; Refusal(415) for another content type."""
        if not raw and not self._body.required:
            return None, ()
        media = (content_type or self._default).partition(";")[0].strip().lower()
        if media not in self._readers:
            known = ", ".join(self._readers)
            raise Refusal(
                415,
                f'The content type "{media}" is not read here; {known} is.',
                at=self._body.pointer,
            )
        try:
            data = _form(raw) if media == FORM else parsed(raw)
        except ValueError as error:
            return None, (self._unreadable(raw, str(error)),)
        validator, place = self._readers[media]
        if validator.is_valid(data):
            return data, ()
        return data, invalids(validator.iter_errors(data), "body", place)

    def _unreadable(self, raw: bytes, message: str) -> Invalid:
        rule = "json" if raw else "required"
        text = f"is not JSON: {message}" if raw else "a body is required"
        return Invalid("body", (), rule, None, None, text, self._body.pointer)


def parsed(raw: bytes) -> Any:
    """`raw` as JSON data, at most `DEEPEST` levels of it; ValueError."""
    data = orjson.loads(raw)
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and is_deeper(data, DEEPEST):
        raise ValueError(f"it is nested too deeply: {DEEPEST} levels are the limit")
    return data


def _form(raw: bytes) -> Mapping[str, str]:
    if not raw:
        raise ValueError("it is empty")
    return dict(parse_qsl(raw.decode(), keep_blank_values=True))
