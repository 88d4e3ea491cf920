"""`run`: serve contracts on a socket until a signal, as the options say."""

import gc
import logging
import random
import secrets
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tinydb import TinyDB

from ..fixtures import fixture
from ..specs.contract import NAMES, Contract, examine, find, load
from ..specs.errors import ContractError, Finding, UsageError, did_you_mean
from ..specs.loopback import is_loopback
from . import app, connection, watch
from .access_log import AccessLog
from .clock import Clock
from .faults.catalogue import named
from .guard import Access
from .health import Health
from .logs import LogFormat, Requests, handler
from .mount import Mount
from .process import Process
from .sandbox import Sandbox
from .settings import Checking, Settings
from .sockets import listen, shown
from .state import State
from .store.store import Store
from .store.tiny import TinyStore, in_file, in_memory
from .world import DEFAULT, World


@dataclass(frozen=True, slots=True)
class Options:
    """What to serve, and how.

    `store` is `memory` or a file; `fixtures` are `[CONTRACT/]NAME` or files; `faults` are names of
    the catalogue. A mutant (`allow_mutant`) is served whatever its clauses promise, its answers
    unchecked.
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
    faults = named(options.faults, [contract.name for contract in contracts])
    mounts = _mounts(options, contracts)
    access, made_up = _access(options)

    def prepare(sandbox: Sandbox) -> None:
        for fault in faults:
            sandbox.faults.place(fault)

    make = _sandboxes(options, prepare)
    world = World(make, most=options.max_sandboxes, is_open=_is_open(options))
    for mount in mounts:
        _begin(world.default, mount, options.store)
    world.close()  # what cannot be written is not to be served
    sockets = listen(options.host, options.port)
    root = f"http://{shown(options.host)}:{sockets[0].getsockname()[1]}"
    health = Health()

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with _watching(options, contracts, mounts, rebuild):
            health.is_ready = True
            announce([_served(mount, root) for mount in mounts], made_up)
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
    # What is there now stays: looked through again and again, it held requests up for 50 ms.
    gc.collect()
    gc.freeze()
    try:
        Process(config, until_stdin_ends=options.until_stdin_ends).run(sockets=sockets)
    finally:
        for each in sockets:
            each.close()
        world.close()
        # The interpreter's last collections took longer than all that ends before them.
        gc.freeze()


def _sandboxes(options: Options, prepare: Callable[[Sandbox], None]) -> Callable[[str], Sandbox]:
    """What makes a sandbox: in memory each has a database of its own, in a file tables."""
    file = None if options.store == "memory" else _database(options.store)
    # A file outlives the process, so what is random must not begin anew.
    seed = 0 if file is None else random.SystemRandom().getrandbits(64)

    def make(name: str) -> Sandbox:
        database = in_memory() if file is None else file
        prefix = "" if name == DEFAULT else f"{name}/"

        def open_store(contract: str) -> Store:
            return TinyStore(database, f"{prefix}{contract}.")

        sandbox = Sandbox(name, open_store, Clock(), seed)
        prepare(sandbox)
        return sandbox

    return make


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


def _database(store: str) -> TinyDB:
    path = Path(store)
    if path.suffix != ".json":
        raise UsageError(f'--store takes "memory" or a file that ends in .json, not "{store}"')
    if not path.parent.is_dir():
        raise UsageError(f"--store {store}: there is no folder {path.parent}")
    try:
        return in_file(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"--store {store} cannot be used: {error}") from None


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
    world: World,
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
