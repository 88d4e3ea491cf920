"""The decorators that faults are made of: around handlers, refusals, doors and stores."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...specs import pointer
from ...specs.operation import Operation
from ..call import Answer, Call, Credential, Identity
from ..invalid import invalids, schema_place
from ..refusal import Refusal
from ..state import State
from ..store.query import Condition, Query
from ..store.store import Document, Dump, Key, Store
from .fault import Apply
from .stage import Authenticate, Stage

Body = Mapping[str, Any]
Operations = str | tuple[str, ...]


def instead(operations: Operations, act: Callable[[Stage, Call], Answer]) -> Apply:
    """`act` answers in place of the handlers, which it reaches through the stage."""
    ids = (operations,) if isinstance(operations, str) else operations

    def apply(stage: Stage) -> Stage:
        return stage.handling(dict.fromkeys(ids, lambda call: act(stage, call)))

    return apply


def asked(operations: Operations, change: Callable[[Call], Call]) -> Apply:
    """The handlers are asked something else."""
    return instead(operations, lambda stage, call: stage.play(change(call)))


def sent(operations: Operations, change: Callable[[Body], Body]) -> Apply:
    """The handlers are given another body; none where none was sent."""
    return asked(
        operations,
        lambda call: call if call.body is None else call._replace(body=change(call.body)),
    )


def answered(operations: Operations, change: Callable[[Call, Answer], Answer]) -> Apply:
    """What the handlers answer is changed."""
    return instead(operations, lambda stage, call: change(call, stage.play(call)))


def shown(operations: Operations, change: Callable[[Call, Body], Body]) -> Apply:
    """The body of what the handlers answer is changed."""

    def changed(call: Call, answer: Answer) -> Answer:
        return answer if answer.body is None else answer._replace(body=change(call, answer.body))

    return answered(operations, changed)


def done(operations: Operations, write: Callable[[Call, Answer], object]) -> Apply:
    """After the handlers, something else is done."""

    def changed(call: Call, answer: Answer) -> Answer:
        write(call, answer)
        return answer

    return answered(operations, changed)


def on_refusal(
    operations: Operations, act: Callable[[Stage, Call, Refusal], Answer | None]
) -> Apply:
    """Where the handlers refuse, `act` answers; None leaves it at the refusal."""

    def caught(stage: Stage, call: Call) -> Answer:
        try:
            return stage.play(call)
        except Refusal as refusal:
            answer = act(stage, call, refusal)
            if answer is None:
                raise
            return answer

    return instead(operations, caught)


def half_done(operations: Operations, write: Callable[[Stage, Call, Refusal], object]) -> Apply:
    """Where the handlers refuse, something is written all the same, and not undone."""

    def act(stage: Stage, call: Call, refusal: Refusal) -> Answer:
        write(stage, call, refusal)
        return stage.refused(refusal, call)

    return on_refusal(operations, act)


def unchecked(operation: str, write: Callable[[Stage, Call], object]) -> Apply:
    """A body that the contract does not allow is refused only after `write` has written."""

    def apply(stage: Stage) -> Stage:
        original = stage.contract.operations[operation]
        body = original.body
        if body is None:
            raise ValueError(f"{operation} reads no body")
        media, schema = next(iter(body.content.items()))
        validator = stage.contract.schemas.compile(schema, "request")
        place = schema_place(f"{body.pointer}{pointer.join(('content', media, 'schema'))}")

        def act(call: Call) -> Answer:
            honest = call._replace(contract=stage.contract, operation=original)
            wrong = invalids(validator.iter_errors(call.body), "body", place)
            if not wrong:
                return stage.play(honest)
            write(stage, honest)
            refusal = Refusal(original.invalid_status, "The request is not valid.", invalid=wrong)
            return stage.refused(refusal, honest)

        open_ = replace(original, body=replace(body, content={media: {} for media in body.content}))
        operations = {**stage.contract.operations, operation: open_}
        served = replace(stage.contract, operations=operations)
        return stage.serving(served).handling({operation: act})

    return apply


def worded(change: Callable[[Refusal, Operation | None, Answer], Answer]) -> Apply:
    """What refusals are answered with is changed."""

    def apply(stage: Stage) -> Stage:
        word = stage.api.word
        return stage.wording(lambda refusal, op: change(refusal, op, word(refusal, op)))

    return apply


def as_status(was: int, status: int, operations: Iterable[str] = ()) -> Apply:
    """Refusals of one status have another, at these operations or at all."""
    ids = frozenset(operations)

    def change(_: Refusal, operation: Operation | None, answer: Answer) -> Answer:
        is_meant = not ids or (operation is not None and operation.id in ids)
        return answer._replace(status=status) if answer.status == was and is_meant else answer

    return worded(change)


def admitted(admit: Callable[[Authenticate, Credential, State], Identity | None]) -> Apply:
    """Another says who a credential is; it may ask the one who should."""

    def apply(stage: Stage) -> Stage:
        authenticate = stage.api.authenticate
        return stage.admitting(lambda credential, state: admit(authenticate, credential, state))

    return apply


def stored(around: Callable[[Store], Store]) -> Apply:
    """Another store stands before the store."""
    return lambda stage: stage.storing(around)


class Around:
    """A store that hands everything on; faults change a part of it."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    def unit(self) -> Any:
        """As the store within."""
        return self._inner.unit()

    def get(self, collection: str, key: Key) -> Document | None:
        """As the store within."""
        return self._inner.get(collection, key)

    def find(self, query: Query) -> Any:
        """As the store within."""
        return self._inner.find(query)

    def count(self, collection: str, where: tuple[Condition, ...] = ()) -> int:
        """As the store within."""
        return self._inner.count(collection, where)

    def put(self, collection: str, key: Key, document: Document, *, is_new: bool = False) -> None:
        """As the store within."""
        self._inner.put(collection, key, document, is_new=is_new)

    def delete(self, collection: str, key: Key) -> None:
        """As the store within."""
        self._inner.delete(collection, key)

    def dump(self) -> Dump:
        """As the store within."""
        return self._inner.dump()

    def load(self, rows: Mapping[str, Sequence[tuple[Key, Document]]]) -> None:
        """As the store within."""
        self._inner.load(rows)

    def clear(self) -> None:
        """As the store within."""
        self._inner.clear()

    def close(self) -> None:
        """As the store within."""
        self._inner.close()


def every(state: State, collection: str) -> list[Document]:
    """All stored documents of a collection, in the order of their insertion."""
    return list(state.store.find(Query(collection)))


def without(body: Body, *names: str) -> dict[str, Any]:
    """`body` without these members."""
    return {name: value for name, value in body.items() if name not in names}
