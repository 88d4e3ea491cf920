"""`run`: serve contracts on a socket until a signal, as the options say."""

import gc
import logging
import os
import secrets
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from ..fixtures import fixture
from ..specs.contract import NAMES, Contract, examine, find, load
from ..specs.errors import ContractError, Finding, UsageError, did_you_mean
from ..specs.loopback import is_loopback
from . import app, connection, watch
from .access_log import AccessLog
from .faults.catalogue import named
from .guard import Access
from .health import Health
from .keeping import Keeping, is_shared
from .logs import LogFormat, Requests, handler
from .mount import Mount
from .process import Process
from .sandbox import Sandbox
from .settings import Checking, Settings
from .sockets import listen, repeated, shown, spread
from .state import State
from .workers import Workers
from .world import Sandboxes

_PLACE = "postgresql://..."
_LOOKED_THROUGH = 100_000, 1, 1
"""The garbage collector's thresholds: so many new objects are looked through at once, what was left
of them with each second time, and all with each second of those.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What to serve, and how.

    `store` is `memory`, a file or a database, which several `workers` need. `fixtures` are
    `[CONTRACT/]NAME` or files; `faults` are names of the catalogue. A mutant (`allow_mutant`) is
    served whatever its clauses promise, its answers unchecked.
    """

    contracts: tuple[str, ...] = NAMES
    at_root: bool = False
    host: str = "localhost"
    port: int = 8080
    store: str = "memory"
    fixtures: tuple[str, ...] = ()
    validate_responses: Checking = "warn"
    cors_origins: tuple[str, ...] = ()
    watch: bool = False
    log_format: LogFormat = "text"
    faults: tuple[str, ...] = ()
    allow_mutant: bool = False
    max_sandboxes: int = 1000
    no_control: bool = False
    control_token: str | None = field(default=None, repr=False)
    until_stdin_ends: bool = False
    sandboxes: Literal["open", "declared"] | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Served:
    """One contract that is being served; `uncovered` operations have at most an example."""

    name: str
    url: str
    curl: str | None
    uncovered: tuple[str, ...]


def run(options: Options, announce: Callable[[Sequence[Served], str | None], None]) -> None:
    """Serve until SIGINT or SIGTERM; UnderstudyError when that cannot begin.

    `announce` is told what is served, and the control token where one was made up.
    """
    contracts = _contracts(options)
    _check(options, contracts)
    prepare = _prepare(options, contracts)
    mounts = _mounts(options, contracts)
    access, made_up = _access(options)
    world = _world(options, prepare, mounts)
    sockets = listen(options.host, options.port)
    root = f"http://{shown(options.host)}:{sockets[0].getsockname()[1]}"
    spread_out = spread(sockets, options.workers)
    health = Health()
    beginning = _Beginning(lambda: announce([_served(mount, root) for mount in mounts], made_up))

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with _watching(options, contracts, mounts, rebuild):
            health.is_ready = True
            beginning.tell()
            yield
        health.is_ready = False

    application = watch.Swap(_build(mounts, world, options, health, access, prepare, lifespan))

    def rebuild() -> None:
        fresh = _mounts(options, _contracts(options))
        application.app = _build(fresh, world, options, health, access, prepare, None)
        for sandbox in world.all():
            for mount in fresh:
                _keep_or_begin(sandbox, mount)

    _log_to(options.log_format)
    config = connection.config(
        AccessLog(application, Requests(options.log_format, sys.stderr)),
        # For requests under way: all is to end within a second. uvicorn only hands the number on.
        timeout_graceful_shutdown=0.2,
    )
    # What is there now stays: looked through again and again, it held requests up for 50 ms. What
    # comes is looked through, also by workers, whether or not who called this looked meanwhile; and
    # seldom, since a request leaves nothing to be found: each pass held some up for 5 ms.
    gc.freeze()
    gc.set_threshold(*_LOOKED_THROUGH)
    gc.enable()

    def serve(number: int, tell: Callable[[], None], leash: int | None) -> None:
        beginning.tell = tell
        try:
            Process(config, leash=leash).run(sockets=repeated(spread_out[number]))
        finally:
            world.close()

    leash = sys.stdin.fileno() if options.until_stdin_ends else None
    try:
        if options.workers == 1:
            serve(0, beginning.tell, leash)
        else:
            Workers(options.workers, serve, leash).run(beginning.tell)
    finally:
        for each in chain.from_iterable(spread_out):
            each.close()
        # The interpreter's last collections took longer than all that ends before them.
        gc.freeze()


