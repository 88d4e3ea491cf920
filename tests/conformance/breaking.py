"""`Break`: one way to make the stand-in wrong, by a fault or by changed messages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .wrong import Hear, Heard, Tell, Told


@dataclass(frozen=True, slots=True)
class Break:
    """How the stand-in is made wrong."""

    faults: tuple[str, ...] = ()
    hear: Hear | None = None
    tell: Tell | None = None


def fault(*names: str) -> Break:
    """With faults of the catalogue."""
    return Break(names)


def asks(method: str, change: Callable[[Any], None], path: str = "") -> Break:
    """With the bodies of some requests changed before they are read."""

    def hear(heard: Heard) -> None:
        if heard.method == method and path in heard.path and isinstance(heard.data, dict):
            change(heard.data)

    return Break(hear=hear)


def says(
    change: Callable[[Any], None], method: str = "", path: str = "", status: int = 200
) -> Break:
    """With the bodies of some answers changed."""

    def tell(heard: Heard, told: Told) -> None:
        if method in heard.method and path in heard.path and told.status == status:
            change(told.data)

    return Break(tell=tell)


def answers(method: str, was: int, status: int, path: str = "", data: Any = None) -> Break:
    """With another status for some answers."""

    def tell(heard: Heard, told: Told) -> None:
        if heard.method == method and path in heard.path and told.status == was:
            told.status = status
            told.data = told.data if data is None else data

    return Break(tell=tell)


def without_header(name: str) -> Break:
    """With a header left out of every answer."""

    def tell(_: Heard, told: Told) -> None:
        told.headers = [(k, v) for k, v in told.headers if k != name]

    return Break(tell=tell)


def cookies(pattern: str, new: str) -> Break:
    """With the cookies of every request changed."""

    def hear(heard: Heard) -> None:
        if "cookie" in heard.headers:
            heard.headers["cookie"] = re.sub(pattern, new, heard.headers["cookie"])

    return Break(hear=hear)
