"""`Canned`: the answers of one operation that need no handling: the contract's own examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..fixtures import generate
from ..specs import pointer
from ..specs.contract import Contract, resolve
from ..specs.operation import Operation, Response
from .call import Answer


class NoSuchAnswer(LookupError):
    """The operation documents no such answer; the text says which there are."""


@dataclass(frozen=True, slots=True)
class Example:
    """One documented answer; `name` is None where the contract gives just one."""

    status: int
    name: str | None
    body: Any


class Canned:
    """What can be answered at once."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._contract = contract
        self._operation = operation
        self._examples = [
            example
            for response in sorted(operation.responses.values(), key=lambda r: r.status)
            for example in _examples(contract, response)
        ]

    def answer(self, status: int | None, name: str | None) -> Answer:
        """The example of that status and name, else one made up; NoSuchAnswer with what there is.

        With a name alone, the lowest status that has it.
        """
        if name is not None:
            found = next(
                (e for e in self._examples if e.name == name and status in (None, e.status)), None
            )
            if found is None:
                raise NoSuchAnswer(self._known_names(status, name))
            return Answer(found.status, found.body)
        if status is None or str(status) not in self._operation.responses:
            known = ", ".join(s for s in self._operation.responses if s.isdigit())
            raise NoSuchAnswer(f"{self._operation.id} documents no {status}, but {known}.")
        example = next((e for e in self._examples if e.status == status), None)
        if example is not None:
            return Answer(status, example.body)
        return Answer(status, self._made_up(self._operation.responses[str(status)]))

    def _made_up(self, response: Response) -> Any:
        schema = next(iter(response.content.values()), None)
        return None if schema is None else generate.answer(self._contract, schema)

    def _known_names(self, status: int | None, name: str) -> str:
        names = [e.name for e in self._examples if e.name and status in (None, e.status)]
        of = "" if status is None else f" for {status}"
        known = f", but {', '.join(sorted(names))}" if names else ""
        return f'{self._operation.id} has no example "{name}"{of}{known}.'


def _examples(contract: Contract, response: Response) -> Sequence[Example]:
    """The examples of one documented answer, by its first media type that has any."""
    if not response.status.isdigit():
        return []
    status = int(response.status)
    node = pointer.value(contract.document, pointer.split(response.pointer))
    content: Mapping[str, Any] = resolve(contract.document, node).get("content", {})
    if not content:
        return [Example(status, None, None)]
    for media in content.values():
        if "example" in media:
            return [Example(status, None, media["example"])]
        named = media.get("examples", {})
        if named:
            return [
                Example(status, name, resolve(contract.document, each).get("value"))
                for name, each in named.items()
            ]
    return []
