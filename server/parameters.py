"""Reads the parameters of one operation: text into values, checked by schemas compiled once."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..specs.contract import Contract, resolved_member
from ..specs.operation import Location, Parameter
from ..specs.schema import FORMATS
from .invalid import invalids
from .refusal import Invalid
from .values import is_moment

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 400
"""Digits; longer ones are beyond any bound, and slow to convert."""

_NOTHING: Mapping[str, Any] = {}
Convert = Callable[[str], Any]


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        return int(text)
    number = _number(text)
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _number(text: str) -> int | float:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_CONVERT: Mapping[str, Convert] = {"integer": _integer, "number": _number, "boolean": _boolean}


class _Reader:
    """How one parameter is read."""

    def __init__(self, contract: Contract, parameter: Parameter) -> None:
        schema = resolved_member(contract.document, parameter.schema)
        self.parameter = parameter
        self._is_header = parameter.location == "header"
        self.is_list = schema.get("type") == "array"
        self._is_exploded = self.is_list and (parameter.explode or self._is_header)
        self.type = str(schema.get("type", "string"))
        if self.is_list:
            items = resolved_member(contract.document, schema.get("items", {}))
            self.type = str(items.get("type", "string"))
        self._convert = _CONVERT.get(self.type, str)
        self.has_default = "default" in schema
        self.default = schema.get("default")

    def read(self, texts: Sequence[str]) -> Any:
        """The value sent; an Invalid when it is none."""
        if len(texts) > 1 and not self._is_exploded:
            return self._invalid("repeated", list(texts), "was sent more than once")
        try:
            if not self.is_list:
                return self._convert(texts[0])
            return [self._convert(part) for part in self._parts(texts)]
        except ValueError:
            sent = list(texts) if self._is_exploded else texts[0]
            return self._invalid("type", sent, f"is not a valid {self.type}")

    def _parts(self, texts: Sequence[str]) -> Iterable[str]:
        """The items as sent; in headers lines and spaces do not count (RFC 9110, 5.3, 5.6.1)."""
        if self._is_header:
            return (part.strip() for part in ",".join(texts).split(","))
        return texts if self.parameter.explode else texts[0].split(",")

    def _invalid(self, rule: str, value: Any, message: str) -> Invalid:
        return Invalid(
            _where(self.parameter),
            (self.parameter.name,),
            rule,
            value,
            self.type,
            message,
            self.parameter.pointer,
        )


def _where(parameter: Parameter) -> Location:
    return parameter.location


def _as_sent(texts: Sequence[str] | None) -> Any:
    if texts is None:
        return None
    return texts[0] if len(texts) == 1 else list(texts)


class Parameters:
    """The parameters of one operation that stand in one place (path, query, header or cookie)."""

    def __init__(
        self, contract: Contract, parameters: Iterable[Parameter], location: Location
    ) -> None:
        mine = [parameter for parameter in parameters if parameter.location == location]
        self.location: Location = location
        fold = str.lower if location == "header" else str
        self._readers = {fold(p.name): _Reader(contract, p) for p in mine}
        self._fold = fold
        self._places = {p.name: p.pointer for p in mine}
        self._defaults = {
            reader.parameter.name: reader.default
            for reader in self._readers.values()
            if reader.has_default
        }
        if not mine:
            return
        schema = {
            "type": "object",
            "properties": {p.name: p.schema for p in mine},
            "required": [p.name for p in mine if p.required],
        }
        self._is_optional = not schema["required"]
        formats = {**FORMATS, "date-time": is_moment}
        self._validator = contract.schemas.compile(schema, "request", formats=formats)

    def read(
        self, sent: Mapping[str, Sequence[str]]
    ) -> tuple[Mapping[str, Any], tuple[Invalid, ...]]:
        """The values by name, with defaults, and what is invalid; header names in lower case."""
        readers = self._readers
        if not readers:
            return _NOTHING, ()
        if not sent and self._is_optional:
            return self._defaults, ()
        values: dict[str, Any] = {}
        unreadable: list[Invalid] = []
        for name, texts in sent.items():
            reader = readers.get(name)
            if reader is not None:
                value = reader.read(texts)
                if isinstance(value, Invalid):
                    unreadable.append(value)
                else:
                    values[reader.parameter.name] = value
        if not unreadable and self._validator.is_valid(values):
            return {**self._defaults, **values}, ()
        named = {invalid.path[0] for invalid in unreadable}
        broken = invalids(self._validator.iter_errors(values), self.location, lambda _: "")
        # The text as sent, not what it was read as: a number may be too big to be said in JSON.
        placed = tuple(
            replace(i, value=_as_sent(sent.get(self._fold(name))), pointer=self._places[name])
            for i in broken
            if (name := str(i.path[0])) not in named
        )
        return values, (*unreadable, *placed)