@dataclass(slots=True)
class _Beginning:
    """What is called when requests are taken."""

    tell: Callable[[], None]


def _prepare(options: Options, contracts: Sequence[Contract]) -> Callable[[Sandbox], None]:
    """What is done to a sandbox made anew: the faults are placed that were asked for."""
    faults = named(options.faults, [contract.name for contract in contracts])

    def prepare(sandbox: Sandbox) -> None:
        for fault in faults:
            sandbox.faults.place(fault)

    return prepare


def _world(
    options: Options, prepare: Callable[[Sandbox], None], mounts: Sequence[Mount]
) -> Sandboxes:
    """All that changes, each contract begun in the default sandbox."""
    keeping = Keeping(options.store, prepare, options.max_sandboxes, _is_open(options))
    world = keeping.world(mounts)

    def begin() -> None:
        for mount in mounts:
            _begin(world.default, mount, options.store)

    world.at_once(begin)
    world.settle()  # what cannot be written is not to be served
    return world


def _is_open(options: Options) -> bool:
    """Whether a request may make a sandbox by naming it; by default only on this machine."""
    if options.sandboxes is not None:
        return options.sandboxes == "open"
    return is_loopback(options.host)


def _access(options: Options) -> tuple[Access, str | None]:
    """Who may use the control API; and the token, where it was made up for an open address."""
    token, made_up = options.control_token, None
    if token is None and not options.no_control and not is_loopback(options.host):
        token = made_up = secrets.token_urlsafe(24)
    return Access(not options.no_control, token, options.cors_origins), made_up


def _check(options: Options, contracts: Sequence[Contract]) -> None:
    names = [contract.name for contract in contracts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f'two contracts are called "{twice[0]}": rename one of the files')
    if options.at_root and len(contracts) != 1:
        raise UsageError("--at-root serves one contract: name it, as in `serve nexudus --at-root`")
    if options.workers > 1 and not is_shared(options.store):
        raise UsageError(
            "--workers needs a store that they share, as in"
            " `serve --store postgresql://USER@HOST/DATABASE --workers 4`"
        )
    if options.workers > 1 and not hasattr(os, "fork"):
        raise UsageError("--workers needs a system that can fork processes")
    if is_shared(options.store):
        for name, is_given in (("--fault", options.faults), ("--watch", options.watch)):
            if is_given:
                raise UsageError(
                    f"{name} is for one process, and --store {_PLACE} for many: set faults by the"
                    " control API, and begin anew with a contract that has changed"
                )


def _contracts(options: Options) -> list[Contract]:
    if options.allow_mutant:
        return [examine(*find(name))[0] for name in options.contracts]
    return [load(name) for name in options.contracts]


def _mounts(options: Options, contracts: Sequence[Contract]) -> list[Mount]:
    chosen = {contract.name: "default" for contract in contracts}
    for entry in options.fixtures:
        owner, slash, name = entry.rpartition("/")
        if Path(entry).suffix:
            owner = _owner(entry, contracts)
            chosen[owner] = entry
        elif not slash:
            chosen = dict.fromkeys(chosen, entry)
        elif owner in chosen:
            chosen[owner] = name
        else:
            raise UsageError(f'"{owner}" is not served.' + did_you_mean(owner, chosen))
    prefixes = {c.name: "" if options.at_root else f"/{c.name}" for c in contracts}
    return [
        app.mount(contract, fixture.read(contract, chosen[contract.name]), prefixes[contract.name])
        for contract in contracts
    ]


