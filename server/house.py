"""`House`: all that is served and all that changes, as the control API needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..fixtures import fixture
from ..fixtures.fixture import Fixture
from ..specs.contract import Contract
from ..specs.errors import UnderstudyError, did_you_mean
from .call import Call
from .health import Health
from .mount import Mount
from .refusal import Refusal
from .sandbox import Sandbox
from .world import Sandboxes


@dataclass(frozen=True, slots=True)
class House:
    """The sandboxes and the vendors' contracts; `prepare` is done to a sandbox made anew."""

    world: Sandboxes
    mounts: Sequence[Mount]
    health: Health
    prepare: Callable[[Sandbox], None] = lambda _: None

    @property
    def contracts(self) -> Mapping[str, Contract]:
        """The contracts served, by name."""
        return {mount.contract.name: mount.contract for mount in self.mounts}

    def sandbox(self, call: Call) -> Sandbox:
        """The sandbox that a request names, with all its contracts begun; Refusal(404)."""
        return self.begun(self.named(call.path["sandbox"]))

    def named(self, name: str) -> Sandbox:
        """The sandbox of that name; Refusal(404)."""
        found = self.world.find(name)
        if found is None:
            known = did_you_mean(name, [each.name for each in self.world.all()])
            raise Refusal(404, f'There is no sandbox "{name}".{known}')
        return found

    def begun(self, sandbox: Sandbox) -> Sandbox:
        """`sandbox`, with each contract begun."""
        for mount in self.mounts:
            sandbox.begin(mount.contract, mount.fixture)
        return sandbox

    def fixtures(self, one: str | None, each: Mapping[str, str]) -> Sequence[tuple[Mount, Fixture]]:
        """What each contract is to begin with; Refusal(422) for names that there are not."""
        for name in each:
            if name not in self.contracts:
                known = did_you_mean(name, self.contracts)
                raise Refusal(422, f'No contract "{name}" is served.{known}')
        return [
            (mount, self._fixture(mount, each.get(mount.contract.name, one)))
            for mount in self.mounts
        ]

    def _fixture(self, mount: Mount, name: str | None) -> Fixture:
        if name is None:
            return mount.fixture
        known = {*fixture.names(mount.contract.name), "default", "empty"}
        if name not in known:
            # A name, and never a path: what else the reader takes is not for clients.
            hint = did_you_mean(name, known)
            raise Refusal(422, f'{mount.contract.name} has no fixture "{name}".{hint}')
        try:
            return fixture.read(mount.contract, name)
        except UnderstudyError as error:
            raise Refusal(422, str(error)) from None
