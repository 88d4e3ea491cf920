"""`started`: a command that serves what is judged, for the length of a block."""

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

import urllib3

from ...specs.errors import UnderstudyError, UsageError
from ..interrupts import Interrupts
from .settings import CONTRACT, PORT, Settings

PATIENCE = 10.0
"""Seconds that the command and its children have to end in after they were asked to."""
_WAIT = 60.0
"""Seconds that it has to begin in, unless said."""
_STARTING = (502, 503, 504)
"""What a server says that is there and not ready."""
_MOMENT = 0.05


class DidNotStart(UnderstudyError):
    """The command ended, or did not serve in time; the text says what it said last."""


@contextmanager
def started(settings: Settings, contract: str, environment: Mapping[str, str]) -> Iterator[str]:
    """The base URL of the service, which may still hold `{contract}`; it answers already.

    `contract` is the name that it is waited for with. UsageError or DidNotStart where there is
    nothing to judge. It and all that it started are ended with the block, however that is left.
    """
    url, command = settings.url or f"http://localhost:{PORT}", settings.start
    if PORT in url:
        port = _free()
        environment = {**environment, "PORT": port}
        url, command = url.replace(PORT, port), command.replace(PORT, port)
    at = urljoin(url.replace(CONTRACT, contract), settings.health or None)
    if _status(at) is not None:
        raise UsageError(f"{at} is answered before the start command runs: something else is there")
    interrupts, process = Interrupts(), None
    with TemporaryDirectory() as folder, interrupts.caught():
        log = Path(settings.log or f"{folder}/log")
        try:
            # Between its begin and our knowing of it, Ctrl-C would leave it behind.
            with interrupts.put_off():
                process = _begin(command, environment, log)
            _await(process, at, settings, log)
            yield url
        finally:
            if process is not None:
                _end(process)


def _free() -> str:
    with socket.create_server(("localhost", 0)) as taken:
        return str(taken.getsockname()[1])


def _begin(command: str, environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """The command in a process group of its own: Ctrl-C is ours to hand on."""
    try:
        words = shlex.split(command)
        if not words:
            raise ValueError("it is empty")
        with log.open("wb") as said:
            return subprocess.Popen(  # noqa: S603 - the user's command, without a shell
                words,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except (OSError, ValueError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        raise UsageError(f"the start command cannot be run: {why}") from None


def _await(process: "subprocess.Popen[bytes]", at: str, settings: Settings, log: Path) -> None:
    wait = _WAIT if settings.wait is None else settings.wait
    deadline = time.monotonic() + wait
    while process.poll() is None:
        status = _status(at)
        if status is not None and _is_ready(status, has_health=bool(settings.health)):
            return
        if time.monotonic() >= deadline:
            raise DidNotStart(f"{at} is not ready after {wait:g} s{_last(log)}")
        time.sleep(_MOMENT)
    raise DidNotStart(f"the start command ended with {process.returncode}{_last(log)}")


def _is_ready(status: int, *, has_health: bool) -> bool:
    return 200 <= status < 300 if has_health else status not in _STARTING


def _last(log: Path) -> str:
    """The last thing that the command said."""
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return f"; the start command said last: {lines[-1].strip()[:200]}" if lines else ""


def _status(at: str) -> int | None:
    """How `at` answers; None where nobody does."""
    try:
        # No credentials are sent, and the certificate is the judge's business.
        with urllib3.PoolManager(cert_reqs="CERT_NONE", retries=False, timeout=2) as pool:
            return int(pool.request("GET", at, redirect=False, preload_content=False).status)
    except (urllib3.exceptions.HTTPError, OSError):
        return None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask all of the group to end; whoever is late, or not asked because of Ctrl-C, is killed."""
    deadline = time.monotonic() + PATIENCE
    try:
        is_there = _sent(process, signal.SIGTERM)
        while is_there and time.monotonic() < deadline:
            time.sleep(_MOMENT)
            process.poll()
            is_there = _sent(process, 0)
    finally:
        _sent(process, signal.SIGKILL)
        process.wait()


def _sent(process: "subprocess.Popen[bytes]", sign: int) -> bool:
    """Whether any of the group is there to get a signal."""
    # What is left of a group may also be nobody's to send to.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sign)
        return True
    return False
