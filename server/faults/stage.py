"""`Stage`: what stands between one contract's documents and its clients, for faults to decorate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ...specs.contract import Contract
from ...specs.operation import Operation
from .. import engine
from ..api import Api
from ..call import Answer, Call, Credential, Handler, Identity
from ..mount import Mount
from ..refusal import Refusal
from ..state import State
from ..store.store import Store

Word = Callable[[Refusal, Operation | None], Answer]
Authenticate = Callable[[Credential, State], Identity | None]


def _untouched(store: Store) -> Store:
    return store


@dataclass(frozen=True, slots=True)
class Stage:
    """A contract as it is mounted, and what is put around its store."""

    mount: Mount
    around: Callable[[Store], Store] = field(default=_untouched)

    @property
    def contract(self) -> Contract:
        """What is served."""
        return self.mount.contract

    @property
    def api(self) -> Api:
        """What the vendor's module adds, and the faults so far."""
        return self.mount.api

    def play(self, call: Call, operation: str | None = None) -> Answer:
        """What the handler of the call's operation, or of another, answers here."""
        id_ = operation or call.operation.id
        own = self.api.handlers.get(id_)
        # As the call has it: a fault that came later may have changed what clauses say.
        made = own or engine.handler(call.contract, call.contract.operations[id_])
        return (made or engine.unanswered)(call)

    def refused(self, refusal: Refusal, call: Call) -> Answer:
        """The answer to a refusal; unlike one that is raised, it undoes nothing."""
        return self.mount.refused(refusal, call.operation)

    def handling(self, handlers: Mapping[str, Handler]) -> "Stage":
        """With these handlers in place of those that there are."""
        return self._with(replace(self.api, handlers={**self.api.handlers, **handlers}))

    def wording(self, word: Word) -> "Stage":
        """With other words for refusals."""
        return self._with(replace(self.api, word=word))

    def admitting(self, authenticate: Authenticate) -> "Stage":
        """With another door."""
        return self._with(replace(self.api, authenticate=authenticate))

    def serving(self, contract: Contract) -> "Stage":
        """With another contract."""
        return replace(self, mount=replace(self.mount, contract=contract))

    def storing(self, around: Callable[[Store], Store]) -> "Stage":
        """With something more around the store."""
        inner = self.around
        return replace(self, around=lambda store: around(inner(store)))

    def _with(self, api: Api) -> "Stage":
        return replace(self, mount=replace(self.mount, api=api))
