"""Lines of a basket: units of one product with the same attributes, and what is done to them.

Pure functions: each takes the lines there are and gives the lines there will be (rulings A24, A25).
"""

from collections.abc import Callable, Mapping, Sequence
from json import JSONEncoder
from typing import Any, NamedTuple

NewId = Callable[[], int]
_CANONICAL = JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Line(NamedTuple):  # made at every request, as the rest of a cart is
    """`quantity` units, one or more, of a product with these attributes."""

    id: int
    product: int
    attributes: Mapping[str, Any]
    quantity: int

    @property
    def key(self) -> tuple[int, str]:
        """What tells lines apart, and the order that they are shown in."""
        return self.product, canonical(self.attributes)


Lines = tuple[Line, ...]


class AmbiguousError(Exception):
    """Attributes are needed to say which line of a product is meant."""


def canonical(attributes: Mapping[str, Any]) -> str:
    """One text for all attributes that are equal as JSON values."""
    if not attributes:
        return "{}"
    return _CANONICAL.encode(_plain(attributes))


def find(lines: Lines, product: int, attributes: Mapping[str, Any]) -> Line | None:
    """The line of the product with exactly these attributes."""
    key = product, canonical(attributes)
    return next((line for line in lines if line.key == key), None)


def meant(lines: Lines, product: int, attributes: Mapping[str, Any] | None) -> Line | None:
    """The line that a product and attributes mean; AmbiguousError when it could be several.

    Without attributes it is the product's only line, else the one that has none.
    """
    if attributes is not None:
        return find(lines, product, attributes)
    own = [line for line in lines if line.product == product]
    if len(own) < 2:
        return own[0] if own else None
    bare = find(lines, product, {})
    if bare is None:
        raise AmbiguousError(product)
    return bare


def units(lines: Lines, product: int) -> int:
    """How many units of the product all lines have together."""
    return sum(line.quantity for line in lines if line.product == product)


def added(
    lines: Lines, product: int, attributes: Mapping[str, Any], quantity: int, new_id: NewId
) -> Lines:
    """`quantity` more units in the line of these attributes, or in a new one."""
    line = find(lines, product, attributes)
    if line is None:
        return (*lines, Line(new_id(), product, attributes, quantity))
    return _put(lines, line, line._replace(quantity=line.quantity + quantity))


def with_quantity(lines: Lines, line: Line, quantity: int) -> Lines:
    """`line` with that many units; without the line when it is 0."""
    return (
        _put(lines, line, line._replace(quantity=quantity)) if quantity else _without(lines, line)
    )


def changed(
    lines: Lines, line: Line, attributes: Mapping[str, Any], new_id: NewId, *, is_all: bool
) -> tuple[Lines, Line]:
    """The lines after all units of `line`, or one, got `attributes`; and the line that has them.

    That has a new id, unless it was merged into a line that was there. A unit that does not change
    goes back to its line, which then is the one with a new id.
    """
    if canonical(attributes) == canonical(line.attributes):
        renewed = line._replace(id=new_id())
        return _put(lines, line, renewed), renewed
    moved = line.quantity if is_all else 1
    rest = with_quantity(lines, line, line.quantity - moved)
    twin = find(rest, line.product, attributes)
    if twin is not None:
        merged = twin._replace(quantity=twin.quantity + moved)
        return _put(rest, twin, merged), merged
    made = Line(new_id(), line.product, attributes, moved)
    return (*rest, made), made


def swept(lines: Lines, stock: Mapping[int, int]) -> tuple[Lines, Lines]:
    """The lines that can be bought and those that cannot; `stock` lacks what is not sold.

    Of a product that is short every line goes: none of them has more right to the stock.
    """
    sold = {
        line.product for line in lines if units(lines, line.product) <= stock.get(line.product, 0)
    }
    kept = tuple(line for line in lines if line.product in sold)
    return kept, tuple(line for line in lines if line.product not in sold)


def ordered(lines: Sequence[Line]) -> Lines:
    """The lines by product, then by attributes, however the basket was filled (ruling A27)."""
    return tuple(sorted(lines, key=lambda line: line.key))


def _put(lines: Lines, old: Line, new: Line) -> Lines:
    return tuple(new if line is old else line for line in lines)


def _without(lines: Lines, old: Line) -> Lines:
    return tuple(line for line in lines if line is not old)


def _plain(value: Any) -> Any:
    """`value` with each number that is whole as an integer: 1.0 is 1 in JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
