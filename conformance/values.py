"""How the judge compares: its own reading of kinds, conditions and orders."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

from ..specs import pointer
from ..specs.clauses import Nulls, Operator
from ..specs.pointer import Path


def parse_time(text: str) -> datetime:
    """A date-time; one without a zone is UTC."""
    value = datetime.fromisoformat(text.upper())
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def comparable(value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` in a form that compares as its schema says."""
    is_time = schema.get("format") in ("date-time", "minute")
    return parse_time(value) if is_time and isinstance(value, str) else value


def satisfies(
    value: Any, op: Operator, operand: Any, schema: Mapping[str, Any], *, case: bool = True
) -> bool:
    """Whether a field's `value` stands in the relation `op` to `operand`."""
    if op == "isnull":
        return (value is None) is bool(operand)
    if value is None:
        return False
    left = _folded(comparable(value, schema), case)
    if op == "in":
        return any(left == _folded(comparable(item, schema), case) for item in operand)
    right = _folded(comparable(operand, schema), case)
    if op == "contains":
        return bool(right in left)
    order = _compare(left, right)
    tests: Mapping[str, bool] = {
        "eq": order == 0,
        "gt": order > 0,
        "gte": order >= 0,
        "lt": order < 0,
        "lte": order <= 0,
    }
    return tests[op]


def _folded(value: Any, case: bool) -> Any:
    return value if case or not isinstance(value, str) else value.casefold()


def _compare(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


class Ordering:
    """An order of documents: by one field, up or down, nulls as said, ties by further fields."""

    def __init__(
        self,
        field: Path,
        schema: Mapping[str, Any],
        *,
        descending: bool,
        nulls: Nulls,
        ties: tuple[tuple[Path, Mapping[str, Any]], ...] = (),
    ) -> None:
        self._field = field
        self._schema = schema
        self._descending = descending
        self._nulls_come_first = {
            "first": True,
            "last": False,
            "smallest": not descending,
            "largest": descending,
        }[nulls]
        self._ties = ties

    def compare_field(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
        """Below zero when `one` comes first by the field alone; 0 for a tie."""
        left = pointer.value(one, self._field)
        right = pointer.value(other, self._field)
        if left is None or right is None:
            if left is right:
                return 0
            return -1 if (left is None) == self._nulls_come_first else 1
        order = _compare(comparable(left, self._schema), comparable(right, self._schema))
        return -order if self._descending else order

    def compare(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
        """The whole order, ties included."""
        order = self.compare_field(one, other)
        for field, schema in self._ties:
            if order:
                break
            left, right = pointer.value(one, field), pointer.value(other, field)
            order = _compare(comparable(left, schema), comparable(right, schema))
        return order

    def sort(self, documents: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The documents in this order."""
        return sorted(documents, key=cmp_to_key(self.compare))


def alike(found: Any, sent: Any) -> bool:
    """Whether a member that was read is what was sent; objects may have gained members."""
    if isinstance(sent, Mapping) and isinstance(found, Mapping):
        return all(alike(found.get(name), value) for name, value in sent.items())
    if isinstance(sent, list) and isinstance(found, list):
        return len(sent) == len(found) and all(
            alike(one, other) for one, other in zip(found, sent, strict=True)
        )
    if isinstance(sent, bool) or isinstance(found, bool):
        return found is sent
    if isinstance(sent, str) and isinstance(found, str) and found != sent:
        return _is_same_time(found, sent)
    return bool(found == sent)


def _is_same_time(one: str, other: str) -> bool:
    try:
        return parse_time(one) == parse_time(other)
    except ValueError:
        return False
