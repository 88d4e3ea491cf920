"""The engine behind `transition`: a document moved through its life."""

import json
from collections.abc import Mapping
from typing import Any

from ..specs import pointer
from ..specs.clauses import Case, Transition
from .call import Call
from .refusal import Refusal
from .resource import stamped
from .values import meets, same


def check(document: Mapping[str, Any], transition: Transition) -> None:
    """Refusal when `document` may not be moved in the state that it is in."""
    for field, values in transition.when.items():
        if not meets(document, {field: values}):
            value = pointer.value(document, field)
            allowed = " or ".join(map(_said, values))
            raise Refusal(
                transition.refuse,
                f"{'.'.join(field)} is {_said(value)}; it must be {allowed}.",
                at=f"{transition.pointer}/when/{pointer.join((pointer.join(field),))[1:]}",
            )


def move(call: Call, document: Mapping[str, Any]) -> dict[str, Any]:
    """`document` as the transition leaves it, not yet stored; Refusal when it may not move."""
    transition = call.operation.transition
    if transition is None:
        raise ValueError(f"{call.operation.id} has no transition clause")
    check(document, transition)
    moved = dict(document)
    case = _case(call, transition)
    if case is not None:
        moved = stamped(call, pointer.put_all(moved, case.set), case.stamp)
    return stamped(call, moved, transition.stamp)


def _said(value: Any) -> str:
    """A value as JSON has it, text without its quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def _case(call: Call, transition: Transition) -> Case | None:
    for case in transition.cases:
        if all(same(pointer.value(call.body, f), value) for f, value in case.when_body.items()):
            return case
    return None