def _owner(file: str, contracts: Sequence[Contract]) -> str:
    """The contract that a fixture file is for."""
    name = fixture.contract_of(file)
    names = [contract.name for contract in contracts]
    if name not in names:
        raise UsageError(
            f'{file} is for "{name}", which is not served.' + did_you_mean(name, names)
        )
    return name


def _begin(sandbox: Sandbox, mount: Mount, store: str) -> None:
    """Go on with what the store has; begin with the fixture where it has nothing."""
    sandbox.begin(mount.contract, mount.fixture)
    documents = sandbox.store(mount.contract.name).dump()
    findings = [
        Finding(store, 1, f"/{mount.contract.name}.{name}{at}", message)
        for name, rows in documents.items()
        if name in mount.contract.collections
        for at, message in fixture.defects(mount.contract, name, rows)
    ]
    findings = findings or _misplaced(sandbox.state(mount.contract), store)
    if findings:
        raise ContractError(findings[:10])


def _misplaced(state: State, store: str) -> list[Finding]:
    """The documents that a hand put under a key that is not theirs: nobody would find them."""
    name = state.contract.name
    return [
        Finding(store, 1, f"/{name}.{collection}/{index}", "stands under a key that is not its own")
        for collection, rows in state.store.dump().items()
        if collection in state.contract.collections
        for index, row in enumerate(rows)
        if state.store.get(collection, state.key(collection, row)) != row
    ]


def _keep_or_begin(sandbox: Sandbox, mount: Mount) -> None:
    """After a change: keep the documents that still fit the contract, else begin anew."""
    try:
        _begin(sandbox, mount, "state")
    except ContractError:
        message = "the documents of %s no longer fit its contract: they begin anew from the fixture"
        logging.getLogger("understudy.serve").warning(message, mount.contract.name)
        sandbox.load(mount.contract, mount.fixture)


def _build(
    mounts: Sequence[Mount],
    world: Sandboxes,
    options: Options,
    health: Health,
    access: Access,
    prepare: Callable[[Sandbox], None],
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]] | None,
) -> Any:
    checking: Checking = "off" if options.allow_mutant else options.validate_responses
    settings = Settings(checking, cors_origins=options.cors_origins, access=access)
    return app.build(mounts, world, settings, health, lifespan, prepare)


def _watching(
    options: Options,
    contracts: Sequence[Contract],
    mounts: Sequence[Mount],
    rebuild: Callable[[], None],
) -> AbstractAsyncContextManager[None]:
    files = [contract.source.path for contract in contracts] + [
        mount.fixture.path for mount in mounts
    ]
    return watch.watching([f for f in files if f] if options.watch else [], rebuild)


def _served(mount: Mount, root: str) -> Served:
    url = root + mount.prefix
    return Served(mount.contract.name, url, _curl(mount, url), tuple(app.uncovered(mount)))


def _curl(mount: Mount, url: str) -> str | None:
    """A curl line that works: the fixture's example, else the first GET without path parameters."""
    example = mount.fixture.example
    operations = mount.contract.operations
    if example is not None:
        operation = operations[example.operation]
        headers = [
            part for name, text in example.headers.items() for part in ("-H", f"{name}: {text}")
        ]
        method = [] if operation.method == "get" else ["-X", operation.method.upper()]
        return shlex.join(["curl", *method, *headers, url + operation.path])
    for operation in operations.values():
        if operation.method == "get" and "{" not in operation.path:
            return shlex.join(["curl", url + operation.path])
    return None


def _log_to(format_: LogFormat) -> None:
    for name, level in (("understudy", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler(format_, sys.stderr)]
        logger.setLevel(level)
        logger.propagate = False
