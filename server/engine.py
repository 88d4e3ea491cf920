"""The handler that clauses make: what an operation does when no API module says more."""

from collections.abc import Callable, Mapping

from ..specs.contract import Contract
from ..specs.operation import Operation
from . import resource, transition
from .call import Answer, Call, Handler
from .listing import Lister
from .refusal import Refusal


def handler(contract: Contract, operation: Operation) -> Handler | None:
    """What obeys the operation's clauses; its example where it has none; None without either."""
    status = success(operation)
    if operation.listing is not None:
        lister = Lister(contract, operation)
        return lambda call: Answer(status, lister(call))
    if operation.resource is not None:
        act = _ACTIONS[operation.resource.action]
        if _has_body(operation, status):
            return lambda call: Answer(status, act(call))
        return lambda call: _done(act, call, status)
    return _example(operation, status)


def is_covered(operation: Operation) -> bool:
    """Whether clauses say what the operation does."""
    return operation.listing is not None or operation.resource is not None


def unanswered(call: Call) -> Answer:
    """The answer where there is neither clause, nor handler, nor example."""
    raise Refusal(501, "Neither a clause nor an example says what this operation answers.")


def success(operation: Operation) -> int:
    """The lowest documented 2xx status; 200 where there is none."""
    documented = sorted(int(s) for s in operation.responses if s.isdigit() and s.startswith("2"))
    return documented[0] if documented else 200


def _has_body(operation: Operation, status: int) -> bool:
    response = operation.response(status)
    return response is None or bool(response.content)


def _done(act: Callable[[Call], object], call: Call, status: int) -> Answer:
    act(call)
    return Answer(status)


def _example(operation: Operation, status: int) -> Handler | None:
    response = operation.response(status)
    if response is None:
        return None
    examples = [value for values in response.examples.values() for value in values]
    if not examples:
        return None if response.content else lambda _: Answer(status)
    return lambda _: Answer(status, examples[0])


def _shown(call: Call, document: Mapping[str, object]) -> Mapping[str, object]:
    clause = call.operation.resource
    return resource.shown(call.contract, clause.collection if clause else "", document)


def _create(call: Call) -> Mapping[str, object]:
    return _shown(call, resource.create(call, resource.settable(call, call.body or {})))


def _read(call: Call) -> Mapping[str, object]:
    return _shown(call, resource.target(call))


def _replace(call: Call) -> Mapping[str, object]:
    before = _moved(call, resource.target(call))
    return _shown(call, resource.replace(call, resource.replacement(call, before, call.body or {})))


def _merge(call: Call) -> Mapping[str, object]:
    before = _moved(call, resource.target(call))
    changed = resource.merged(before, resource.settable(call, call.body or {}))
    return _shown(call, resource.replace(call, resource.kept(call, before, changed)))


def _delete(call: Call) -> Mapping[str, object]:
    return _shown(call, resource.delete(call, _moved(call, resource.target(call))))


def _act(call: Call) -> Mapping[str, object]:
    return _shown(call, resource.replace(call, _moved(call, resource.target(call))))


def _moved(call: Call, document: Mapping[str, object]) -> Mapping[str, object]:
    return transition.move(call, document) if call.operation.transition else document


_ACTIONS: Mapping[str, Callable[[Call], Mapping[str, object]]] = {
    "create": _create,
    "read": _read,
    "replace": _replace,
    "merge": _merge,
    "delete": _delete,
    "act": _act,
}
